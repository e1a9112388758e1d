"""Keeps the snapshot of a process up to date: asks twice a second whether anything has changed."""

from __future__ import annotations

import logging
import sqlite3
import threading
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from kreisportal.catalogue.queries import current_entries
from kreisportal.catalogue.snapshot import Catalogue, Snapshot
from kreisportal.catalogue.snapshot_store import SnapshotStore
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import UnavailableError
from kreisportal.tenancy.queries import changes_since, last_revision, load_records, load_region_hosts
from kreisportal.tenancy.registry import Registry, TenantRecord

POLL_SECONDS = 0.4
_log = logging.getLogger(__name__)


class SnapshotKeeper:
    """Holds ``current`` and renews it. ``start`` begins to watch, after a fork, in a thread of its own."""

    def __init__(self, database: Database, store: SnapshotStore) -> None:
        self._database = database
        self._store = store
        self._stop = threading.Event()
        self._renewing = threading.Lock()
        self.reachable = False
        self.current = self._first()

    def start(self) -> None:
        """Watch for changes until ``stop``."""
        threading.Thread(target=self._watch, name="snapshot", daemon=True).start()

    def stop(self) -> None:
        """End the watching."""
        self._stop.set()

    def renew(self) -> bool:
        """Take in what has changed since. True if anything has. Raises nothing while the database is away."""
        with self._renewing:
            try:
                changed = self._renew()
            except (UnavailableError, SQLAlchemyError) as error:
                if self.reachable:
                    _log.warning("the database is away, the last snapshot goes on: %s", error)
                self.reachable = False
                return False
            self.reachable = True
            return changed

    def _watch(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            try:
                self.renew()
            except Exception:  # noqa: BLE001 - a fault in one round must not end the watching.
                _log.exception("the snapshot could not be renewed")

    def _first(self) -> Snapshot:
        try:
            snapshot = self._whole()
        except (UnavailableError, SQLAlchemyError) as error:
            kept = self._store.load()
            if kept is None:
                raise UnavailableError(
                    "The database cannot be reached, and no snapshot of an earlier start was kept: "
                    "see that DATABASE_URL is right and the server is up."
                ) from error
            _log.warning("the database is away, starting with the last snapshot: %s", error)
            revision, records, hosts, entries = kept
            return Snapshot.build(revision, Registry(records, hosts), Catalogue(entries))
        self.reachable = True
        return snapshot

    def _whole(self) -> Snapshot:
        with self._database.transaction(ANONYMOUS) as session:
            revision = last_revision(session)
            entries = list(current_entries(session))
            records = list(load_records(session))
            hosts = load_region_hosts(session)
        self._keep(revision, records, region_hosts=hosts, entries=entries, whole=True)
        snapshot = Snapshot.build(revision, Registry(records, hosts), Catalogue(entries))
        _ = snapshot.catalogue.index
        return snapshot

    def _renew(self) -> bool:
        before = self.current
        with self._database.transaction(ANONYMOUS) as session:
            revision, tenant_ids, region = changes_since(session, before.revision)
            if revision == before.revision:
                return False
            records = [] if region else list(load_records(session, sorted(tenant_ids)))
            hosts = before.registry.region_hosts
        if region:
            self.current = self._whole()
            return True
        gone = tenant_ids - {record.id for record in records}
        registry = before.registry.replacing(records, gone, hosts)
        self.current = before.changed(revision, registry, records)
        self._keep(revision, records, gone=gone, region_hosts=hosts)
        return True

    def _keep(self, revision: int, records: list[TenantRecord], **options: Any) -> None:
        try:
            self._store.save(revision, records, **options)
        except (OSError, sqlite3.Error):
            _log.exception("the snapshot could not be kept on disk")
