"""How long decisions really take: worked out every night from the cases of a year, published where they are enough."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from sqlalchemy import Float, cast, delete, extract, func, select
from sqlalchemy.orm import Session

from kreisportal.cases.models import Case
from kreisportal.cases.status import CaseState
from kreisportal.catalogue.models import DecisionTime

LEAST = 10
"""From so many decisions on a time is told, so that nobody is known by it."""
_YEAR = datetime.timedelta(days=365)
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Took:
    """Days from arrival to decision: half of the decisions took ``median`` at most, nine of ten ``most``."""

    decided: int
    median: int
    most: int


def times_taken(session: Session, now: datetime.datetime) -> dict[str, Took]:
    """By service, of the tenant that the transaction acts for; days begun count as whole ones."""
    days = cast(extract("epoch", Case.decided_at - Case.received_at), Float) / _SECONDS_PER_DAY
    query = (
        select(
            Case.service_key,
            func.count(),
            func.percentile_cont(0.5).within_group(days),
            func.percentile_cont(0.9).within_group(days),
        )
        .where(Case.state == CaseState.DECIDED.value, Case.decided_at > now - _YEAR)
        .group_by(Case.service_key)
        .having(func.count() >= LEAST)
    )
    return {
        key: Took(count, max(1, math.ceil(median)), max(1, math.ceil(most)))
        for key, count, median, most in session.execute(query)
    }


def published_times(session: Session) -> dict[str, Took]:
    """By service, as last published, of the tenant that the transaction acts for."""
    rows = session.scalars(select(DecisionTime))
    return {row.service_key: Took(row.decided, row.median_days, row.most_days) for row in rows}


def publish_times(session: Session, tenant_id: int, now: datetime.datetime) -> bool:
    """Let the portal tell them; whether anything has changed. What has become too few is told no more."""
    found = times_taken(session, now)
    rows = {row.service_key: row for row in session.scalars(select(DecisionTime))}
    changed = False
    for key, took in found.items():
        row = rows.get(key)
        if row is None:
            session.add(
                DecisionTime(
                    tenant_id=tenant_id,
                    service_key=key,
                    decided=took.decided,
                    median_days=took.median,
                    most_days=took.most,
                )
            )
            changed = True
        # Pages are made anew when what they tell is another time, not for every decision.
        elif (row.median_days, row.most_days) != (took.median, took.most):
            row.decided, row.median_days, row.most_days = took.decided, took.median, took.most
            changed = True
    gone = rows.keys() - found.keys()
    if gone:
        session.execute(delete(DecisionTime).where(DecisionTime.service_key.in_(gone)))
    session.flush()
    return changed or bool(gone)
