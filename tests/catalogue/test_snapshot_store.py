"""The snapshot on disk: it belongs together, and never goes back."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from kreisportal.catalogue.snapshot_store import Kept, SnapshotStore, SnapshotStoreError
from kreisportal.tenancy.queries import BEGINNING
from kreisportal.tenancy.registry import Site
from tests.catalogue.records import mark, record, service, topic

HOSTS: tuple[tuple[str, Site, bool], ...] = (("region.example", "region", True),)


def kept(revision: int, *numbers: int) -> Kept:
    entries = [("topic", "thema", 1, topic()), ("service", "a", revision, service("a"))]
    return Kept(mark(revision), [record(number, ("a",)) for number in numbers], HOSTS, entries)


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "below" / "snapshot.bin")


def numbers(store: SnapshotStore) -> list[int]:
    loaded = store.load()
    assert loaded is not None
    return [each.id for each in loaded.records]


def test_at_first_there_is_nothing(store: SnapshotStore, tmp_path: Path) -> None:
    assert store.load() is None
    assert store.mark() is None
    assert list(tmp_path.iterdir()) == []


def test_what_was_kept_comes_back(store: SnapshotStore) -> None:
    whole = kept(7, 1, 2)
    store.save_whole(whole)
    assert store.load() == whole
    assert store.mark() == mark(7)


def test_even_before_the_first_change_there_is_something_to_keep(store: SnapshotStore) -> None:
    empty = Kept(BEGINNING, [], (), [])
    store.save_whole(empty)
    assert store.load() == empty


def test_another_process_reads_it(store: SnapshotStore, tmp_path: Path) -> None:
    store.save_whole(kept(7, 1))
    assert SnapshotStore(tmp_path / "below" / "snapshot.bin").load() == kept(7, 1)


def test_changes_are_written_by_themselves(store: SnapshotStore) -> None:
    store.save_whole(kept(7, 1, 2, 3))
    renamed = record(2, slug="renamed")
    assert store.save_changes(mark(7), mark(9), [renamed, record(4)], [3], ())
    loaded = store.load()
    assert loaded is not None
    assert loaded.records == [record(1, ("a",)), renamed, record(4)]
    assert (loaded.mark, loaded.region_hosts, loaded.entries) == (mark(9), (), kept(7).entries)


def test_it_never_goes_back(store: SnapshotStore) -> None:
    store.save_whole(kept(9, 1, 2))
    store.save_whole(kept(8, 1))
    assert store.save_changes(mark(6), mark(7), [record(5)], [1], ())
    assert store.load() == kept(9, 1, 2)


def test_the_same_revision_may_be_written_again(store: SnapshotStore) -> None:
    store.save_whole(kept(9, 1))
    store.save_whole(kept(9, 1, 2))
    assert numbers(store) == [1, 2]


def test_by_force_it_goes_back(store: SnapshotStore) -> None:
    store.save_whole(kept(9, 1, 2))
    store.save_whole(kept(8, 1), by_force=True)
    assert store.load() == kept(8, 1)


@pytest.mark.parametrize("before", [None, 5])
def test_changes_are_refused_where_something_between_is_missing(
    store: SnapshotStore, before: int | None
) -> None:
    if before is not None:
        store.save_whole(kept(before, 1))
    assert not store.save_changes(mark(6), mark(7), [record(2)], [], ())
    assert before is None or numbers(store) == [1]


def test_a_process_that_skipped_a_change_writes_all_of_them(store: SnapshotStore) -> None:
    store.save_whole(kept(5, 1))
    assert store.save_changes(mark(5), mark(6), [record(2)], [], HOSTS)
    # The other one saw both changes at once.
    assert store.save_changes(mark(5), mark(7), [record(2), record(3)], [], HOSTS)
    assert numbers(store) == [1, 2, 3]


def test_a_whole_one_takes_away_what_is_no_longer_there(store: SnapshotStore) -> None:
    store.save_whole(kept(5, 1, 2))
    store.save_whole(kept(6, 2))
    assert numbers(store) == [2]


def test_what_breaks_off_midway_leaves_the_last_state(store: SnapshotStore) -> None:
    store.save_whole(kept(5, 1, 2))

    def breaking() -> object:
        yield record(3)
        raise OSError("disk full")

    with pytest.raises(SnapshotStoreError, match="disk full"):
        store.save_changes(mark(5), mark(6), breaking(), [1], ())  # type: ignore[arg-type]
    assert store.load() == kept(5, 1, 2)


@pytest.mark.parametrize(
    "content",
    [b"not a database at all, but long enough to be looked at" * 40, b"SQLite format 3\0" + b"x" * 4000],
)
def test_a_broken_file_is_told_and_begun_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "snapshot.bin"
    file.write_bytes(content)
    store = SnapshotStore(file)
    with pytest.raises(SnapshotStoreError, match="snapshot.bin"):
        store.load()
    store.save_whole(kept(3, 1))
    assert store.load() == kept(3, 1)


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "snapshot.bin").touch()
    assert SnapshotStore(tmp_path / "snapshot.bin").load() is None


def test_a_file_of_another_version_is_told(store: SnapshotStore, tmp_path: Path) -> None:
    store.save_whole(kept(3, 1))
    with sqlite3.connect(tmp_path / "below" / "snapshot.bin") as connection:
        connection.execute("UPDATE tenants SET head = '[1, 2]'")
    connection.close()
    with pytest.raises(SnapshotStoreError):
        store.load()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(SnapshotStoreError):
        SnapshotStore(tmp_path / "file" / "snapshot.bin").save_whole(kept(1, 1))


def test_several_processes_may_write_at_once(store: SnapshotStore, tmp_path: Path) -> None:
    store.save_whole(kept(0, 1))
    file = tmp_path / "below" / "snapshot.bin"

    def write() -> None:
        for revision in range(1, 20):
            SnapshotStore(file).save_changes(
                mark(revision - 1), mark(revision), [record(revision + 100)], [], HOSTS
            )

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.mark() == mark(19)
    assert numbers(store) == [1, *range(101, 120)]
