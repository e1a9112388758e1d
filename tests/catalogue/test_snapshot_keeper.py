"""The keeper: what changes in the database is seen by every process, and without a database the last state goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from psycopg import Connection
from sqlalchemy.exc import SQLAlchemyError

from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.publishing import publish
from kreisportal.catalogue.snapshot_keeper import SnapshotKeeper
from kreisportal.catalogue.snapshot_store import Kept, SnapshotStore, SnapshotStoreError
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import UnavailableError
from tests.catalogue.records import service, situation, topic
from tests.support.server import DatabaseCopy, DatabaseServer

TENANTS = """
INSERT INTO tenants (id, slug, code, kind, ars, parent_id, has_portal, state, profile, imported) VALUES
    (1, 'district', 'DIS', 'district', '039980000000', NULL, true, 'open', '{}', '{}'),
    (2, 'town', 'TOW', 'city', '039980001001', 1, true, 'open', '{}', '{}'),
    (3, 'village', 'VIL', 'municipality', '039980001002', 1, true, 'open', '{}', '{}');
INSERT INTO hosts VALUES ('town.example', 'portal', 2, true), ('region.example', 'region', NULL, true);
INSERT INTO offers (tenant_id, service_key, is_on, channel, details) VALUES
    (2, 'a', true, 'online', '{"fee": {"de": "5 €"}}'), (2, 'b', false, 'online', '{}');
"""


def entries(*keys: str) -> list[Entry]:
    found = [Entry("topic", "thema", topic()), Entry("situation", "lage", situation())]
    return [*found, *(Entry("service", key, service(key)) for key in keys)]


def fill(copy: DatabaseCopy) -> None:
    """A district, two towns and two services."""
    with copy.superuser() as connection:
        connection.execute(TENANTS)
    database = copy.open()
    with database.transaction(REGION) as session:
        publish(session, entries("a", "b"))
    database.close()


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
            database = Database(town.url(), connect_timeout=1)
            stack.callback(database.close)
            keeper = SnapshotKeeper(database, SnapshotStore(tmp_path / file))
            stack.callback(keeper.stop)
            return keeper

        yield begin


@contextmanager
def changing(town: DatabaseCopy) -> Iterator[Connection]:
    with town.superuser() as connection:
        yield connection


@contextmanager
def away(town: DatabaseCopy) -> Iterator[None]:
    """The database is away inside the block."""
    with town.server._connect() as connection:
        connection.execute(f'ALTER DATABASE "{town.name}" WITH ALLOW_CONNECTIONS false')
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (town.name,)
        )
        try:
            yield
        finally:
            connection.execute(f'ALTER DATABASE "{town.name}" WITH ALLOW_CONNECTIONS true')


def switch(
    town: DatabaseCopy, statement: str = "UPDATE offers SET is_on = true WHERE service_key = 'b'"
) -> None:
    with changing(town) as connection:
        connection.execute(statement)


def offered(keeper: SnapshotKeeper, key: str = "b") -> bool:
    snapshot = keeper.current
    return snapshot.offers(snapshot.registry.tenants[2], key)


def until(condition: Callable[[], bool], seconds: float) -> float:
    """Seconds until something is so; fails when that takes too long."""
    begin = time.monotonic()
    pause = threading.Event()
    while not condition():
        assert time.monotonic() - begin < seconds, "it took too long"
        pause.wait(0.01)
    return time.monotonic() - begin


def test_at_first_everything_is_read(process: Callable[..., SnapshotKeeper]) -> None:
    keeper = process()
    snapshot = keeper.current
    assert keeper.reachable
    assert set(snapshot.registry.tenants) == {1, 2, 3}
    assert set(snapshot.registry.hosts) == {"town.example", "region.example"}
    assert set(snapshot.catalogue.services) == {"a", "b"}
    assert (offered(keeper, "a"), offered(keeper, "b")) == (True, False)
    assert snapshot.registry.tenants[2].offers["a"]["fee"] == {"de": "5 €"}


def test_where_nothing_has_changed_nothing_is_done(process: Callable[..., SnapshotKeeper]) -> None:
    keeper = process()
    before = keeper.current
    assert not keeper.renew()
    assert keeper.current is before


def test_a_change_is_seen_by_every_process_within_a_second(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy
) -> None:
    keepers = [process(f"{number}.bin") for number in range(2)]
    for keeper in keepers:
        keeper.start()
    switch(town)
    assert until(lambda: all(offered(keeper) for keeper in keepers), 5) < 1


@pytest.mark.parametrize(
    ("statement", "is_so"),
    [
        ("UPDATE offers SET is_on = true", lambda s: s.offers(s.registry.tenants[2], "b")),
        ("DELETE FROM offers", lambda s: not s.offers(s.registry.tenants[2], "a")),
        ("UPDATE offers SET details = '{}'", lambda s: "fee" not in s.registry.tenants[2].offers["a"]),
        (
            "INSERT INTO hosts VALUES ('new.example', 'portal', 3, true)",
            lambda s: s.registry.hosts["new.example"][1] == 3,
        ),
        (
            "UPDATE hosts SET tenant_id = 3 WHERE site = 'portal'",
            lambda s: s.registry.hosts["town.example"][1] == 3,
        ),
        ("DELETE FROM hosts WHERE site = 'portal'", lambda s: "town.example" not in s.registry.hosts),
        (
            "INSERT INTO hosts VALUES ('k.example', 'account', NULL, true)",
            lambda s: "k.example" in s.registry.hosts,
        ),
        ("DELETE FROM hosts WHERE tenant_id IS NULL", lambda s: "region.example" not in s.registry.hosts),
        ("UPDATE tenants SET state = 'paused' WHERE id = 2", lambda s: not s.registry.tenants[2].on_line),
        (
            "UPDATE tenants SET parent_id = NULL WHERE id = 3",
            lambda s: s.registry.district_of(s.registry.tenants[3]) == 3,
        ),
        ("DELETE FROM tenants WHERE id = 3", lambda s: 3 not in s.registry.tenants),
        ("UPDATE tenants SET slug = 'x' WHERE id = 3", lambda s: s.registry.by_slug_or_none("x") is not None),
    ],
)
def test_every_sort_of_change_is_taken_in(
    process: Callable[..., SnapshotKeeper],
    town: DatabaseCopy,
    statement: str,
    is_so: Callable[[object], bool],
) -> None:
    keeper = process()
    assert not _holds(is_so, keeper)
    switch(town, statement)
    assert keeper.renew()
    assert _holds(is_so, keeper)
    # And on disk, for a process that starts without a database.
    assert process("other.bin").current.offered == keeper.current.offered
    with away(town):
        assert _holds(is_so, process())


def _holds(is_so: Callable[[object], bool], keeper: SnapshotKeeper) -> bool:
    try:
        return is_so(keeper.current)
    except KeyError:
        return False


def test_a_new_catalogue_is_taken_in_as_a_whole(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy
) -> None:
    keeper = process()
    database = town.open()
    with database.transaction(REGION) as session:
        publish(session, entries("b", "c"))
    database.close()
    assert keeper.renew()
    assert set(keeper.current.catalogue.services) == {"b", "c"}
    assert not offered(keeper, "a")
    newest = keeper.current.revision
    assert {keeper.current.stamp(tenant) for tenant in keeper.current.registry.tenants.values()} == {newest}


def test_what_was_rolled_back_is_no_change(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy
) -> None:
    keeper = process()
    with changing(town) as connection, connection.transaction(force_rollback=True):
        connection.execute("UPDATE offers SET is_on = true")
    assert not keeper.renew()


def test_a_change_that_is_committed_late_is_not_missed(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy
) -> None:
    """Revisions become visible in their order: whoever has seen 6 will not find a 5 later on."""
    keeper = process()
    started, done = threading.Event(), threading.Event()

    def second() -> None:
        started.set()
        switch(town, "UPDATE tenants SET state = 'paused' WHERE id = 3")
        done.set()

    with changing(town) as connection, connection.transaction():
        connection.execute("UPDATE offers SET is_on = true WHERE service_key = 'b'")
        thread = threading.Thread(target=second)
        thread.start()
        started.wait()
        # The other one has to wait for this one, which came first.
        assert not done.wait(0.2)
        assert not keeper.renew()
    thread.join()
    assert keeper.renew()
    assert offered(keeper)
    assert not keeper.current.registry.tenants[3].on_line


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


def test_a_fault_in_one_round_does_not_end_the_watch(
    process: Callable[..., SnapshotKeeper], town: DatabaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = process()
    renew = keeper.renew
    rounds: list[int] = []

    def failing_once() -> bool:
        rounds.append(1)
        if len(rounds) == 1:
            raise ZeroDivisionError
        return renew()

    monkeypatch.setattr(keeper, "renew", failing_once)
    monkeypatch.setattr("kreisportal.catalogue.snapshot_keeper.POLL_SECONDS", 0.01)
    keeper.start()
    switch(town)
    until(lambda: offered(keeper), 5)


def test_after_stopping_nobody_asks_the_database(
    process: Callable[..., SnapshotKeeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kreisportal.catalogue.snapshot_keeper.POLL_SECONDS", 0.01)
    keeper = process()
    keeper.start()
    keeper.stop()
    until(lambda: not any(thread.name == "snapshot" for thread in threading.enumerate()), 5)
