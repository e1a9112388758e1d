"""Keeping what was read of a council, or why it could not be; and when it is asked again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from kreisportal.council.errors import SourceError
from kreisportal.council.models import CouncilContent
from kreisportal.council.source import Before
from kreisportal.kernel.clock import LOCAL_ZONE
from kreisportal.tenancy.council_source import CouncilSource
from kreisportal.tenancy.models import Tenant

FETCH = "council.fetch"
_EVERY = datetime.timedelta(hours=1)
_SELDOM = datetime.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class State:
    """How the last try of a source went; ``read_at`` is when it last went well."""

    read_at: datetime.datetime | None
    tried_at: datetime.datetime
    failing_since: datetime.datetime | None
    fault: str | None
    meetings: int
    papers: int


def source_of(session: Session, tenant_id: int) -> CouncilSource | None:
    """The source that a town has set, on or off, or None."""
    tenant = session.get(Tenant, tenant_id)
    said = tenant.profile.get("council") if tenant else None
    return CouncilSource(**said) if isinstance(said, Mapping) else None


def state_of(session: Session, tenant_id: int, body: str) -> State | None:
    """How the last try of a body went, or None before the first."""
    row = session.get(CouncilContent, tenant_id)
    if row is None or row.body != body:
        return None
    shown = row.shown or {}
    return State(
        row.read_at,
        row.tried_at,
        row.failing_since,
        row.fault,
        len(shown.get("meetings", ())),
        len(shown.get("papers", ())),
    )


def known_before(session: Session, tenant_id: int, body: str, now: datetime.datetime) -> Before | None:
    """What was read of a body today; None when it is time to read all of it anew."""
    row = session.get(CouncilContent, tenant_id)
    if row is None or row.body != body or row.shown is None or row.read_at is None:
        return None
    today = now.astimezone(LOCAL_ZONE).date().isoformat()
    return Before(row.shown, row.read_at) if row.shown["as_of"] == today else None


def keep(session: Session, tenant_id: int, body: str, shown: dict[str, Any], now: datetime.datetime) -> None:
    """Keep what was read."""
    row = _row(session, tenant_id, body, now)
    if row.shown != shown:
        row.shown = shown
    row.read_at = now
    row.failing_since = row.fault = None
    row.failures = 0
    row.next_at = now + _EVERY
    session.flush()


def keep_failure(
    session: Session, tenant_id: int, body: str, error: SourceError, now: datetime.datetime
) -> None:
    """Note why a source could not be read. What was read before stays; it is asked ever more seldom."""
    row = _row(session, tenant_id, body, now)
    row.failing_since = row.failing_since or now
    row.fault = str(error)
    row.next_at = now + min(_EVERY * 2 ** min(row.failures, 10), _SELDOM)
    row.failures += 1
    session.flush()


def forget(session: Session, tenant_id: int) -> None:
    """Forget what was read: the source is there no more."""
    row = session.get(CouncilContent, tenant_id)
    if row is not None:
        session.delete(row)


def _row(session: Session, tenant_id: int, body: str, now: datetime.datetime) -> CouncilContent:
    row = session.get(CouncilContent, tenant_id)
    if row is None:
        row = CouncilContent(tenant_id=tenant_id, body=body, failures=0, next_at=now)
        session.add(row)
    elif row.body != body:
        row.body, row.failures = body, 0
        row.shown = row.read_at = row.failing_since = row.fault = None
    row.tried_at = now
    return row
