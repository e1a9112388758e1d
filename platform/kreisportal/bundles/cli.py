"""The commands of bundles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from kreisportal.bundles import service
from kreisportal.bundles.files import read_bundle
from kreisportal.bundles.models import Bundle
from kreisportal.bundles.offers import State, states, totals
from kreisportal.bundles.reach import Services, reach_of
from kreisportal.catalogue.queries import current_entries
from kreisportal.catalogue.snapshot import Catalogue
from kreisportal.commands import open_database
from kreisportal.i18n import speaking
from kreisportal.i18n.languages import ENGLISH
from kreisportal.kernel.database.context import REGION
from kreisportal.terminal import print_table

LARGEST = 2**31 - 1
"""The largest number that a bundle can have."""

_IN_WORDS = {
    State.NEW: "to be switched on",
    State.AGAIN: "switched off by the town, to be switched on",
    State.LEFT: "switched off by the town, left so",
    State.ON: "on already",
}


@click.group()
def bundle() -> None:
    """Services that are switched on for many towns at once, required by law or free."""


@contextmanager
def _region() -> Iterator[Session]:
    with speaking(ENGLISH), open_database() as database, database.transaction(REGION) as session:
        yield session


def services_of(session: Session) -> Services:
    """The services of the catalogue in force."""
    return Catalogue(current_entries(session)).services


@bundle.command("list")
def list_command() -> None:
    """Show all bundles."""
    with _region() as session:
        found = service.bundles(session)
        table = Table("number", "name", "services", "for", "", "applied")
        for each in found:
            applied = f"{each.applied_at:%Y-%m-%d}" if each.applied_at else "–"
            table.add_row(
                str(each.id), each.name["en"], str(len(each.services)), _audience(each), _need(each), applied
            )
    if not found:
        click.echo("There is no bundle yet: `kreisportal bundle add FILE` brings one in.")
        return
    print_table(table)


@bundle.command("show")
@click.argument("number", type=click.IntRange(1, LARGEST))
def show_command(number: int) -> None:
    """Show a bundle, and town by town what applying it would change."""
    with _region() as session:
        found, services = service.bundle_of(session, number), services_of(session)
        reach = reach_of(session, found, services)
        by_town, counts = states(session, reach), totals(session, reach)
        click.echo(f"{found.name['en']}: {found.reason['en']}\n{_need(found)}, for {_audience(found)}")
    table = Table("town", *(words for words in _IN_WORDS.values()), "not executed there")
    for town in reach.towns:
        keys = by_town[town.id]
        elsewhere = len(reach.channels) - len(town.executed)
        table.add_row(town.slug, *(str(len(keys.get(state, ()))) for state in State), str(elsewhere))
    print_table(table)
    click.echo("; ".join(f"{counts[state]} {words}" for state, words in _IN_WORDS.items()))


@bundle.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add_command(file: Path) -> None:
    """Bring the bundle of a FILE in. Nothing is switched before it is applied.

    An example is catalogue/bundles/grundausstattung.yaml.
    """
    typed = read_bundle(file)
    with _region() as session:
        added = service.add_bundle(session, REGION, typed, services_of(session))
        click.echo(
            f"{added.name['en']} is bundle {added.id}; `kreisportal bundle apply {added.id}` applies it."
        )


@bundle.command("apply")
@click.argument("number", type=click.IntRange(1, LARGEST))
@click.option("--yes", is_flag=True, help="Do not ask.")
def apply_command(number: int, yes: bool) -> None:
    """Switch the services of a bundle on for all that it is meant for, at once."""
    with _region() as session:
        found, services = service.bundle_of(session, number), services_of(session)
        reach = reach_of(session, found, services)
        counts, seen = totals(session, reach), service.stamp_of(found)
    click.echo(
        f"{len(reach.towns)} towns: " + "; ".join(f"{counts[each]} {_IN_WORDS[each]}" for each in State)
    )
    if not yes:
        click.confirm("Apply?", abort=True)
    with Console().status("Services are being switched on"), _region() as session:
        switched = service.apply_bundle(session, REGION, number, services_of(session), seen)
    click.echo(f"{switched} services switched on; `kreisportal bundle take-back {number}` undoes it.")


@bundle.command("take-back")
@click.argument("number", type=click.IntRange(1, LARGEST))
@click.option("--yes", is_flag=True, help="Do not ask.")
def take_back_command(number: int, yes: bool) -> None:
    """Make all offers what they were before a bundle; what towns have changed since stays."""
    if not yes:
        click.confirm("Take it back?", abort=True)
    with Console().status("Services are being put back"), _region() as session:
        held = service.take_back(session, REGION, number)
    click.echo(f"{held} offers are what they were before, or what their towns have made of them since.")


def _need(found: Bundle) -> str:
    return f"required: {found.legal_source}" if found.required else "free"


def _audience(found: Bundle) -> str:
    if found.audience == "all":
        return "all"
    return ", ".join(found.kinds) if found.audience == "kinds" else f"{len(found.tenant_ids)} towns"
