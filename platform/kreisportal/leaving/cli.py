"""The commands by which a town leaves, and by which its package is read back in."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from uuid import UUID

import click
from rich.console import Console

from kreisportal.commands import open_database
from kreisportal.documents.storage import FolderStorage
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.leaving.connecting import check_sees_all, connected, driver_of
from kreisportal.leaving.erasing import Erased, erase, erase_files
from kreisportal.leaving.package import Reader
from kreisportal.leaving.packing import pack
from kreisportal.leaving.unpacking import unpack
from kreisportal.settings import backup_url, owner_url, read_settings
from kreisportal.tenancy.queries import hosts_leading_on

_PACKAGE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("pack")
@click.argument("slug")
@click.argument("package", type=click.Path(exists=False, dir_okay=False, path_type=Path))
def pack_command(slug: str, package: Path) -> None:
    """Write everything that belongs to the tenant SLUG into PACKAGE, a ZIP of open formats.

    Cases, drafts, documents, mails, staff, offers, audit: every row and file, with a manifest of SHA-256 hashes. Signs in
    by BACKUP_DATABASE_URL. Citizens' accounts stay with the region; who works there is invited anew elsewhere.
    """
    storage = FolderStorage(read_settings().files_folder)
    part = package.with_name(f".{package.name}.part")
    try:
        with (
            connected(backup_url()) as connection,
            os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as stream,
            Console().status(f"Packing {slug} …"),
        ):
            check_sees_all(driver_of(connection))
            manifest = pack(connection, storage, slug, stream)
        part.rename(package)
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{len(manifest.entries)} entries, content {manifest.content}")


@click.command("unpack")
@click.argument("package", type=_PACKAGE)
def unpack_command(package: Path) -> None:
    """Read PACKAGE back in: all of it, or nothing if a hash is another one.

    Signs in by DATABASE_OWNER_URL. Who writes to the database meanwhile waits until it is done.
    """
    storage = FolderStorage(read_settings().files_folder)
    with (
        closing(Reader(package)) as reader,
        connected(owner_url()) as connection,
        Console().status(f"Reading {reader.manifest.town} …"),
    ):
        rows = unpack(connection, storage, reader)
    click.echo(f"{reader.manifest.town}: {rows} rows, {len(reader.below('files'))} files")


@click.command("erase")
@click.argument("slug")
@click.option("--package", type=_PACKAGE, required=True, help="The package that holds all of it.")
@click.option(
    "--proof", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where it is told."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_command(slug: str, package: Path, proof: Path, yes: bool) -> None:
    """Delete the tenant SLUG, which has left with PACKAGE, and write to PROOF what is gone.

    Its portal must be closed, and the package must hold all that there is by now. It cannot be undone, but the
    package can be read back in. The tenant stays known as an authority without a portal.

    Its hosts go, too. Of a tenant that has become part of another one they lead on to that until then: old links, those in
    mails among them, end with it.
    """
    storage = FolderStorage(read_settings().files_folder)
    with closing(Reader(package)) as reader:
        if reader.manifest.town != slug:
            raise click.ClickException(f"{package} is the package of {reader.manifest.town}")
        if not yes:
            _ask(slug)
        with connected(owner_url()) as connection, Console().status(f"Deleting {slug} …"):
            erased = erase(connection, storage, reader)
        # The rows are gone for good now; a file that a fault leaves here is no row's, and nothing leads to it.
        files = erase_files(storage, erased)
    proof.write_text(_proof(erased, files), encoding="utf-8")
    click.echo(f"{slug}: {sum(erased.rows.values())} rows and {len(files)} files deleted, {erased.left} left")


def _ask(slug: str) -> None:
    """Whether that is meant; of a town that was merged away with what ends besides."""
    with open_database() as database, database.transaction(REGION) as session:
        hosts, successor = hosts_leading_on(session, slug)
    if successor is not None:
        click.echo(
            f"{slug} has become part of {successor}. Its hosts are removed: {', '.join(hosts) or 'none'}."
            f" Old links to them lead to {successor} now, and nowhere then."
        )
    click.confirm(f"Delete {slug} with all its cases and files?", abort=True)


def _proof(erased: Erased, files: Sequence[UUID]) -> str:
    told = {
        "town": erased.town,
        "at": clock.now().isoformat(),
        "package": erased.content,
        "deleted_rows": erased.rows,
        "deleted_files": [str(each) for each in files],
        "rows_left": erased.left,
    }
    return json.dumps(told, indent=2)
