"""Reading tenants, hosts and the log of changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from kreisportal.tenancy.models import Change
from kreisportal.tenancy.registry import Site, TenantRecord

_LOAD = text("SELECT * FROM definer.load_tenants(CAST(:ids AS int[]))")
_REGION_HOSTS = text("SELECT host, site, canonical FROM definer.load_region_hosts()")
_BATCH = 500


def load_records(session: Session, ids: Sequence[int] | None = None) -> Iterator[TenantRecord]:
    """The public facts of the tenants with these ids, or of all."""
    parameters = {"ids": list(ids) if ids is not None else None}
    rows = session.execute(_LOAD, parameters, execution_options={"yield_per": _BATCH})
    for row in rows.mappings():
        yield TenantRecord.from_facts(row)


def load_region_hosts(session: Session) -> tuple[tuple[str, Site, bool], ...]:
    """The hosts that are no tenant's: (host, site, canonical)."""
    return tuple((host, site, canonical) for host, site, canonical in session.execute(_REGION_HOSTS))


def last_revision(session: Session) -> int:
    """The number of the newest change, 0 if there was none."""
    return session.scalar(select(func.max(Change.revision))) or 0


def changes_since(session: Session, revision: int) -> tuple[int, set[int], bool]:
    """The newest revision, the tenants changed after ``revision``, and whether the region changed."""
    rows = session.execute(select(Change.revision, Change.tenant_id).where(Change.revision > revision)).all()
    newest = max((row.revision for row in rows), default=revision)
    return (
        newest,
        {row.tenant_id for row in rows if row.tenant_id is not None},
        any(r.tenant_id is None for r in rows),
    )
