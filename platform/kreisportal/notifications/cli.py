"""The commands about mails."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import OperationalError

from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import UnavailableError
from kreisportal.notifications.bounces import MAX_BYTES, mark_bounced, read_bounce
from kreisportal.settings import read_database_url

_TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the notification and calls again.


@click.group()
def mail() -> None:
    """Mails that the program sends."""


@mail.command()
def bounce() -> None:
    """Read a returned mail (RFC 3464) from standard input and mark the mail it is about.

    For the mail server to call with everything that comes to the tenants' sender addresses. What is no
    bounce of ours is passed over with exit code 0; while the database is away the code is 75.
    """
    found = read_bounce(sys.stdin.buffer.read(MAX_BYTES))
    if found is None:
        click.echo("Not a bounce of a mail of ours.")
        return
    database = Database(read_database_url(), pool_size=1)
    try:
        with database.transaction(Context(ActorKind.JOB, found.identity.tenant_id)) as session:
            known = mark_bounced(session, found)
    except (UnavailableError, OperationalError):
        click.echo("The database is away; try again later.", err=True)
        sys.exit(_TRY_LATER)
    finally:
        database.close()
    click.echo(f"Mail {found.identity.mail_id} {'bounced' if known else 'is not known'}.")
