"""The command of the official directory."""

from __future__ import annotations

from pathlib import Path

import click

from kreisportal.commands import open_database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.paths import shipped
from kreisportal.tenancy.directory import directory_size, import_directory, read_directory


@click.group()
def directory() -> None:
    """The official directory of municipalities."""


@directory.command("import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(file: Path | None) -> None:
    """Bring in the list of municipalities in FILE, from which towns are filled in when they are brought on line.

    FILE is CSV with the columns ars and name, perhaps district, postcode and kind_code. Without one, the
    municipalities of Lower Saxony, which came with the program. Brought in again, lines with the same key are replaced.
    """
    entries = read_directory(file or shipped("tenants") / "_directory" / "niedersachsen.csv")
    with open_database() as database, database.transaction(REGION) as session:
        changed = import_directory(session, entries)
        size = directory_size(session)
    click.echo(f"{changed} new or changed, {size} in the directory")
