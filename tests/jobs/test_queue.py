"""A job is in the database exactly when what caused it is."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from kreisportal.jobs import defer
from kreisportal.jobs.queue import defer_for_tenants
from kreisportal.kernel.database import ActorKind, Context, Database
from tests.jobs.crews import forget_jobs, stored

NAME = "test.work"
VISITOR = Context(ActorKind.APPLICANT, 1, subject_id=uuid.uuid4())


@pytest.fixture(autouse=True)
def _empty(database: Database) -> Iterator[None]:
    yield
    forget_jobs(database)


def test_a_job_is_committed_with_its_transaction(database: Database) -> None:
    case_id = uuid.uuid4()
    with database.transaction(VISITOR) as session:
        defer(session, NAME, 1, case_id=case_id, key="hund-anmelden", year=2026)
        assert stored(database, NAME) == []
    (job,) = stored(database, NAME)
    assert job["args"] == {"tenant_id": 1, "case_id": str(case_id), "key": "hund-anmelden", "year": 2026}


def test_a_job_is_gone_with_its_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction(VISITOR) as session:
        defer(session, NAME, 1)
        raise RuntimeError
    assert stored(database, NAME) == []


def test_jobs_of_a_transaction_go_in_together_in_their_order(database: Database) -> None:
    with database.transaction(VISITOR) as session:
        for number in (3, 1, 2):
            defer(session, NAME, number)
    assert [job["args"]["tenant_id"] for job in stored(database, NAME)] == [3, 1, 2]


def test_a_job_is_gone_with_its_savepoint(database: Database) -> None:
    with database.transaction(VISITOR) as session:
        defer(session, NAME, 1)
        with pytest.raises(RuntimeError), session.begin_nested():
            defer(session, NAME, 2)
            raise RuntimeError
    assert [job["args"]["tenant_id"] for job in stored(database, NAME)] == [1]


def test_nothing_is_put_in_without_a_tenant(database: Database) -> None:
    with database.transaction(VISITOR) as session, pytest.raises(ValueError, match="one tenant"):
        defer(session, NAME, None)
    assert stored(database, NAME) == []


def test_a_second_job_under_a_queueing_lock_leaves_the_transaction_whole(database: Database) -> None:
    with database.transaction(VISITOR) as session:
        assert defer(session, NAME, 1, queueing_lock="digest")
        assert defer(session, NAME, 1, queueing_lock="digest") is False
        assert defer(session, NAME, 2, queueing_lock="digest"), "another tenant's lock is another lock"
        actor = session.scalar(text("SELECT current_setting('kreisportal.actor')"))
    assert actor == "applicant", "going back to a savepoint must not lose who acts"
    assert [job["args"]["tenant_id"] for job in stored(database, NAME)] == [1, 2]


def test_moment_and_lock(database: Database) -> None:
    moment = datetime.datetime(2027, 1, 2, 3, tzinfo=datetime.UTC)
    with database.transaction(VISITOR) as session:
        defer(session, NAME, 7, at=moment, lock="case", queue="mail")
        with pytest.raises(ValueError, match="time zone"):
            defer(session, NAME, 7, at=moment.replace(tzinfo=None))
    (job,) = stored(database, NAME)
    assert (job["scheduled_at"], job["lock"], job["queue_name"]) == (moment, "7:case", "mail")


def test_what_comes_in_great_numbers_goes_after_all_else(database: Database) -> None:
    with database.transaction(VISITOR) as session:
        defer(session, NAME, 1, after_others=True)
        defer(session, NAME, 2)
    first, second = stored(database, NAME)
    assert first["priority"] < second["priority"]


def test_tenants_whose_job_still_waits_get_no_second(database: Database) -> None:
    with database.transaction(VISITOR) as session:
        defer(session, NAME, 2)
        assert defer_for_tenants(session, NAME, [1, 2, 3]) == 2
        assert defer_for_tenants(session, NAME, [1, 2, 3]) == 0
    jobs = stored(database, NAME)
    assert [job["args"]["tenant_id"] for job in jobs] == [2, 1, 3]
    assert jobs[0]["priority"] > jobs[1]["priority"], "what a person waits for goes first"
