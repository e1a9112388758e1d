"""The keeper: what changes in the database is seen by every process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest

from kreisportal.catalogue.publishing import publish
from kreisportal.catalogue.snapshot_keeper import SnapshotKeeper
from kreisportal.kernel.database.context import REGION
from tests.catalogue.small_region import away, changing, entries, offered, switch, until
from tests.support.server import DatabaseCopy


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

    def all_offer(wanted: bool) -> bool:
        return all(offered(keeper) is wanted for keeper in keepers)

    # The machine may be busy with something else for a while, but not each time.
    took = []
    for wanted in (True, False, True):
        switch(town, f"UPDATE offers SET is_on = {wanted} WHERE service_key = 'b'")
        took.append(until(partial(all_offer, wanted)))
    assert min(took) < 1


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
    before = keeper.current.registry.tenants
    database = town.open()
    with database.transaction(REGION) as session:
        publish(session, entries("b", "c"))
    database.close()
    assert keeper.renew()
    # The tenants are as they were, so none of them was read again.
    assert all(record is before[number] for number, record in keeper.current.registry.tenants.items())
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
    until(lambda: offered(keeper))


def test_after_stopping_nobody_asks_the_database(
    process: Callable[..., SnapshotKeeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kreisportal.catalogue.snapshot_keeper.POLL_SECONDS", 0.01)
    keeper = process()
    keeper.start()
    keeper.stop()
    until(lambda: not any(thread.name == "snapshot" for thread in threading.enumerate()))
