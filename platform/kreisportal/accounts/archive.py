"""The file of a takeout: a ZIP, written piece by piece, with the digest of every entry in its manifest."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from kreisportal.kernel.clock import LOCAL_ZONE

FORMAT, VERSION = "kreisportal-takeout", 1
MANIFEST = "manifest.json"
_CHUNK = 256 * 1024
_FILE = 0o600 << 16


class Archive:
    """A ZIP that is being written to ``target``. It is a ``Sink`` of the kernel's registries.

    Nothing is held in memory but the names and digests of the entries, and what a person is told first. It is used in
    a ``with`` block, at whose end the manifest is written; after an error there is none, and the file is worth nothing.
    """

    def __init__(self, target: BinaryIO, made_at: datetime.datetime, language: str) -> None:
        self._zip = ZipFile(target, "w", ZIP_DEFLATED)
        self._made_at, self._language = made_at, language
        self._entries: dict[str, dict[str, Any]] = {}
        self._missing: list[str] = []
        self._sections: dict[str, list[tuple[str, str]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._write_manifest()
            self._zip.close()
            return
        # Else it would write its end when it is thrown away, to a file that is closed by then.
        with suppress(OSError, ValueError):
            self._zip.close()

    @property
    def sections(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What a person is told first, by title."""
        return list(self._sections.items())

    def add_json(self, name: str, value: Mapping[str, Any]) -> None:
        """See ``Sink``."""
        self._write(name, "application/json", [_json(value)])

    def add_list(self, name: str, values: Iterable[Mapping[str, Any]]) -> None:
        """See ``Sink``."""
        self._write(name, "application/json", _list(values))

    def add_file(self, name: str, media_type: str, stream: BinaryIO) -> None:
        """See ``Sink``."""
        self._write(name, media_type, iter(lambda: stream.read(_CHUNK), b""))

    def add_missing(self, name: str) -> None:
        """See ``Sink``."""
        self._missing.append(name)

    def tell(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """See ``Sink``. Sections of the same title become one."""
        self._sections.setdefault(title, []).extend(rows)

    def _write_manifest(self) -> None:
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": self._made_at,
            "language": self._language,
            "files": list(self._entries.values()),
            "missing": self._missing,
        }
        with self._zip.open(self._info(MANIFEST), "w") as entry:
            entry.write(_json(manifest))

    def _write(self, name: str, media_type: str, chunks: Iterable[bytes]) -> None:
        if name in self._entries or not _is_plain(name):
            raise ValueError("a takeout's entries have plain names, each once")
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._info(name), "w", force_zip64=True) as entry:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                entry.write(chunk)
        self._entries[name] = {
            "name": name,
            "media_type": media_type,
            "size": size,
            "sha256": digest.hexdigest(),
        }

    def _info(self, name: str) -> ZipInfo:
        made = self._made_at.astimezone(LOCAL_ZONE)
        info = ZipInfo(name, (made.year, made.month, made.day, made.hour, made.minute, made.second))
        info.compress_type, info.external_attr = ZIP_DEFLATED, _FILE
        return info


def _is_plain(name: str) -> bool:
    """Whether a name leads nowhere but into the folder that the ZIP is unpacked to."""
    return "\\" not in name and all(part not in ("", ".", "..") for part in name.split("/"))


def _list(values: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    begin = b"[\n"
    for value in values:
        yield begin + _json(value).rstrip(b"\n")
        begin = b",\n"
    yield b"[]\n" if begin == b"[\n" else b"\n]\n"


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"no JSON: {type(value).__name__}")
