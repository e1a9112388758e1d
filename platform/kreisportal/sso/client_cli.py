"""The commands about clients from outside. Each act stands in the audit of the region."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Column, Table
from sqlalchemy import select

from kreisportal.commands import open_database
from kreisportal.kernel.database.context import REGION
from kreisportal.sso import outside, signing_keys
from kreisportal.sso.operator_acts import operator_act
from kreisportal.sso.scopes import SCOPES
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.queries import district_id_of
from kreisportal.terminal import print_table

_NAMES = {
    "name": "name",
    "redirect_uris": "redirect",
    "privacy_url": "privacy",
    "scopes": "scope",
    "post_logout_redirect_uris": "post-logout",
    "logout_url": "logout-url",
}
"""What is said of a client → what the option is called."""


_CLIENT = "outside-client"


@click.group()
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
@click.option(
    "--district", "slug", help="Slug of the district whose admins look after it; else operators do."
)
def client_add(
    name: str,
    redirects: tuple[str, ...],
    privacy: str,
    scopes: tuple[str, ...],
    public: bool,
    post_logout: tuple[str, ...],
    logout_url: str | None,
    slug: str | None,
) -> None:
    """Register a client called NAME; its secret is shown this once."""
    registration = outside.Registration(name, redirects, privacy, scopes, public, post_logout, logout_url)
    with operator_act() as act:
        signing_keys.ensure_key(act.session, act.settings.secret_key)
        district_id = district_id_of(act.session, slug) if slug else None
        added, secret = outside.add_client(
            act.session, registration, district_id=district_id, demo=act.settings.demo
        )
        act.note("client-added", _CLIENT, added.id)
    click.echo(f"client_id: {added.id}")
    click.echo(f"client_secret: {secret}" if secret else "public: no secret, only PKCE")


@client.command("list")
def client_list() -> None:
    """List all clients from outside."""
    with open_database() as database, database.transaction(REGION) as session:
        found = outside.all_outside_clients(session)
        districts = {
            row.id: row.slug
            for row in session.execute(select(Tenant.id, Tenant.slug).where(Tenant.kind == "district"))
        }
    # Ids are there to be copied, so they stay in one line.
    more = (Column(title, overflow="fold") for title in ("name", "of", "kind", "scopes", "redirect"))
    table = Table(Column("client_id", no_wrap=True), *more)
    for each in found:
        kind = ("confidential" if each.confidential else "public") + (", off" if each.disabled_at else "")
        of = districts[each.district_id] if each.district_id else "the region"
        table.add_row(each.id, each.name, of, kind, " ".join(each.scopes), "\n".join(each.redirect_uris))
    print_table(table)


@client.command("change")
@click.argument("client_id")
@click.option("--name", help="What people see it called.")
@click.option("--redirect", "redirect_uris", multiple=True, help="An address for codes, exactly.")
@click.option("--privacy", "privacy_url", help="Address of the privacy notice.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="What it may get to know.")
@click.option(
    "--post-logout", "post_logout_redirect_uris", multiple=True, help="An address after signing out."
)
@click.option("--no-post-logout", is_flag=True, help="No such address any more.")
@click.option("--logout-url", help="Where it is told that a session has ended; of those that are on, too.")
@click.option("--no-logout-url", is_flag=True, help="It is not told any more.")
def client_change(client_id: str, no_post_logout: bool, no_logout_url: bool, **given: Any) -> None:
    """Change the client CLIENT_ID. What is not named stays as it is.

    Options that can be given several times stand for the whole list: name all addresses or scopes that shall count
    from now on; "--scope openid" alone leaves it with nothing but who somebody is. A scope that is taken away counts at
    once, and for one that is added people are asked the next time. For another secret see `client secret`.
    """
    changes = {name: value for name, value in given.items() if value not in (None, ())}
    for name, none, is_none in (
        ("post_logout_redirect_uris", (), no_post_logout),
        ("logout_url", None, no_logout_url),
    ):
        option = _NAMES[name]
        if is_none and name in changes:
            raise click.UsageError(f"--{option} and --no-{option} say different things.")
        if is_none:
            changes[name] = none
    if not changes:
        raise click.UsageError("Say what to change, such as --name or --redirect.")
    with operator_act() as act:
        changed = outside.change_client(act.session, client_id, changes, demo=act.settings.demo)
        if changed:
            act.note("client-changed", _CLIENT, client_id, fields=sorted(changed))
    for name, values in changed.items():
        before, after = (_in_words(value) for value in values)
        click.echo(f"{_NAMES[name]}: {before} -> {after}")
    if not changed:
        click.echo("It is so already; nothing was changed.")


@client.command("off")
@click.argument("client_id")
def client_off(client_id: str) -> None:
    """Switch the client CLIENT_ID off.

    Nobody can sign in there any more, what it was given ends at once, and it is told so if it has a --logout-url. What
    people have consented to is kept for `client on`.
    """
    _switch(client_id, on=False)


@client.command("on")
@click.argument("client_id")
def client_on(client_id: str) -> None:
    """Switch the client CLIENT_ID on again; people sign in there anew."""
    _switch(client_id, on=True)


@client.command("secret")
@click.argument("client_id")
def client_secret(client_id: str) -> None:
    """Give a client another secret; the one before ends at once."""
    with operator_act() as act:
        secret = outside.new_secret(act.session, client_id)
        act.note("client-secret", _CLIENT, client_id)
    click.echo(f"client_secret: {secret}")


@client.command("remove")
@click.argument("client_id")
def client_remove(client_id: str) -> None:
    """Remove a client; whatever it was given ends at once.

    People are signed out there, consents end, and tiles on start pages that lead there stay as plain links.
    """
    with operator_act() as act:
        name = outside.remove_client(act.session, client_id)
        act.note("client-removed", _CLIENT, client_id, name=name)
    click.echo(f"removed: {name}")


def _switch(client_id: str, *, on: bool) -> None:
    word = "on" if on else "off"
    with operator_act() as act:
        name = outside.switch_client(act.session, client_id, on=on)
        act.note(f"client-{word}", _CLIENT, client_id)
    click.echo(f"{word}: {name}")


def _in_words(value: Any) -> str:
    """A value as it is shown: a list with spaces, nothing as a dash."""
    return (" ".join(value) if isinstance(value, list) else value) or "–"
