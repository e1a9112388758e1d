"""Migrations neither hold up a running region for long nor get into each other's way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from kreisportal.kernel.database import migrate
from kreisportal.kernel.database.roles import OWNER
from tests.support.server import DatabaseCopy

SHORT = "200ms"


@contextmanager
def held(copy: DatabaseCopy, statement: str) -> Iterator[None]:
    """Somebody else's open transaction that holds a lock."""
    with copy.superuser() as connection, connection.transaction():
        connection.execute(statement)
        yield


def test_a_migration_gives_up_when_a_table_is_in_use(
    schema: DatabaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", SHORT)
    with (
        held(schema, "LOCK TABLE cases IN ACCESS SHARE MODE"),
        pytest.raises(OperationalError, match="lock timeout"),
    ):
        migrate.downgrade(schema.url(OWNER), "base")
    with schema.superuser() as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.head(),)


def test_an_upgrade_waits_for_another_one_however_long_that_takes(
    schema: DatabaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", SHORT)
    done = threading.Event()

    def upgrade() -> None:
        migrate.upgrade(schema.url(OWNER))
        done.set()

    second = threading.Thread(target=upgrade)
    with held(schema, f"SELECT pg_advisory_xact_lock({migrate.LOCK})"):
        second.start()
        # Longer than the lock timeout, so that one which held for this wait too would have ended it.
        assert not done.wait(0.6)
    second.join(10)
    assert done.is_set()


def test_two_upgrades_at_once_both_end_well(empty: DatabaseCopy) -> None:
    faults: list[BaseException] = []
    ready = threading.Barrier(2)

    def upgrade() -> None:
        ready.wait()
        try:
            migrate.upgrade(empty.url(OWNER))
        except Exception as error:  # noqa: BLE001 - told in the main thread.
            faults.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    with empty.superuser() as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(migrate.head(),)]


def test_the_lock_timeout_is_set_inside_a_migration(schema: DatabaseCopy) -> None:
    seen: list[str] = []

    def look(connection: Connection) -> None:
        seen.append(connection.execute(text("SHOW lock_timeout")).scalar_one())

    migrate.run(schema.url(OWNER), look)
    assert seen == [migrate.LOCK_TIMEOUT]
