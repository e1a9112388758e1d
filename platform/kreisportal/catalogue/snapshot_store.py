"""The last snapshot on disk, so that public pages go on, and a process can start, while the database is away."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from kreisportal.catalogue.snapshot import EntryRow
from kreisportal.tenancy.registry import Site, TenantRecord

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tenants (id INTEGER PRIMARY KEY, head TEXT NOT NULL, packed BLOB NOT NULL);
"""
_HEAD = ("id", "slug", "code", "kind", "ars", "parent_id", "has_portal", "state", "hosts")


class SnapshotStore:
    """A small SQLite file. Every process may write it; an older revision never replaces a newer one."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def save(
        self,
        revision: int,
        records: Iterable[TenantRecord],
        *,
        gone: Iterable[int] = (),
        region_hosts: Iterable[tuple[str, Site, bool]] = (),
        entries: Iterable[EntryRow] | None = None,
        whole: bool = False,
    ) -> None:
        """Write what has changed; ``whole`` replaces all tenants, ``entries`` the catalogue if given."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if _read(connection, "revision", 0) > revision:
                return
            if whole:
                connection.execute("DELETE FROM tenants")
            connection.executemany("DELETE FROM tenants WHERE id = ?", ((tenant_id,) for tenant_id in gone))
            connection.executemany(
                "INSERT OR REPLACE INTO tenants VALUES (?, ?, ?)",
                ((r.id, json.dumps([getattr(r, name) for name in _HEAD]), r.packed) for r in records),
            )
            facts: dict[str, Any] = {"revision": revision, "region_hosts": list(region_hosts)}
            if entries is not None:
                facts["entries"] = list(entries)
            connection.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)",
                ((name, json.dumps(value, ensure_ascii=False)) for name, value in facts.items()),
            )
            connection.execute("COMMIT")

    def load(
        self,
    ) -> tuple[int, list[TenantRecord], tuple[tuple[str, Site, bool], ...], list[EntryRow]] | None:
        """Revision, tenants, the region's hosts and the catalogue's entries; None where nothing was kept."""
        if not self._file.exists():
            return None
        with self._connection() as connection:
            entries = _read(connection, "entries", None)
            if entries is None:
                return None
            records = [
                _record(json.loads(head), packed)
                for head, packed in connection.execute("SELECT head, packed FROM tenants ORDER BY id")
            ]
            hosts = tuple(
                (host, site, canonical) for host, site, canonical in _read(connection, "region_hosts", [])
            )
            return _read(connection, "revision", 0), records, hosts, [tuple(entry) for entry in entries]

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=10, isolation_level=None)) as connection:
            connection.executescript(_TABLES)
            yield connection


def _read(connection: sqlite3.Connection, name: str, default: Any) -> Any:
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return json.loads(row[0]) if row else default


def _record(head: list[Any], packed: bytes) -> TenantRecord:
    hosts = tuple((host, site, canonical) for host, site, canonical in head[-1])
    return TenantRecord(**dict(zip(_HEAD[:-1], head[:-1], strict=True)), hosts=hosts, packed=packed)
