"""Workers for tests: their registry is empty, and what they log stays with the test."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy import text

from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.jobs.running import Crew, drain
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.tenancy.queries import load_records
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy


def make_crew(
    region: DatabaseCopy, database: Database, folder: Path, tenant_ids: tuple[int, ...] = ()
) -> Crew:
    """A crew without any job."""
    runtime = Runtime(settings_for(region, folder), database)
    return Crew(JobRegistry(), runtime, lambda: tenant_ids, concurrency=2, grace=5)


def run(crew: Crew) -> None:
    """Do all that is due."""
    asyncio.run(drain(crew))


def tenant_id_of(database: Database, slug: str) -> int:
    """A tenant's id by its slug."""
    with database.transaction(Context(ActorKind.ANONYMOUS)) as session:
        return {record.slug: record.id for record in load_records(session)}[slug]


def stored(database: Database, name: str) -> list[dict[str, Any]]:
    """The jobs of a name as they lie in the database, the oldest first."""
    query = text("SELECT * FROM procrastinate_jobs WHERE task_name = :name ORDER BY id")
    with database.transaction(Context(ActorKind.ANONYMOUS)) as session:
        return [dict(row) for row in session.execute(query, {"name": name}).mappings()]


def forget_jobs(database: Database) -> None:
    """Delete all jobs."""
    with database.transaction(Context(ActorKind.ANONYMOUS)) as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))


def make_due(database: Database) -> None:
    """Let the time come for every job that waits for one."""
    with database.transaction(Context(ActorKind.ANONYMOUS)) as session:
        session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))
