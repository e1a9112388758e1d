"""Where the bytes of documents lie: outside the database, under the tenant they belong to.

A path is made of a tenant's number and a document's UUID, never of a name that somebody chose.
"""

from __future__ import annotations

import errno
import hashlib
import math
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, BinaryIO, Protocol
from uuid import UUID, uuid4

from kreisportal.documents.errors import FileTooLargeError, StorageError, StorageFullError
from kreisportal.jobs import Part
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, NotFoundError

_CHUNK = 256 * 1024
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PART = ".part"
# An upload and its transaction take minutes at most, so a day is never too early.
ORPHAN_AGE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was written: ``size`` in bytes and ``sha256`` of the content, 64 hexadecimal letters."""

    size: int
    sha256: str


class Storage(Protocol):
    """A place for files. Every way of keeping them (folder, S3) behaves like this."""

    def put(self, tenant_id: int, document_id: UUID, stream: IO[bytes], limit_bytes: int) -> StoredFile:
        """Keep what ``stream`` holds from its position on; all of it, durably, or nothing.

        Raises FileTooLargeError beyond ``limit_bytes``, ConflictError when the id has a file already,
        StorageFullError without room, StorageError for other faults of the medium.
        """

    def open(self, tenant_id: int, document_id: UUID) -> BinaryIO:
        """The content for reading, seekable; the caller closes it. NotFoundError when there is none."""

    def has(self, tenant_id: int, document_id: UUID) -> bool:
        """Whether there is a content."""

    def delete(self, tenant_id: int, document_id: UUID) -> None:
        """Remove the content. Nothing happens when there is none."""

    def sweep(self, tenant_id: int, known_ids: Collection[UUID]) -> list[UUID]:
        """Remove a tenant's files that no row knows and that are older than ORPHAN_AGE; tell their ids."""

    def clear(self, tenant_id: int) -> list[UUID]:
        """Remove all files of a tenant that has gone, whatever knows them; tell their ids."""


STORAGE: Part[Storage] = Part("storage")
"""Where the worker finds the files."""


class FolderStorage:
    """A Storage in a folder: ``root/<tenant_id>/<first two letters>/<uuid>``, readable by the owner only.

    A file appears under its name only when it is complete and on the disk; a crash leaves at most a
    ``.part`` file, which ``sweep`` removes.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, tenant_id: int, document_id: UUID, stream: IO[bytes], limit_bytes: int) -> StoredFile:
        """See Storage."""
        target = self._path(tenant_id, document_id)
        if target.exists():
            raise ConflictError(f"document {document_id} has a file already")
        part = target.with_name(f".{document_id}.{uuid4().hex}{_PART}")
        with _named_faults():
            self._make_folder(target.parent)
            try:
                stored = _write(part, stream, limit_bytes)
                part.rename(target)
                _sync_folder(target.parent)
            except BaseException:
                # Both names, because the folder may fail to sync after the rename.
                for leftover in (part, target):
                    with suppress(OSError):
                        leftover.unlink(missing_ok=True)
                raise
        return stored

    def open(self, tenant_id: int, document_id: UUID) -> BinaryIO:
        """See Storage."""
        with _named_faults():
            try:
                return self._path(tenant_id, document_id).open("rb")
            except FileNotFoundError:
                raise NotFoundError(f"document {document_id} has no file") from None

    def has(self, tenant_id: int, document_id: UUID) -> bool:
        """See Storage."""
        with _named_faults():
            return self._path(tenant_id, document_id).is_file()

    def delete(self, tenant_id: int, document_id: UUID) -> None:
        """See Storage."""
        target = self._path(tenant_id, document_id)
        with _named_faults():
            if target.exists():
                target.unlink(missing_ok=True)
                _sync_folder(target.parent)

    def sweep(self, tenant_id: int, known_ids: Collection[UUID]) -> list[UUID]:
        """See Storage. Unfinished ``.part`` files of that age go too, without being told."""
        return self._remove(tenant_id, known_ids, (clock.now() - ORPHAN_AGE).timestamp())

    def clear(self, tenant_id: int) -> list[UUID]:
        """See Storage. Unfinished ``.part`` files go too, without being told."""
        return self._remove(tenant_id, (), math.inf)

    def _remove(self, tenant_id: int, but_for: Collection[UUID], youngest: float) -> list[UUID]:
        """Remove files that were last written before ``youngest`` (in seconds since 1970), but for some."""
        known = {str(document_id) for document_id in but_for}
        removed = []
        with _named_faults():
            for file in sorted(self._tenant_folder(tenant_id).glob("??/*")):
                # Somebody else may delete a file while this goes round.
                with suppress(FileNotFoundError):
                    if file.name in known or file.lstat().st_mtime > youngest:
                        continue
                    if file.name.endswith(_PART):
                        file.unlink()
                    elif _is_uuid(file.name):
                        file.unlink()
                        removed.append(UUID(file.name))
        return removed

    def _tenant_folder(self, tenant_id: int) -> Path:
        if isinstance(tenant_id, bool) or not isinstance(tenant_id, int) or tenant_id < 0:
            raise ValueError("a tenant id is a number")
        return self._root / str(tenant_id)

    def _path(self, tenant_id: int, document_id: UUID) -> Path:
        if not isinstance(document_id, UUID):
            raise TypeError("a document id is a UUID")
        name = str(document_id)
        return self._tenant_folder(tenant_id) / name[:2] / name

    def _make_folder(self, folder: Path) -> None:
        """Create root, tenant's folder and part of it, each 0700 whatever the umask, and durably."""
        for step in (self._root, folder.parent, folder):
            if not step.is_dir():
                step.mkdir(mode=0o700, parents=step is self._root, exist_ok=True)
                _sync_folder(step.parent)


def _write(part: Path, stream: IO[bytes], limit_bytes: int) -> StoredFile:
    """Copy ``stream`` into a new file and onto the disk."""
    digest = hashlib.sha256()
    size = 0
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > limit_bytes:
                raise FileTooLargeError(limit_bytes)
            digest.update(chunk)
            _write_all(file.fileno(), chunk)
        os.fsync(file.fileno())
    return StoredFile(size, digest.hexdigest())


def _write_all(descriptor: int, chunk: bytes) -> None:
    # A nearly full disk takes a part of a chunk and says so only by the number of bytes.
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(folder: Path) -> None:
    """Make a new or removed name in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


@contextmanager
def _named_faults() -> Iterator[None]:
    """Turn the operating system's errors into named ones."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFullError(str(error)) from error
        raise StorageError(str(error)) from error
