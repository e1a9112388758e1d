"""Counting in the database, apart for each tenant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from kreisportal.kernel import rate_limits
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS
from tests.support.server import DatabaseCopy


@pytest.fixture(scope="module")
def opened(schema: DatabaseCopy) -> Iterator[Database]:
    database = schema.open()
    yield database
    database.close()


@pytest.fixture
def session(opened: Database) -> Iterator[Session]:
    with opened.transaction(ANONYMOUS) as session:
        yield session


def test_hits_add_up_within_a_window(session: Session) -> None:
    key = rate_limits.key_of(1, "test", "adds")
    first = rate_limits.hit(session, key, 60)
    second = rate_limits.hit(session, key, 600)
    assert (first.count, second.count) == (1, 2)
    assert second.expires_at == first.expires_at
    assert timedelta(seconds=50) < first.expires_at - datetime.now(UTC) < timedelta(seconds=70)


def test_tenants_are_counted_apart(session: Session) -> None:
    rate_limits.hit(session, rate_limits.key_of(1, "test", "same"), 60, 7)
    assert rate_limits.hit(session, rate_limits.key_of(2, "test", "same"), 60).count == 1


def test_a_hit_can_be_taken_back(session: Session) -> None:
    key = rate_limits.key_of(1, "test", "back")
    rate_limits.hit(session, key, 60, 3)
    assert rate_limits.hit(session, key, 60, -1).count == 2


def test_reading_does_not_count(session: Session) -> None:
    key = rate_limits.key_of(1, "test", "read")
    assert rate_limits.read(session, key) is None
    rate_limits.hit(session, key, 60)
    for _ in range(2):
        found = rate_limits.read(session, key)
        assert found is not None
        assert found.count == 1


def test_a_window_that_is_over_begins_anew(schema: DatabaseCopy, opened: Database) -> None:
    key = rate_limits.key_of(1, "test", "over")
    with opened.transaction(ANONYMOUS) as session:
        rate_limits.hit(session, key, 60, 9)
    with schema.superuser() as connection:
        connection.execute(
            "UPDATE rate_limits SET expires_at = now() - interval '1 second' WHERE key = %s", [key]
        )
    with opened.transaction(ANONYMOUS) as session:
        assert rate_limits.read(session, key) is None
        assert rate_limits.hit(session, key, 60).count == 1


def test_clearing_forgets_one_key_only(session: Session) -> None:
    one, other = rate_limits.key_of(1, "test", "one"), rate_limits.key_of(1, "test", "other")
    for key in (one, other):
        rate_limits.hit(session, key, 60)
    rate_limits.clear(session, one)
    assert rate_limits.read(session, one) is None
    assert rate_limits.read(session, other) is not None


def test_an_empty_key_does_not_clear_everything(session: Session) -> None:
    with pytest.raises(ValueError, match="every key"):
        rate_limits.clear(session, "")
