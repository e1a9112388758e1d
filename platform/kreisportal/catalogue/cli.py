"""The commands of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from kreisportal.catalogue.editing import check
from kreisportal.catalogue.editing.figures import module_figures, whole_figures
from kreisportal.catalogue.files import Entry, read_catalogue
from kreisportal.catalogue.missed_words import missed_words, months_ago
from kreisportal.catalogue.publishing import Change, difference, is_reordered, publish
from kreisportal.commands import open_database
from kreisportal.forms import load_forms
from kreisportal.i18n import LANGUAGES
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import DefinitionError
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


@catalogue.command("check")
@_FOLDER
@click.option("--figures", is_flag=True, help="Show how long and how readable the texts are.")
@click.option("--service", "key", help="With --figures: each module of this service.")
@click.option("--language", type=click.Choice([language.path for language in LANGUAGES]), default="de")
def check_command(folder: Path | None, figures: bool, key: str | None, language: str) -> None:
    """Read all files and tell every fault and every text that must be mended; change nothing."""
    entries = read_all(folder or shipped("catalogue"))
    if figures or key:
        _show_figures(entries, key, language)
    findings = check(entries)
    if findings:
        raise DefinitionError([str(finding) for finding in findings])
    kinds = sorted({entry.kind for entry in entries})
    counts = ", ".join(f"{sum(entry.kind == kind for entry in entries)} {kind}s" for kind in kinds)
    click.echo(f"No faults: {counts}.")


def _show_figures(entries: Sequence[Entry], key: str | None, language: str) -> None:
    """A table with a row for each service, or for each module of one."""
    services = {entry.key: entry.data for entry in entries if entry.kind == "service"}
    if key is not None and key not in services:
        raise click.BadParameter(f"there is no service {key}", param_hint="--service")
    rows = (
        module_figures(services[key], language)
        if key
        else {name: whole_figures(data, language) for name, data in services.items()}
    )
    table = Table("module" if key else "service", "words", "longest sentence", "LIX", "reading ease")
    for name, found in rows.items():
        if found.words:
            numbers = (found.words, found.longest_sentence, found.lix, found.ease)
            table.add_row(name, *("–" if number is None else str(number) for number in numbers))
    Console().print(table)
    click.echo(
        "LIX: below 40 easy, above 50 hard. Reading ease (Amstad, English: Flesch): above 60 easy, below 40 hard."
    )


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


@catalogue.command("missed")
@click.option(
    "--months", type=click.IntRange(1, 12), default=3, show_default=True, help="How far to look back."
)
def missed_command(months: int) -> None:
    """Show what the searches of all towns have found nothing for."""
    with open_database() as database, database.transaction(REGION) as session:
        found = missed_words(session, months_ago(clock.today(), months - 1))
    if not found:
        click.echo("Nothing was searched for in vain, or too seldom to be written down.")
        return
    table = Table("words", "times")
    for missed in found:
        table.add_row(missed.word, str(missed.count))
    Console().print(table)
