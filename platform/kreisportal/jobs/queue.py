"""Putting a job into the transaction that causes it: committed with it, or gone with it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import lru_cache

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.jobs.arguments import Id, encode
from kreisportal.kernel.database.engine import before_commit

_AFTER_ALL_ELSE = -10
_COLLECTED = "kreisportal.jobs"
_WAITING = text(
    "SELECT (args->>'tenant_id')::int FROM procrastinate_jobs WHERE task_name = :name AND status = 'todo'"
)


def defer(
    session: Session,
    name: str,
    tenant_id: int | None,
    *,
    queue: str = "default",
    lock: str | None = None,
    queueing_lock: str | None = None,
    at: datetime.datetime | None = None,
    after_others: bool = False,
    **ids: Id,
) -> bool:
    """Put the job ``name`` for a tenant into the session's transaction; all of them go in together at its end.

    ``ids`` are ids only (numbers, keys, UUIDs), never personal data. ``at`` (aware) is the earliest moment. Jobs
    with the same ``lock`` run one after the other, in their order; mind that one that waits to be tried again
    holds up all behind it. While a job with the same ``queueing_lock`` waits, no second one is put in: then this
    is False. ``after_others`` is for what comes in great numbers: as long as anything else is due, that goes
    first. Raises ``ValueError`` without a tenant or for an argument that is no id.
    """
    if at is not None and at.tzinfo is None:
        raise ValueError("the moment of a job needs a time zone")
    job = Job(
        task_name=name,
        task_kwargs={**encode(tenant_id, ids)},
        queue=queue,
        lock=_of_tenant(lock, tenant_id),
        queueing_lock=_of_tenant(queueing_lock, tenant_id),
        scheduled_at=at,
        priority=_AFTER_ALL_ELSE if after_others else 0,
    )
    if queueing_lock is not None:
        return _put_in_unless_waiting(session, job)
    if session.in_nested_transaction():
        # What is done up to a savepoint may be undone without the rest.
        _put_in(session, [job])
        return True
    collected = session.info.setdefault(_COLLECTED, [])
    if not collected:
        before_commit(session, _put_in_collected)
    collected.append(job)
    return True


def _put_in_unless_waiting(session: Session, job: Job) -> bool:
    try:
        # The refusal is an error of the database, which would end the whole transaction without a savepoint.
        with session.begin_nested():
            _put_in(session, [job])
    except AlreadyEnqueued:
        return False
    return True


def _put_in_collected(session: Session) -> None:
    _put_in(session, session.info.pop(_COLLECTED, []))


def _put_in(session: Session, jobs: list[Job]) -> None:
    if jobs:
        connection = session.connection().connection.driver_connection
        _app().job_manager.batch_defer_jobs(jobs, connection=connection)


def defer_for_tenants(session: Session, name: str, tenant_ids: Iterable[int]) -> int:
    """Put the job ``name`` in once for each tenant, except where it still waits. Returns how many were put in.

    Whatever was deferred for a person goes first: mails do not wait for the night's tidying of ten thousand towns.
    """
    _put_in_collected(session)
    waiting = set(session.scalars(_WAITING, {"name": name}))
    batch = [
        Job(
            task_name=name,
            task_kwargs={**encode(tenant, {})},
            queue="default",
            priority=_AFTER_ALL_ELSE,
            lock=None,
            queueing_lock=None,
        )
        for tenant in tenant_ids
        if tenant not in waiting
    ]
    _put_in(session, batch)
    return len(batch)


def _of_tenant(lock: str | None, tenant_id: int | None) -> str | None:
    """A lock of this tenant's own, so that no town can hold up another."""
    return None if lock is None else f"{tenant_id}:{lock}"


@lru_cache(maxsize=1)
def _app() -> App:
    """Procrastinate's way to write jobs down. It is never opened: each job brings its session's connection."""
    return App(connector=SyncPsycopgConnector())
