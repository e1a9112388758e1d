"""The commands about mails."""

from __future__ import annotations

import sys

import click

from kreisportal.commands import in_words, open_database
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.engine import AWAY
from kreisportal.kernel.database.schema import OutdatedSchemaError
from kreisportal.kernel.errors import UnavailableError
from kreisportal.notifications.bounces import MAX_BYTES, mark_bounced, read_bounce

_TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the notification and calls again.


@click.group()
def mail() -> None:
    """Mails that the program sends."""


@mail.command()
def bounce() -> None:
    """Read a returned mail and mark the one it is about.

    It comes on standard input, in the format of RFC 3464.
    For the mail server to call with everything that comes to the tenants' sender addresses. What is no
    bounce of ours is passed over with exit code 0; while the database is away the code is 75.
    """
    found = read_bounce(sys.stdin.buffer.read(MAX_BYTES))
    if found is None:
        click.echo("Not a bounce of a mail of ours.")
        return
    context = Context(ActorKind.JOB, found.identity.tenant_id)
    try:
        with open_database(pool_size=1) as database, database.transaction(context) as session:
            known = mark_bounced(session, found)
    except (OutdatedSchemaError, UnavailableError, *AWAY) as error:
        click.echo(f"{in_words(error)}\nTry again later.", err=True)
        sys.exit(_TRY_LATER)
    click.echo(f"Mail {found.identity.mail_id} {'bounced' if known else 'is not known'}.")
