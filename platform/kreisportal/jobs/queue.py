"""Putting a job into the transaction that causes it: committed with it, or gone with it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from procrastinate.types import JSONDict
from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.jobs.arguments import Id, encode

_AFTER_ALL_ELSE = -10
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
    **ids: Id,
) -> int | None:
    """Put the job ``name`` for a tenant into the session's transaction. Returns the job's number.

    ``ids`` are ids only (numbers, keys, UUIDs), never personal data. ``at`` (aware) is the earliest moment. Jobs
    with the same ``lock`` run one after the other, in their order; mind that one that waits to be tried again
    holds up all behind it. While a job with the same ``queueing_lock`` waits, no second one is put in and None
    is returned. Raises ``ValueError`` without a tenant or for an argument that is no id.
    """
    arguments = encode(tenant_id, ids)
    if at is not None and at.tzinfo is None:
        raise ValueError("the moment of a job needs a time zone")
    options = {
        "queue": queue,
        "lock": _of_tenant(lock, tenant_id),
        "queueing_lock": _of_tenant(queueing_lock, tenant_id),
        "schedule_at": at,
    }
    if queueing_lock is None:
        return _deferrer(session, name, options).defer(**arguments)
    try:
        # The refusal is an error of the database, which would end the whole transaction without a savepoint.
        with session.begin_nested():
            return _deferrer(session, name, options).defer(**arguments)
    except AlreadyEnqueued:
        return None


def defer_for_tenants(session: Session, name: str, tenant_ids: Iterable[int]) -> int:
    """Put the job ``name`` in once for each tenant, except where it still waits. Returns how many were put in.

    Whatever was deferred for a person goes first: mails do not wait for the night's tidying of ten thousand towns.
    """
    waiting = set(session.scalars(_WAITING, {"name": name}))
    batch: list[JSONDict] = [{**encode(tenant, {})} for tenant in tenant_ids if tenant not in waiting]
    if batch:
        _deferrer(session, name, {"queue": "default", "priority": _AFTER_ALL_ELSE}).batch_defer(*batch)
    return len(batch)


def _of_tenant(lock: str | None, tenant_id: int | None) -> str | None:
    """A lock of this tenant's own, so that no town can hold up another."""
    return None if lock is None else f"{tenant_id}:{lock}"


def _deferrer(session: Session, name: str, options: dict[str, Any]) -> JobDeferrer:
    connection = session.connection().connection.driver_connection
    return _app().configure_task(name, connection=connection, **options)


@lru_cache(maxsize=1)
def _app() -> App:
    """Procrastinate's way to write jobs down. It is never opened: each job brings its session's connection."""
    return App(connector=SyncPsycopgConnector())
