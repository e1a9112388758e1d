"""The commands of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table

from kreisportal.catalogue.editing import check
from kreisportal.catalogue.editing.figures import module_figures, whole_figures
from kreisportal.catalogue.exporting import as_zip, catalogue_files, write_folder
from kreisportal.catalogue.files import Entry, read_catalogue
from kreisportal.catalogue.missed_words import missed_words, months_ago
from kreisportal.catalogue.queries import current_entries
from kreisportal.catalogue.reading_in import Plan, plan, read_in
from kreisportal.commands import open_database
from kreisportal.forms import load_forms
from kreisportal.i18n import LANGUAGES
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.paths import shipped
from kreisportal.terminal import print_table

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
    print_table(table)
    click.echo(
        "LIX: below 40 easy, above 50 hard. Reading ease (Amstad, English: Flesch): above 60 easy, below 40 hard."
    )


@catalogue.command("publish")
@_FOLDER
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--files-win", is_flag=True, help="Replace what was changed in the browser, too.")
def publish_command(folder: Path | None, yes: bool, files_win: bool) -> None:
    """Read the files into the region's catalogue.

    What would change is shown first. All of it comes at once, or nothing where a file has a fault. Texts that were
    changed in the browser stay as they are, and are named where the files have changed them too.
    """
    entries = read_all(folder or shipped("catalogue"))
    with open_database() as database:
        with database.transaction(REGION) as session:
            planned = plan(session, entries, files_win=files_win)
        _show(planned)
        if planned.changes_anything and not yes:
            click.confirm("Publish?", abort=True)
        # Without a change, too: what the files said is remembered for the next time.
        with database.transaction(REGION) as session:
            read_in(session, entries, files_win=files_win)
        if planned.changes_anything:
            click.echo("Published.")


def _show(planned: Plan) -> None:
    for conflict in planned.conflicts:
        fields = ", ".join(conflict.fields) or "all of it"
        click.echo(f"Changed in the browser too, which stays: {conflict.kind} {conflict.key}: {fields}")
    if not planned.changes:
        click.echo("The order has changed." if planned.is_reordered else "Nothing has changed.")
        return
    table = Table("", "kind", "key", "fields")
    signs = {"added": "[green]+[/]", "changed": "[yellow]~[/]", "removed": "[red]-[/]"}
    for change in planned.changes:
        table.add_row(signs[change.what], change.kind, change.key, ", ".join(change.fields))
    print_table(table)


@catalogue.command("export")
@click.argument("target", type=click.Path(path_type=Path))
def export_command(target: Path) -> None:
    """Write the catalogue as the database has it: to TARGET.zip, or into a folder.

    Read in again, these files change nothing.
    """
    with open_database() as database, database.transaction(REGION) as session:
        files = catalogue_files(current_entries(session))
    if target.suffix == ".zip":
        target.write_bytes(as_zip(files))
    elif target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise click.BadParameter(f"{target} is there already and not an empty folder", param_hint="TARGET")
    else:
        write_folder(target, files)
    click.echo(f"{len(files)} files written to {target}.")


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
    print_table(table)
