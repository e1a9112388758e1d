"""The commands of the catalogue."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from kreisportal.catalogue.files import Entry, read_catalogue
from kreisportal.catalogue.publishing import Change, difference, is_reordered, publish
from kreisportal.commands import open_database
from kreisportal.forms import load_forms
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.paths import shipped

_FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the files lie; without it, those that came with the program.",
)


@click.group()
def catalogue() -> None:
    """The region's services, topics, situations and forms."""


def read_all(folder: Path) -> list[Entry]:
    """Everything below ``folder``, forms included. Raises DefinitionError with all faults."""
    forms = load_forms(folder / "forms")
    entries = read_catalogue(folder, set(forms))
    return entries + [Entry("form", key, form.to_data()) for key, form in forms.items()]


@catalogue.command()
@_FOLDER
def check(folder: Path | None) -> None:
    """Read all files and tell every fault; change nothing."""
    entries = read_all(folder or shipped("catalogue"))
    kinds = sorted({entry.kind for entry in entries})
    counts = ", ".join(f"{sum(entry.kind == kind for entry in entries)} {kind}s" for kind in kinds)
    click.echo(f"No faults: {counts}.")


@catalogue.command("publish")
@_FOLDER
@click.option("--yes", is_flag=True, help="Do not ask.")
def publish_command(folder: Path | None, yes: bool) -> None:
    """Make the files the region's catalogue.

    What would change is shown first. All of it comes at once, or nothing where a file has a fault.
    """
    entries = read_all(folder or shipped("catalogue"))
    with open_database() as database:
        with database.transaction(REGION) as session:
            changes = difference(session, entries)
            reordered = is_reordered(session, entries)
        _show(changes, reordered)
        if not changes and not reordered:
            return
        if not yes:
            click.confirm("Publish?", abort=True)
        with database.transaction(REGION) as session:
            publish(session, entries)
        click.echo("Published.")


def _show(changes: list[Change], reordered: bool) -> None:
    if not changes:
        click.echo("The order has changed." if reordered else "Nothing has changed.")
        return
    table = Table("", "kind", "key", "fields")
    signs = {"added": "[green]+[/]", "changed": "[yellow]~[/]", "removed": "[red]-[/]"}
    for change in changes:
        table.add_row(signs[change.what], change.kind, change.key, ", ".join(change.fields))
    Console().print(table)
