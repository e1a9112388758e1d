"""The commands of signing in elsewhere: clients from outside, and the keys that sign what they get. Acts are audited."""

from __future__ import annotations

import click
from rich.table import Column, Table

from kreisportal.commands import open_database
from kreisportal.kernel.database.context import REGION
from kreisportal.sso import signing_keys
from kreisportal.sso.client_cli import client
from kreisportal.sso.operator_acts import operator_act
from kreisportal.terminal import print_table

_KEY = "signing-key"


@click.group()
def sso() -> None:
    """Signing in with an account elsewhere: clients and keys."""


sso.add_command(client)


@sso.group()
def keys() -> None:
    """Keys that tokens are signed with."""


@keys.command("list")
def keys_list() -> None:
    """List all keys with what they are for now."""
    with open_database() as database, database.transaction(REGION) as session:
        found = signing_keys.known_keys(session)
    # Ids are there to be copied, so they stay in one line.
    more = (Column(title, overflow="fold") for title in ("state", "signs from", "made"))
    table = Table(Column("kid", no_wrap=True), *more)
    for known in found:
        times = (known.row.signs_from, known.row.created_at)
        table.add_row(known.row.kid, known.state.value, *(f"{each:%Y-%m-%d %H:%M} UTC" for each in times))
    print_table(table)


@keys.command("rotate")
@click.option(
    "--now", "at_once", is_flag=True, help="It signs at once, without an hour in which clients see it."
)
def keys_rotate(at_once: bool) -> None:
    """Make the next key; the one before stays published until its last token is over."""
    with operator_act() as act:
        made = signing_keys.rotate(act.session, act.settings.secret_key, at_once=at_once)
        act.note("key-made", _KEY, made.kid, at_once=at_once)
    click.echo(f"{made.kid} signs from {made.signs_from:%Y-%m-%d %H:%M} UTC")


@keys.command("revoke")
@click.argument("kid")
def keys_revoke(kid: str) -> None:
    """Take back the key KID, which may have leaked; a new one signs at once."""
    with operator_act() as act:
        made = signing_keys.revoke(act.session, act.settings.secret_key, kid)
        act.note("key-revoked", _KEY, kid, followed_by=made.kid)
    click.echo(f"revoked; {made.kid} signs from now on")
