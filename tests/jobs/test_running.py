"""The worker: tenants are kept apart, what fails is tried again, what is left over is taken up."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from procrastinate import App
from sqlalchemy import select, text

from kreisportal.jobs import Runtime, defer, running
from kreisportal.jobs.chores import take_up
from kreisportal.jobs.retry import GrowingDelay
from kreisportal.jobs.running import Crew, build_app, work
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.notifications.models import Mail
from tests.jobs.crews import forget_jobs, make_crew, make_due, run, stored, tenant_id_of
from tests.support.server import DatabaseCopy

NAME = "test.work"
PATIENCE = 30


@pytest.fixture
def crew(region: DatabaseCopy, database: Database, tmp_path: Path) -> Iterator[Crew]:
    """A worker's crew without jobs; what is left of its jobs is forgotten."""
    yield make_crew(region, database, tmp_path)
    forget_jobs(database)


def put_in(database: Database, *tenant_ids: int) -> None:
    for tenant_id in tenant_ids:
        with database.transaction(Context(ActorKind.STAFF, tenant_id, staff_id=uuid.uuid4())) as session:
            defer(session, NAME, tenant_id)


def test_tenants_are_not_mixed(crew: Crew, database: Database) -> None:
    first, second = tenant_id_of(database, "vechta"), tenant_id_of(database, "cloppenburg")
    canaries = {tenant: secrets.token_hex(8) for tenant in (first, second)}
    for tenant, canary in canaries.items():
        with database.transaction(Context(ActorKind.JOB, tenant)) as session:
            row = Mail(
                tenant_id=tenant, id=uuid.uuid4(), recipient=canary, language="de", template="x", data={}
            )
            row.state, row.attempts = "sent", 0
            session.add(row)
    seen: list[tuple[int, list[str], str]] = []

    @crew.registry.job(NAME)
    def read_all(runtime: Runtime, tenant_id: int) -> None:
        with runtime.transaction(tenant_id) as session:
            actor = session.scalar(text("SELECT current_setting('kreisportal.actor')")) or ""
            seen.append((tenant_id, list(session.scalars(select(Mail.recipient))), actor))

    put_in(database, first, second, first)
    run(crew)
    assert seen == [(tenant, [canaries[tenant]], "job") for tenant in (first, second, first)]


def test_a_stored_job_without_a_tenant_does_nothing(crew: Crew, database: Database) -> None:
    called: list[int] = []
    crew.registry.register(
        NAME, lambda runtime, tenant_id: called.append(tenant_id), retry=GrowingDelay(attempts=0)
    )
    with database.transaction(Context(ActorKind.ANONYMOUS)) as session:
        session.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', :name, '{}')"
            ),
            {"name": NAME},
        )
    run(crew)
    assert called == []
    assert [job["status"] for job in stored(database, NAME)] == ["failed"]


def test_what_fails_is_tried_again_and_given_up(
    crew: Crew, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    words = "Erika Mustermann"

    @crew.registry.job(NAME, retry=GrowingDelay(first=60, longest=100, attempts=2))
    def fail(runtime: Runtime, tenant_id: int) -> None:
        raise RuntimeError(words)

    put_in(database, 1)
    waits = []
    for _ in range(3):
        run(crew)
        (job,) = stored(database, NAME)
        if job["status"] == "todo":
            with database.transaction(Context(ActorKind.ANONYMOUS)) as session:
                waits.append((job["scheduled_at"] - session.scalar(text("SELECT now()"))).total_seconds())
        make_due(database)
    assert waits == [pytest.approx(60, abs=10), pytest.approx(100, abs=10)]
    assert job["status"] == "failed"
    assert "RuntimeError" in caplog.text
    assert words not in caplog.text, "the words of an error may hold personal data"


def test_a_job_whose_worker_is_gone_is_taken_up(crew: Crew, database: Database) -> None:
    done: list[int] = []
    crew.registry.register(NAME, lambda runtime, tenant_id: done.append(tenant_id))
    put_in(database, 1, 2)
    _pretend_death(database)

    async def chore() -> None:
        app = build_app(crew)
        async with app.open_async():
            await _take_up_all(app)

    asyncio.run(chore())
    assert [job["status"] for job in stored(database, NAME)] == ["todo", "failed"]
    run(crew)
    assert done == [1], "what felled too many workers is given up"


def _pretend_death(database: Database) -> None:
    """Let both jobs look begun by a worker that is gone; the second has done so often."""
    with database.transaction(Context(ActorKind.ANONYMOUS)) as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        session.execute(text("UPDATE procrastinate_jobs SET attempts = 20 WHERE args->>'tenant_id' = '2'"))


async def _take_up_all(app: App) -> None:
    for job in await app.job_manager.get_stalled_jobs():
        await take_up(app, job)
        # Another worker may have been quicker: that is no error.
        await take_up(app, job)


def test_a_retry_gives_way_to_the_next_of_its_queueing_lock(crew: Crew, database: Database) -> None:
    visitor = Context(ActorKind.STAFF, 1, staff_id=uuid.uuid4())
    calls: list[int] = []

    @crew.registry.job(NAME)
    def fail_first(runtime: Runtime, tenant_id: int) -> None:
        calls.append(tenant_id)
        if len(calls) == 1:
            with database.transaction(visitor) as session:
                assert defer(session, NAME, 1, queueing_lock="digest"), "the lock is free while a job runs"
            raise RuntimeError

    with database.transaction(visitor) as session:
        defer(session, NAME, 1, queueing_lock="digest")
    run(crew)
    assert [job["status"] for job in stored(database, NAME)] == ["failed", "succeeded"]


def test_periodic_work_is_put_in_for_each_tenant(
    region: DatabaseCopy, database: Database, tmp_path: Path
) -> None:
    crew = make_crew(region, database, tmp_path, tenant_ids=(3, 1, 2))
    done: list[int] = []
    crew.registry.periodic(NAME, lambda runtime, tenant_id: done.append(tenant_id), "0 * * * *")
    with database.transaction(Context(ActorKind.ANONYMOUS)) as session:
        session.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
                " VALUES ('default', :name, '{\"timestamp\": 0}')"
            ),
            {"name": f"{NAME}.every_tenant"},
        )
    run(crew)
    assert done == [1, 2, 3]
    assert (f"{NAME}.every_tenant", "") in build_app(crew).periodic_registry.periodic_tasks
    forget_jobs(database)


def test_sessions_are_tidied(crew: Crew, database: Database, region: DatabaseCopy) -> None:
    with region.superuser() as connection:
        connection.execute(
            "INSERT INTO rate_limits VALUES ('old', 1, now() - interval '1 s'), ('new', 1, now() + interval '1 h')"
        )
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " VALUES ('chores', 'chores.tidy_sessions', '{\"timestamp\": 0}')"
        )
        run(crew)
        assert connection.execute("SELECT key FROM rate_limits").fetchall() == [("new",)]
        connection.execute("DELETE FROM rate_limits")


def test_the_log_of_changes_is_tidied(crew: Crew, region: DatabaseCopy) -> None:
    with region.superuser() as connection:
        connection.execute("UPDATE changes SET at = now() - interval '31 days'")
        newest = connection.execute("SELECT max(revision) FROM changes").fetchall()
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " VALUES ('chores', 'chores.tidy_changes', '{\"timestamp\": 0}')"
        )
        run(crew)
        assert connection.execute("SELECT revision FROM changes").fetchall() == newest


def test_a_stop_lets_the_running_job_finish(crew: Crew, database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    @crew.registry.job(NAME)
    def wait(runtime: Runtime, tenant_id: int) -> None:
        begun.set()
        go_on.wait(PATIENCE)

    async def scene() -> None:
        stopped = asyncio.Event()
        worker = asyncio.create_task(work(crew, stopped))
        await asyncio.to_thread(begun.wait, PATIENCE)
        stopped.set()
        go_on.set()
        await asyncio.wait_for(worker, PATIENCE)

    put_in(database, 1)
    asyncio.run(scene())
    assert [job["status"] for job in stored(database, NAME)] == ["succeeded"]


def test_the_worker_goes_on_after_losing_the_database(
    crew: Crew,
    database: Database,
    region: DatabaseCopy,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(running, "_RECONNECT_SECONDS", 0.1)
    monkeypatch.setattr(running, "_POLL_SECONDS", 0.2)
    done: dict[int, threading.Event] = {1: threading.Event(), 2: threading.Event()}
    crew.registry.register(NAME, lambda runtime, tenant_id: done[tenant_id].set())

    async def scene() -> None:
        stopped = asyncio.Event()
        worker = asyncio.create_task(work(crew, stopped))
        put_in(database, 1)
        assert await asyncio.to_thread(done[1].wait, PATIENCE)
        with region.superuser() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'kreisportal-worker' AND datname = current_database()"
            )
        put_in(database, 2)
        assert await asyncio.to_thread(done[2].wait, PATIENCE)
        stopped.set()
        await asyncio.wait_for(worker, PATIENCE)

    with (
        caplog.at_level(logging.CRITICAL, "procrastinate"),
        caplog.at_level(logging.CRITICAL, "psycopg.pool"),
    ):
        asyncio.run(scene())
    assert {job["status"] for job in stored(database, NAME)} == {"succeeded"}


def test_a_job_of_the_region_gets_its_ids_and_no_tenant(crew: Crew, database: Database) -> None:
    given: list[dict[str, object]] = []
    crew.registry.region(NAME, lambda runtime, **ids: given.append(ids), "30 3 * * *")
    assert NAME in {each.task.name for each in build_app(crew).periodic_registry.periodic_tasks.values()}
    number = uuid.uuid4()
    with database.transaction(Context(ActorKind.REGION)) as session:
        for arguments in ('{"timestamp": 1}', f'{{"logout_id": "{number}"}}'):
            session.execute(
                text(
                    "INSERT INTO procrastinate_jobs (task_name, queue_name, args)"
                    " VALUES (:name, 'default', CAST(:args AS jsonb))"
                ),
                {"name": NAME, "args": arguments},
            )
    run(crew)
    assert given == [{}, {"logout_id": number}]
