"""The commands of signing in elsewhere: clients from outside, and the keys that sign what they get."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Column, Table

from kreisportal.commands import open_database
from kreisportal.kernel.database.context import REGION
from kreisportal.settings import read_settings
from kreisportal.sso import outside, signing_keys
from kreisportal.sso.scopes import SCOPES


@click.group()
def sso() -> None:
    """Signing in with an account elsewhere: clients and keys."""


@sso.group()
def client() -> None:
    """Clients from outside, such as an app or another system."""


@client.command("add")
@click.argument("name")
@click.option("--redirect", "redirects", multiple=True, required=True, help="An address for codes, exactly.")
@click.option(
    "--privacy", required=True, help="Address of the privacy notice; people see it before they say yes."
)
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="What it may get to know.")
@click.option("--public", is_flag=True, help="It cannot keep a secret, such as an app on a phone.")
@click.option("--post-logout", "post_logout", multiple=True, help="An address to lead to after signing out.")
@click.option("--logout-url", help="Where it is told that a session has ended (back-channel logout).")
def client_add(
    name: str,
    redirects: tuple[str, ...],
    privacy: str,
    scopes: tuple[str, ...],
    public: bool,
    post_logout: tuple[str, ...],
    logout_url: str | None,
) -> None:
    """Register a client called NAME; its secret is shown this once."""
    settings = read_settings()
    registration = outside.Registration(name, redirects, privacy, scopes, public, post_logout, logout_url)
    with open_database() as database, database.transaction(REGION) as session:
        signing_keys.ensure_key(session, settings.secret_key)
        added, secret = outside.add_client(session, registration, demo=settings.demo)
    click.echo(f"client_id: {added.id}")
    click.echo(f"client_secret: {secret}" if secret else "public: no secret, only PKCE")


@client.command("list")
def client_list() -> None:
    """List all clients from outside."""
    with open_database() as database, database.transaction(REGION) as session:
        found = outside.all_outside_clients(session)
    table = Table(
        *(Column(title, overflow="fold") for title in ("client_id", "name", "kind", "scopes", "redirect"))
    )
    for each in found:
        kind = "confidential" if each.confidential else "public"
        table.add_row(each.id, each.name, kind, " ".join(each.scopes), "\n".join(each.redirect_uris))
    Console().print(table)


@client.command("secret")
@click.argument("client_id")
def client_secret(client_id: str) -> None:
    """Give a client another secret; the one before ends at once."""
    with open_database() as database, database.transaction(REGION) as session:
        secret = outside.new_secret(session, client_id)
    click.echo(f"client_secret: {secret}")


@client.command("remove")
@click.argument("client_id")
def client_remove(client_id: str) -> None:
    """Remove a client; whatever it was given ends at once."""
    with open_database() as database, database.transaction(REGION) as session:
        name = outside.remove_client(session, client_id)
    click.echo(f"removed: {name}")


@sso.group()
def keys() -> None:
    """Keys that tokens are signed with."""


@keys.command("list")
def keys_list() -> None:
    """List all keys with what they are for now."""
    with open_database() as database, database.transaction(REGION) as session:
        found = signing_keys.known_keys(session)
    table = Table(*(Column(title, overflow="fold") for title in ("kid", "state", "signs from", "made")))
    for known in found:
        times = (known.row.signs_from, known.row.created_at)
        table.add_row(known.row.kid, known.state.value, *(f"{each:%Y-%m-%d %H:%M} UTC" for each in times))
    Console().print(table)


@keys.command("rotate")
@click.option(
    "--now", "at_once", is_flag=True, help="It signs at once, without an hour in which clients see it."
)
def keys_rotate(at_once: bool) -> None:
    """Make the next key; the one before stays published until its last token is over."""
    settings = read_settings()
    with open_database() as database, database.transaction(REGION) as session:
        made = signing_keys.rotate(session, settings.secret_key, at_once=at_once)
    click.echo(f"{made.kid} signs from {made.signs_from:%Y-%m-%d %H:%M} UTC")


@keys.command("revoke")
@click.argument("kid")
def keys_revoke(kid: str) -> None:
    """Take back the key KID, which may have leaked; a new one signs at once."""
    settings = read_settings()
    with open_database() as database, database.transaction(REGION) as session:
        made = signing_keys.revoke(session, settings.secret_key, kid)
    click.echo(f"revoked; {made.kid} signs from now on")
