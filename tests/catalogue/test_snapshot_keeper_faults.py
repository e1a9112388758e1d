"""The keeper while the database or the disk is away, and after another database has taken the place of the first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from kreisportal.catalogue.snapshot_keeper import SnapshotKeeper
from kreisportal.catalogue.snapshot_store import Kept, SnapshotStore, SnapshotStoreError
from kreisportal.kernel.errors import UnavailableError
from tests.catalogue.small_region import away, changing, offered, switch
from tests.support.server import DatabaseCopy


def test_while_the_database_is_away_the_last_state_goes_on(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy
) -> None:
    keeper = process()
    before = keeper.current
    with away(town):
        assert not keeper.renew()
        assert not keeper.renew()
        assert keeper.current is before
        assert not keeper.reachable
    switch(town)
    assert keeper.renew()
    assert keeper.reachable
    assert offered(keeper)


def test_a_process_starts_with_what_is_on_disk(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy
) -> None:
    before = process()
    switch(town)
    before.renew()
    with away(town):
        keeper = process()
        assert not keeper.reachable
        assert offered(keeper)
        assert keeper.current.registry.hosts == before.current.registry.hosts
        assert set(keeper.current.catalogue.services) == {"a", "b"}
        assert keeper.current.revision == before.current.revision
    switch(town, "UPDATE offers SET is_on = false")
    assert keeper.renew()
    assert not offered(keeper)


def test_without_database_and_disk_there_is_no_start(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy, tmp_path: Path
) -> None:
    (tmp_path / "broken.bin").write_bytes(b"nonsense" * 1000)
    with away(town):
        for file in ("nothing.bin", "broken.bin"):
            with pytest.raises((UnavailableError, SQLAlchemyError)):
                process(file)


def restore_older_backup(town: DatabaseCopy, revision: int) -> None:
    """As if a dump from before ``revision`` had been restored: later changes never happened."""
    with changing(town) as connection:
        connection.execute("DELETE FROM changes WHERE revision >= %s", (revision,))
        connection.execute("UPDATE offers SET is_on = false WHERE service_key = 'b'")
        connection.execute("DELETE FROM changes WHERE revision >= %s", (revision,))
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('changes', 'revision'), %s, false)", (revision,)
        )


def test_a_database_restored_from_a_backup_is_read_anew(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy
) -> None:
    keeper = process()
    first = keeper.current.revision
    switch(town)
    keeper.renew()
    restore_older_backup(town, first + 1)
    assert keeper.renew()
    assert not offered(keeper)
    # Another change now gets a number that this process has seen before.
    switch(town, "UPDATE tenants SET slug = 'renamed' WHERE id = 3")
    assert keeper.renew()
    assert keeper.current.registry.by_slug_or_none("renamed")


def test_the_disk_does_not_outlive_the_database_it_was_of(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy
) -> None:
    keeper = process()
    first = keeper.current.revision
    switch(town)
    keeper.renew()
    restore_older_backup(town, first + 1)
    process()
    with away(town):
        assert not offered(process())


def test_a_start_from_the_disk_of_another_database_is_put_right(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy
) -> None:
    first = process()
    with away(town):
        keeper = process()
    restore_older_backup(town, first.current.revision)
    switch(town, "UPDATE tenants SET slug = 'other' WHERE id = 3")
    # The number is the same, the change is another.
    assert first.current.revision == keeper.current.revision
    assert keeper.renew()
    assert keeper.current.registry.by_slug_or_none("other")


class FullDisk(SnapshotStore):
    """A store that cannot write while ``full``."""

    full = False

    def save_whole(self, kept: Kept, *, by_force: bool = False) -> None:
        if self.full:
            raise SnapshotStoreError("disk full")
        super().save_whole(kept, by_force=by_force)

    def save_changes(self, *arguments: object) -> bool:
        if self.full:
            raise SnapshotStoreError("disk full")
        return super().save_changes(*arguments)  # type: ignore[arg-type]


def test_a_full_disk_does_not_stop_anything_and_is_made_up_for(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy, tmp_path: Path
) -> None:
    store = FullDisk(tmp_path / "full.bin")
    database = town.open()
    keeper = SnapshotKeeper(database, store)
    store.full = True
    switch(town)
    assert keeper.renew()
    assert offered(keeper)
    store.full = False
    switch(town, "UPDATE tenants SET slug = 'renamed' WHERE id = 3")
    assert keeper.renew()
    database.close()
    with away(town):
        late = process("full.bin")
    assert offered(late)
    assert late.current.registry.by_slug_or_none("renamed")
