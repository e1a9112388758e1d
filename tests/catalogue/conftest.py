"""A small region for each test that wants one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kreisportal.catalogue.snapshot_keeper import SnapshotKeeper
from kreisportal.catalogue.snapshot_store import SnapshotStore
from kreisportal.kernel.database import Database
from tests.catalogue.small_region import fill
from tests.support.server import DatabaseCopy, DatabaseServer


@pytest.fixture
def bare(schema: DatabaseCopy) -> DatabaseCopy:
    """The module's database without a catalogue."""
    with schema.superuser() as connection:
        connection.execute(
            "TRUNCATE catalogue_entries, catalogue_releases, catalogue_imports RESTART IDENTITY"
        )
    return schema


@pytest.fixture
def town(server: DatabaseServer, _schema_template: str) -> Iterator[DatabaseCopy]:
    """A database of the test's own with a small region."""
    server.make_template("small", fill, _schema_template)
    copy = server.copy("small")
    yield copy
    server.drop(copy)


@pytest.fixture
def process(town: DatabaseCopy, tmp_path: Path) -> Iterator[Callable[..., SnapshotKeeper]]:
    """Makes what a process has: a database of its own and a keeper; ``file`` is where it keeps the snapshot."""
    with ExitStack() as stack:

        def begin(file: str = "snapshot.bin") -> SnapshotKeeper:
            database = Database(town.url())
            stack.callback(database.close)
            keeper = SnapshotKeeper(database, SnapshotStore(tmp_path / file))
            stack.callback(keeper.stop)
            return keeper

        yield begin
