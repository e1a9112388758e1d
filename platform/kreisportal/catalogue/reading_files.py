"""An archive of the catalogue's files that somebody gives in the browser: unpacked with care, kept until it is agreed to."""

from __future__ import annotations

import io
import re
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.models import CatalogueReading
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import DefinitionError, NotAllowedError

LARGEST = 8 * 1024 * 1024
_LARGEST_UNPACKED = 32 * 1024 * 1024
_MOST_FILES = 5000
_NAME = re.compile(r"[a-z0-9_-]+\.yaml")
_FOLDERS = ("services", "forms")
_DEEPEST = 2

Read = Callable[[Path], list[Entry]]
"""Reads a folder of files. Raises DefinitionError with file, line and field of each fault."""


def unpacked(content: bytes, read: Read) -> list[Entry]:
    """The entries of an archive, whose files may lie in a folder. Raises DefinitionError with all that is wrong."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "catalogue"
            for inner in ("", *_FOLDERS):
                (folder / inner).mkdir()
            _unpack(archive, folder)
            return read(folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError) as error:
        raise DefinitionError([f"zip:1: {error}"]) from error


def _unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    files = [info for info in archive.infolist() if not info.is_dir()]
    if len(files) > _MOST_FILES or sum(info.file_size for info in files) > _LARGEST_UNPACKED:
        raise DefinitionError([f"zip:1: more than {_MOST_FILES} files or {_LARGEST_UNPACKED} bytes"])
    left = _LARGEST_UNPACKED
    for info in files:
        place = _place(info.filename)
        if place is None:
            # A README, or what an operating system adds of its own.
            continue
        with archive.open(info) as packed:
            # What an archive says of its sizes need not be true.
            content = packed.read(left + 1)
        left -= len(content)
        if left < 0:
            raise DefinitionError([f"zip:1: more than {_LARGEST_UNPACKED} bytes"])
        (folder / place).write_bytes(content)


def _place(name: str) -> str | None:
    """Where a file of an archive belongs, which may have all of them in one folder; None for one that is not asked for."""
    *folders, file = name.split("/")
    if not _NAME.fullmatch(file) or len(folders) > _DEEPEST:
        return None
    if folders and folders[-1] in _FOLDERS:
        return f"{folders[-1]}/{file}"
    return file if len(folders) < _DEEPEST else None


def keep_files(session: Session, context: Context, entries: Sequence[Entry]) -> None:
    """Keep what somebody has given until they agree; what they gave before goes."""
    row = {
        "given_at": clock.now(),
        "entries": {"entries": [[entry.kind, entry.key, dict(entry.data)] for entry in entries]},
    }
    statement = insert(CatalogueReading).values(staff_id=_person(context), **row)
    session.execute(statement.on_conflict_do_update(index_elements=[CatalogueReading.staff_id], set_=row))


def kept_files(session: Session, context: Context) -> list[Entry] | None:
    """What somebody has given and not yet agreed to; None where that is nothing."""
    row = session.get(CatalogueReading, _person(context))
    return None if row is None else [Entry(kind, key, data) for kind, key, data in row.entries["entries"]]


def forget_files(session: Session, context: Context) -> None:
    """Let go what somebody has given."""
    session.execute(delete(CatalogueReading).where(CatalogueReading.staff_id == _person(context)))


def _person(context: Context) -> uuid.UUID:
    if context.staff_id is None:
        raise NotAllowedError
    return context.staff_id
