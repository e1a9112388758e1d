"""All towns at a glance: numbers for those who run the region, none of which tells of a case."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from kreisportal.audit.models import AuditEntry, RegionAuditEntry
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.queries import load_records, tenant_id_of
from kreisportal.tenancy.registry import TenantRecord

_FIGURES = text("SELECT * FROM definer.region_figures()")

_HOLDINGS = text("SELECT what, rows FROM definer.town_holdings(:tenant)")


@dataclass(frozen=True, slots=True)
class TownFigures:
    """What is going on at a town: its state, offers that are on, open cases and when the oldest came in, what went wrong.

    Mails count that could not be delivered in the last 30 days, jobs that have failed for good. Of the open cases
    ``open_week`` came in within seven days, ``open_month`` within thirty days but before that.
    """

    state: str
    has_portal: bool
    offers_on: int
    open_cases: int
    oldest_case: datetime.datetime | None
    failed_mails: int
    failed_jobs: int
    open_week: int
    open_month: int

    @property
    def faults(self) -> int:
        """How much somebody should look at."""
        return self.failed_mails + self.failed_jobs


@dataclass(frozen=True, slots=True)
class RegionAct:
    """What somebody who runs the region has done: when, to what, and at which tenant (None: the region itself).

    ``name`` is what it was called, where that was noted because it is gone.
    """

    at: datetime.datetime
    tenant_id: int | None
    staff_id: uuid.UUID | None
    action: str
    subject_kind: str
    subject_id: str
    name: str | None


def town_figures(session: Session) -> Mapping[int, TownFigures]:
    """The figures of all towns that the actor reaches, by tenant."""
    return {row.tenant_id: TownFigures(*row[1:]) for row in session.execute(_FIGURES)}


def town_holdings(session: Session, tenant_id: int) -> Mapping[str, int]:
    """How much there is of a town that the actor reaches, by kind: cases, drafts, documents, staff and others.

    Raises NotFoundError for another one.
    """
    counts = {row.what: row.rows for row in session.execute(_HOLDINGS, {"tenant": tenant_id})}
    if not counts:
        raise NotFoundError
    return counts


def reached_town(session: Session, slug: str) -> tuple[TenantRecord, TownFigures]:
    """A town and its figures. Raises NotFoundError for one that the actor does not reach."""
    tenant_id = tenant_id_of(session, slug)
    figures = town_figures(session).get(tenant_id) if tenant_id is not None else None
    if tenant_id is None or figures is None:
        raise NotFoundError
    # From the database, because it may have changed only just now.
    (tenant,) = load_records(session, [tenant_id])
    return tenant, figures


def region_acts(session: Session, most: int, tenant_id: int | None = None) -> Sequence[RegionAct]:
    """The last acts of the region that the actor may see, the newest first; of one tenant, if it is named."""
    columns = ("at", "staff_id", "action", "subject_kind", "subject_id")

    def of(table: type[AuditEntry] | type[RegionAuditEntry]) -> Iterator[ColumnElement[Any]]:
        yield from (getattr(table, name) for name in columns)
        yield table.data["name"].as_string()

    of_tenants = select(AuditEntry.tenant_id, *of(AuditEntry))
    if tenant_id is not None:
        of_tenants = of_tenants.where(AuditEntry.tenant_id == tenant_id)
    found = list(session.execute(of_tenants.order_by(AuditEntry.at.desc()).limit(most)))
    acts = [RegionAct(row.at, row.tenant_id, *row[2:]) for row in found]
    if tenant_id is None:
        own = select(*of(RegionAuditEntry))
        rows = session.execute(own.order_by(RegionAuditEntry.at.desc()).limit(most))
        acts += [RegionAct(row.at, None, *row[1:]) for row in rows]
    return sorted(acts, key=lambda act: act.at, reverse=True)[:most]
