"""The package: a ZIP with a manifest that tells the SHA-256 of everything in it. Open formats only: JSON, TOML, files.

manifest.json            what this is, and size and hash of every other entry
tenant/                  the town as `kreisportal tenant add` reads it
town.json                the town with its host names, and the towns that its rows name
data/TABLE.jsonl         its rows, one a line
files/ID                 the content of documents, as `data/documents.jsonl` names them, and of the town's picture
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from kreisportal.kernel.errors import DefinitionError

FORMAT = "kreisportal-town/1"
MANIFEST = "manifest.json"
TOWN = "town.json"
_CHUNK = 1 << 20
# The oldest moment that ZIP knows: the same content is the same package, whenever it was made.
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a package: its path, its size in bytes and its SHA-256, 64 hexadecimal letters."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package holds. ``schema`` is the newest migration of the deployment that made it."""

    town: str
    schema: str
    entries: tuple[Entry, ...]

    @property
    def content(self) -> str:
        """The hash of all of it: the same for the same town, whenever and wherever the package was made."""
        lines = (
            f"{entry.sha256}  {entry.path}\n" for entry in sorted(self.entries, key=lambda each: each.path)
        )
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def dumps(self) -> bytes:
        """As it stands in the package."""
        told = {
            "format": FORMAT,
            "town": self.town,
            "schema": self.schema,
            "content": self.content,
            "entries": [asdict(entry) for entry in self.entries],
        }
        return json.dumps(told, indent=2, ensure_ascii=False).encode()

    @classmethod
    def loads(cls, content: bytes) -> Manifest:
        """Raises DefinitionError for anything else."""
        try:
            told = json.loads(content)
            if told["format"] != FORMAT:
                raise DefinitionError([f"{MANIFEST}: the format {told['format']!r} is another one."])
            return cls(told["town"], told["schema"], tuple(Entry(**entry) for entry in told["entries"]))
        except (ValueError, TypeError, KeyError) as error:
            raise DefinitionError([f"{MANIFEST}: cannot be read: {error}."]) from error


class Writer:
    """Writes a package entry by entry."""

    def __init__(self, stream: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)
        self._entries: list[Entry] = []

    def add(self, path: str, pieces: Iterable[bytes]) -> Entry:
        """Add an entry made of pieces."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(zipfile.ZipInfo(path, _LONG_AGO), "w", force_zip64=True) as entry:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                entry.write(piece)
        self._entries.append(Entry(path, size, digest.hexdigest()))
        return self._entries[-1]

    def finish(self, town: str, schema: str) -> Manifest:
        """Write the manifest; nothing can be added any more."""
        manifest = Manifest(town, schema, tuple(self._entries))
        with self._zip.open(zipfile.ZipInfo(MANIFEST, _LONG_AGO), "w") as entry:
            entry.write(manifest.dumps())
        return manifest

    def close(self) -> None:
        """End the file, whole or not: one without a manifest is no package."""
        self._zip.close()


class Reader:
    """Reads a package. ``check`` comes first: nothing of it is believed before its hashes were compared."""

    def __init__(self, file: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
            self.manifest = Manifest.loads(self._zip.read(MANIFEST))
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise DefinitionError([f"{file}: is no package: {error}."]) from error

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def check(self) -> None:
        """Compare every entry with the manifest. Raises DefinitionError with all that is wrong."""
        told = {entry.path: entry for entry in self.manifest.entries}
        there = set(self._zip.namelist()) - {MANIFEST}
        faults = [f"{path}: is missing." for path in sorted(told.keys() - there)]
        faults += [f"{path}: is in no manifest." for path in sorted(there - told.keys())]
        for path in sorted(told.keys() & there):
            digest = hashlib.sha256()
            for piece in self.pieces(path):
                digest.update(piece)
            if digest.hexdigest() != told[path].sha256:
                faults.append(f"{path}: its hash is another one.")
        if faults:
            raise DefinitionError(faults)

    def pieces(self, path: str) -> Iterator[bytes]:
        """The content of an entry, piece by piece. Raises DefinitionError for one that is damaged."""
        try:
            with self._zip.open(path) as entry:
                while piece := entry.read(_CHUNK):
                    yield piece
        except (zipfile.BadZipFile, OSError) as error:
            raise DefinitionError([f"{path}: is damaged: {error}."]) from error

    def lines(self, path: str) -> Iterator[bytes]:
        """The lines of an entry."""
        with self._zip.open(path) as entry:
            yield from entry

    def open(self, path: str) -> IO[bytes]:
        """An entry to read from."""
        return self._zip.open(path)

    def json(self, path: str) -> Any:
        """The content of an entry in JSON."""
        return json.loads(self._zip.read(path))

    def below(self, folder: str) -> list[str]:
        """The paths of entries in a folder, in their order."""
        return [entry.path for entry in self.manifest.entries if entry.path.startswith(f"{folder}/")]
