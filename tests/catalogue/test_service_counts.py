"""Counting how services are used: in memory, written down in bundles, read by the town's own staff."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from kreisportal.catalogue.feedback import note_feedback
from kreisportal.catalogue.missed_words import LEAST, MissedWords
from kreisportal.catalogue.service_counts import (
    Counted,
    ServiceCounts,
    What,
    abandoned_at,
    counts_by_month,
    counts_since,
    tidy_figures,
)
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import REGION
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


def test_what_is_old_is_forgotten(
    counts: ServiceCounts, database: Database, towns: dict[str, int], region: DatabaseCopy
) -> None:
    """Figures after two years; what people said, and the words that found nothing, after one."""
    tables = {"service_figures": ("month", 24), "missed_words": ("month", 12), "feedback": ("given_on", 12)}
    counts.note(Counted(towns["vechta"], DOG, What.VIEWED))
    counts.flush()
    with database.transaction(Context(ActorKind.ANONYMOUS, towns["vechta"])) as session:
        note_feedback(session, towns["vechta"], DOG, "sent", 4, "")
    missed = MissedWords(database)
    for _ in range(LEAST):
        missed.note(towns["vechta"], "xylophonschein")
    missed.flush()
    kept = {}
    for months in (-1, 2):
        with region.superuser() as connection:
            for table, (when, limit) in tables.items():
                age = f"interval '{limit + months} months'"
                connection.execute(f"UPDATE {table} SET {when} = (date_trunc('month', now()) - {age})::date")
        with database.transaction(REGION) as session:
            tidy_figures(session)
        with region.superuser() as connection:
            kept[months] = [
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables
            ]
    assert kept == {-1: [1, 1, 1], 2: [0, 0, 0]}
