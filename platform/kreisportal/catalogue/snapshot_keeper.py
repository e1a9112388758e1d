"""Keeps the snapshot of a process up to date: asks twice a second whether anything has changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from kreisportal.catalogue.queries import current_entries
from kreisportal.catalogue.snapshot import Catalogue, EntryRow, Snapshot
from kreisportal.catalogue.snapshot_store import Kept, SnapshotStore, SnapshotStoreError
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import UnavailableError
from kreisportal.tenancy.queries import (
    BEGINNING,
    Mark,
    changes_since,
    load_records,
    load_region_hosts,
    newest_mark,
)
from kreisportal.tenancy.registry import Registry, TenantRecord

POLL_SECONDS = 0.4
_CHORE_ROUNDS = 150
_log = logging.getLogger(__name__)


class SnapshotKeeper:
    """Holds ``current`` and renews it. ``start`` begins to watch, after a fork, in a thread of its own."""

    def __init__(self, database: Database, store: SnapshotStore) -> None:
        self._database = database
        self._store = store
        self._stop = threading.Event()
        self._renewing = threading.Lock()
        self._mark = BEGINNING
        self.reachable = False
        self.current = self._first()

    def start(self, *chores: Callable[[], None]) -> None:
        """Watch for changes until ``stop``; do the ``chores`` once a minute, in the same thread."""
        threading.Thread(target=self._watch, args=(chores,), name="snapshot", daemon=True).start()

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

    def _watch(self, chores: Sequence[Callable[[], None]]) -> None:
        rounds = 0
        while not self._stop.wait(POLL_SECONDS):
            rounds += 1
            try:
                self.renew()
                for chore in chores if rounds % _CHORE_ROUNDS == 0 else ():
                    chore()
            except Exception:  # noqa: BLE001 - a fault in one round must not end the watching.
                _log.exception("the snapshot could not be renewed")

    def _first(self) -> Snapshot:
        try:
            snapshot = self._whole()
        except (UnavailableError, SQLAlchemyError) as error:
            kept = self._load()
            if kept is None:
                raise UnavailableError(
                    f"the database is away and no snapshot was kept to start with: {error.__cause__ or error}"
                ) from error
            _log.warning("the database is away, starting with the last snapshot: %s", error)
            self._mark = kept.mark
            return _snapshot(kept)
        self.reachable = True
        return snapshot

    def _load(self) -> Kept | None:
        try:
            return self._store.load()
        except SnapshotStoreError:
            _log.exception("the snapshot on disk cannot be read")
            return None

    def _whole(self) -> Snapshot:
        with self._database.transaction(ANONYMOUS) as session:
            mark = newest_mark(session)
            entries = list(current_entries(session))
            records = list(load_records(session))
            kept = Kept(mark, records, load_region_hosts(session), entries)
        self._save(kept)
        snapshot = _snapshot(kept)
        _ = snapshot.catalogue.index
        self._mark = mark
        return snapshot

    def _renew(self) -> bool:
        before = self.current
        with self._database.transaction(ANONYMOUS) as session:
            changes = changes_since(session, self._mark)
            if changes.mark == self._mark:
                return False
            # A catalogue is a few hundred entries, the tenants may be ten thousand.
            records = [] if changes.everything else list(load_records(session, sorted(changes.tenant_ids)))
            entries = list(current_entries(session)) if changes.region else None
            hosts = load_region_hosts(session) if changes.region else before.registry.region_hosts
        if changes.everything:
            self.current = self._whole()
            return True
        gone = changes.tenant_ids - {record.id for record in records}
        registry = before.registry.replacing(records, gone, hosts)
        if entries is None:
            self.current = before.changed(changes.mark.revision, registry, records, gone)
        else:
            catalogue = Catalogue(entries)
            _ = catalogue.index
            self.current = before.republished(changes.mark.revision, registry, catalogue, records, gone)
        since, self._mark = self._mark, changes.mark
        self._save_changes(since, records, gone, entries)
        return True

    def _save(self, kept: Kept) -> None:
        try:
            self._store.save_whole(kept, by_force=self._is_of_another_database())
        except SnapshotStoreError:
            _log.exception("the snapshot could not be kept on disk")

    def _save_changes(
        self,
        since: Mark,
        records: list[TenantRecord],
        gone: frozenset[int],
        entries: list[EntryRow] | None,
    ) -> None:
        hosts = self.current.registry.region_hosts
        try:
            saved = self._store.save_changes(since, self._mark, records, gone, hosts, entries)
        except SnapshotStoreError:
            _log.exception("the snapshot could not be kept on disk")
            return
        if not saved:
            # Something was not written before, e.g. on a full disk; from now on the file is right again.
            self.current = self._whole()

    def _is_of_another_database(self) -> bool:
        """Whether what is on disk was never in this database, which an older backup may have replaced."""
        try:
            mark = self._store.mark()
        except SnapshotStoreError:
            return False
        if mark is None:
            return False
        with self._database.transaction(ANONYMOUS) as session:
            changes = changes_since(session, mark)
        return changes.everything and changes.mark.revision <= mark.revision


def _snapshot(kept: Kept) -> Snapshot:
    return Snapshot.build(
        kept.mark.revision, Registry(kept.records, kept.region_hosts), Catalogue(kept.entries)
    )
