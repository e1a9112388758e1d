"""Counting how services are used: in memory, written down in bundles, read by the town's own staff."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from kreisportal.catalogue.service_counts import (
    Counted,
    ServiceCounts,
    What,
    abandoned_at,
    counts_by_month,
    counts_since,
)
from kreisportal.kernel.database import ActorKind, Context, Database
from tests.support.server import DatabaseCopy

LONG_AGO = datetime.date(2020, 1, 1)
DOG = "hund-anmelden"


@pytest.fixture
def counts(database: Database, region: DatabaseCopy) -> Iterator[ServiceCounts]:
    """A counter, with nothing written down before."""
    with region.superuser() as connection:
        connection.execute("DELETE FROM service_figures")
    yield ServiceCounts(database)


def read(database: Database, tenant_id: int) -> dict[str, dict[What, int]]:
    """What a town's staff see."""
    with database.transaction(Context(ActorKind.STAFF, tenant_id)) as session:
        return {key: dict(found) for key, found in counts_since(session, LONG_AGO).items()}


def test_what_was_counted_is_added_up_by_town_and_service(
    counts: ServiceCounts, database: Database, towns: dict[str, int]
) -> None:
    vechta, lohne = towns["vechta"], towns["lohne"]
    for _ in range(2):
        for _ in range(3):
            counts.note(Counted(vechta, DOG, What.VIEWED))
        counts.note(Counted(vechta, DOG, What.ABANDONED, "proof"))
        counts.note(Counted(lohne, DOG, What.FINISHED))
        counts.flush()
        counts.flush()
    counts.note(Counted(987_654, DOG, What.VIEWED))
    counts.flush()
    assert read(database, vechta) == {DOG: {What.VIEWED: 6, What.ABANDONED: 2}}
    assert read(database, lohne) == {DOG: {What.FINISHED: 2}}
    with database.transaction(Context(ActorKind.STAFF, vechta)) as session:
        (month,) = counts_by_month(session, DOG, LONG_AGO)
        assert month.day == 1
        assert abandoned_at(session, DOG, LONG_AGO) == {"proof": 2}


def test_while_the_database_is_away_what_was_counted_waits(
    region: DatabaseCopy, counts: ServiceCounts, database: Database, towns: dict[str, int]
) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    waiting = ServiceCounts(away)
    waiting.note(Counted(towns["vechta"], DOG, What.STARTED))
    waiting.flush()
    away.close()
    waiting._database = database
    waiting.flush()
    assert read(database, towns["vechta"]) == {DOG: {What.STARTED: 1}}
