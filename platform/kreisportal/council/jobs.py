"""Fetching the councils' meetings and papers: what the worker does.

A source that fails ends no job with an error: why it fails is kept for the tenant admin, and when it is asked again.
"""

from __future__ import annotations

import logging

from sqlalchemy import text

from kreisportal.council.asking import Budget
from kreisportal.council.errors import Fault, SourceError
from kreisportal.council.service import FETCH, forget, keep, keep_failure, known_before, source_of
from kreisportal.council.source import read
from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.jobs.queue import defer_for_tenants
from kreisportal.kernel import clock

_DUE = text("SELECT definer.due_councils(:at)")
_log = logging.getLogger(__name__)


def register(registry: JobRegistry) -> None:
    """Let the worker look every ten minutes whose council it is time to ask for."""
    registry.region("council.fetch_due", fetch_due, every="*/10 * * * *")
    registry.register(FETCH, fetch)


def fetch_due(runtime: Runtime) -> None:
    """Put in a job for each town whose turn it is."""
    if runtime.settings.council_requests == "off":
        return
    with runtime.region() as session:
        towns = list(session.scalars(_DUE, {"at": clock.now()}))
        defer_for_tenants(session, FETCH, towns)


def fetch(runtime: Runtime, tenant_id: int) -> None:
    """Read a town's source, while no transaction is open, and keep what came, or what went wrong."""
    now = clock.now()
    with runtime.transaction(tenant_id) as session:
        source = source_of(session, tenant_id)
        before = known_before(session, tenant_id, source.body, now) if source else None
        if source is None:
            forget(session, tenant_id)
    if source is None or not source.on:
        return
    error: SourceError | None = None
    shown = {}
    try:
        if runtime.settings.council_requests == "off":
            raise SourceError(Fault.OFF)
        budget = Budget(local=runtime.settings.council_requests == "local")
        shown = read(source.body, budget, now, before)
    except SourceError as failed:
        _log.warning("the council of tenant %s cannot be read: %s", tenant_id, failed)
        error = failed
    with runtime.transaction(tenant_id) as session:
        # It may have been changed while it was read.
        if source_of(session, tenant_id) != source:
            return
        if error:
            keep_failure(session, tenant_id, source.body, error, now)
        else:
            keep(session, tenant_id, source.body, shown, now)
