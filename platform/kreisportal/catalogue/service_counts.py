"""How often services are looked at, begun, sent and given up: counted in memory, written down now and then.

A request only adds to a counter; nothing of who asked is kept. What a process that is killed had not written is lost.
"""

from __future__ import annotations

import datetime
import logging
import threading
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kreisportal.catalogue.models import ServiceFigure
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import UnavailableError

_NOTE = text("SELECT definer.note_service_figures(:tenants, :services, :whats, :steps, :counts)")
_TIDY = text("SELECT definer.tidy_figures()")
_MOST_KEPT = 50_000
_log = logging.getLogger(__name__)


class What(StrEnum):
    """What is counted of a service."""

    VIEWED = "viewed"
    STARTED = "started"
    FINISHED = "finished"
    ABANDONED = "abandoned"


class Counted(NamedTuple):
    """Something that has happened to a tenant's service; ``step`` of its form is where it was given up."""

    tenant_id: int
    service_key: str
    what: What
    step: str = ""


class ServiceCounts:
    """The counter of a process. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._counts: Counter[Counted] = Counter()

    def note(self, counted: Counted) -> None:
        """Count one more."""
        with self._lock:
            if counted in self._counts or len(self._counts) < _MOST_KEPT:
                self._counts[counted] += 1

    def flush(self) -> None:
        """Write down what has been counted. While the database is away it waits."""
        with self._lock:
            due, self._counts = self._counts, Counter()
        if not due:
            return
        try:
            with self._database.transaction(ANONYMOUS) as session:
                note_together(session, due)
        except (UnavailableError, SQLAlchemyError) as error:
            _log.warning("figures of services could not be written down: %s", error)
            with self._lock:
                self._counts.update(due)


def note_together(session: Session, counts: Mapping[Counted, int]) -> None:
    """Add counts to those that are written down, in the session's transaction."""
    if not counts:
        return
    keys = sorted(counts)
    values = {
        "tenants": [each.tenant_id for each in keys],
        "services": [each.service_key for each in keys],
        "whats": [each.what.value for each in keys],
        "steps": [each.step for each in keys],
        "counts": [counts[each] for each in keys],
    }
    session.execute(_NOTE, values)


def tidy_figures(session: Session) -> None:
    """Forget figures after two years, and what people said, or searched in vain, after one. Of all tenants."""
    session.execute(_TIDY)


def counts_since(session: Session, since: datetime.date) -> dict[str, Counter[What]]:
    """By service, how often what has happened since a month (its first day), of the tenant the transaction acts for."""
    query = (
        select(ServiceFigure.service_key, ServiceFigure.what, func.sum(ServiceFigure.count))
        .where(ServiceFigure.month >= since)
        .group_by(ServiceFigure.service_key, ServiceFigure.what)
    )
    found: dict[str, Counter[What]] = {}
    for key, what, count in session.execute(query):
        found.setdefault(key, Counter())[What(what)] = int(count)
    return found


def counts_by_month(
    session: Session, service_key: str, since: datetime.date
) -> dict[datetime.date, Counter[What]]:
    """The same of one service, by month."""
    query = (
        select(ServiceFigure.month, ServiceFigure.what, func.sum(ServiceFigure.count))
        .where(ServiceFigure.month >= since, ServiceFigure.service_key == service_key)
        .group_by(ServiceFigure.month, ServiceFigure.what)
        .order_by(ServiceFigure.month)
    )
    found: dict[datetime.date, Counter[What]] = {}
    for month, what, count in session.execute(query):
        found.setdefault(month, Counter())[What(what)] = int(count)
    return found


def abandoned_at(session: Session, service_key: str, since: datetime.date) -> Counter[str]:
    """How often a service's form was given up at which step since a month."""
    query = (
        select(ServiceFigure.step, func.sum(ServiceFigure.count))
        .where(
            ServiceFigure.month >= since,
            ServiceFigure.service_key == service_key,
            ServiceFigure.what == What.ABANDONED.value,
        )
        .group_by(ServiceFigure.step)
    )
    return Counter({step: int(count) for step, count in session.execute(query)})
