"""The last snapshot on disk, so that public pages go on, and a process can start, while the database is away."""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kreisportal.catalogue.snapshot import EntryRow
from kreisportal.tenancy.queries import Mark
from kreisportal.tenancy.registry import Site, TenantRecord

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tenants (id INTEGER PRIMARY KEY, head TEXT NOT NULL, packed BLOB NOT NULL);
"""
_HEAD = ("id", "slug", "code", "kind", "ars", "parent_id", "has_portal", "state", "merged_into_id", "hosts")
_BROKEN = (OSError, sqlite3.Error, ValueError, TypeError, KeyError)

RegionHosts = tuple[tuple[str, Site, bool], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """All that a snapshot is made of, as of a point in the log of changes."""

    mark: Mark
    records: list[TenantRecord]
    region_hosts: RegionHosts
    entries: list[EntryRow]


class SnapshotStoreError(Exception):
    """The file cannot be read or written, or holds something else."""


class SnapshotStore:
    """A small SQLite file. Every process may write it; an older state never replaces a newer one."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def mark(self) -> Mark | None:
        """As of when the file is; None where nothing was kept. Raises ``SnapshotStoreError``."""
        if not self._file.exists():
            return None
        with self._transaction() as connection:
            return _mark(connection)

    def save_whole(self, kept: Kept, *, by_force: bool = False) -> None:
        """Replace all that was kept, unless it is newer; ``by_force`` even then. Raises ``SnapshotStoreError``.

        A file that is no database (any more) is begun anew.
        """
        try:
            self._save_whole(kept, by_force)
        except SnapshotStoreError as error:
            cause = error.__cause__
            if not isinstance(cause, sqlite3.DatabaseError) or isinstance(cause, sqlite3.OperationalError):
                raise
            self._file.unlink(missing_ok=True)
            self._save_whole(kept, by_force)

    def _save_whole(self, kept: Kept, by_force: bool) -> None:
        with self._transaction() as connection:
            known = _mark(connection)
            if known is not None and known.revision > kept.mark.revision and not by_force:
                return
            connection.execute("DELETE FROM tenants")
            _write_tenants(connection, kept.records)
            _write_facts(connection, entries=kept.entries, **_facts(kept.mark, kept.region_hosts))

    def save_changes(
        self,
        since: Mark,
        mark: Mark,
        records: Iterable[TenantRecord],
        gone: Iterable[int],
        region_hosts: RegionHosts,
        entries: list[EntryRow] | None = None,
    ) -> bool:
        """Write what has changed since a mark, ``entries`` if the catalogue has.

        False where the file is too old for that, and must be saved whole.
        Raises ``SnapshotStoreError``.
        """
        with self._transaction() as connection:
            known = _mark(connection)
            if known is None or known.revision < since.revision:
                return False
            if known.revision <= mark.revision:
                connection.executemany("DELETE FROM tenants WHERE id = ?", ((number,) for number in gone))
                _write_tenants(connection, records)
                _write_facts(connection, **_facts(mark, region_hosts))
                if entries is not None:
                    _write_facts(connection, entries=entries)
            return True

    def load(self) -> Kept | None:
        """What was kept, None where nothing was. Raises ``SnapshotStoreError``."""
        if not self._file.exists():
            return None
        with self._transaction() as connection:
            mark = _mark(connection)
            if mark is None:
                return None
            rows = connection.execute("SELECT head, packed FROM tenants ORDER BY id")
            return Kept(
                mark,
                [_record(json.loads(head), packed) for head, packed in rows],
                tuple((host, site, canonical) for host, site, canonical in _read(connection, "region_hosts")),
                [(kind, key, version, data) for kind, key, version, data in _read(connection, "entries")],
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction of its own, so that what is read or written belongs together."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=10, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                yield connection
                connection.execute("COMMIT")
        except _BROKEN as error:
            raise SnapshotStoreError(f"{self._file}: {error}") from error


def _mark(connection: sqlite3.Connection) -> Mark | None:
    revision, at = (_read(connection, name) for name in ("revision", "at"))
    if revision is None:
        return None
    return Mark(revision, datetime.datetime.fromisoformat(at) if at else None)


def _facts(mark: Mark, region_hosts: RegionHosts) -> dict[str, Any]:
    at = mark.at.isoformat() if mark.at else None
    return {"revision": mark.revision, "at": at, "region_hosts": list(region_hosts)}


def _write_facts(connection: sqlite3.Connection, **facts: Any) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO facts VALUES (?, ?)",
        ((name, json.dumps(value, ensure_ascii=False)) for name, value in facts.items()),
    )


def _write_tenants(connection: sqlite3.Connection, records: Iterable[TenantRecord]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO tenants VALUES (?, ?, ?)",
        ((r.id, json.dumps([getattr(r, name) for name in _HEAD]), r.packed) for r in records),
    )


def _read(connection: sqlite3.Connection, name: str) -> Any:
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return json.loads(row[0]) if row else None


def _record(head: list[Any], packed: bytes) -> TenantRecord:
    hosts = tuple((host, site, canonical) for host, site, canonical in head[-1])
    return TenantRecord(**dict(zip(_HEAD[:-1], head[:-1], strict=True)), hosts=hosts, packed=packed)
