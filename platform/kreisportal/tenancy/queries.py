"""Reading tenants, hosts and the log of changes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.models import Change, Host, Tenant
from kreisportal.tenancy.registry import Site, TenantRecord

# The large parts as text: they are packed as they are, without being taken apart first.
_LOAD = text(
    "SELECT id, slug, code, kind, ars, parent_id, has_portal, state, hosts, CAST(profile AS text) AS profile,"
    " CAST(offers AS text) AS offers, merged_into_id, CAST(council AS text) AS council"
    " FROM definer.load_tenants(CAST(:ids AS int[]))"
)
_REGION_HOSTS = text("SELECT host, site, canonical FROM definer.load_region_hosts()")
_BATCH = 500


class Mark(NamedTuple):
    """A point in the log of changes. The time makes that two databases never have the same one."""

    revision: int
    at: datetime.datetime | None


BEGINNING = Mark(0, None)


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed up to ``mark``: these tenants; catalogue or hosts of the ``region``; ``everything``, perhaps."""

    mark: Mark
    tenant_ids: frozenset[int]
    region: bool
    everything: bool = False


def load_records(session: Session, ids: Sequence[int] | None = None) -> Iterator[TenantRecord]:
    """The public facts of the tenants with these ids, or of all."""
    parameters = {"ids": list(ids) if ids is not None else None}
    rows = session.execute(_LOAD, parameters, execution_options={"yield_per": _BATCH})
    for row in rows.mappings():
        yield TenantRecord.from_facts(row)


def tenant_id_of(session: Session, slug: str) -> int | None:
    """The number of a tenant that the actor reaches, or None."""
    return session.scalar(select(Tenant.id).where(Tenant.slug == slug))


def district_id_of(session: Session, slug: str) -> int:
    """The number of a district that the actor reaches. Raises NotFoundError."""
    found = session.scalar(select(Tenant.id).where(Tenant.slug == slug, Tenant.kind == "district"))
    if found is None:
        raise NotFoundError(f"there is no district {slug}")
    return found


def load_region_hosts(session: Session) -> tuple[tuple[str, Site, bool], ...]:
    """The hosts that are no tenant's: (host, site, canonical)."""
    return tuple((host, site, canonical) for host, site, canonical in session.execute(_REGION_HOSTS))


def newest_mark(session: Session) -> Mark:
    """The newest point in the log of changes."""
    row = session.execute(
        select(Change.revision, Change.at).order_by(Change.revision.desc()).limit(1)
    ).first()
    return Mark(row.revision, row.at) if row else BEGINNING


def changes_since(session: Session, mark: Mark) -> Changes:
    """What has changed after ``mark``.

    If the log does not know the mark, it is another database's, or this one's of before it was restored from a
    backup: then everything may have changed.
    """
    query = (
        select(Change.revision, Change.at, Change.tenant_id)
        .where(Change.revision >= mark.revision)
        .order_by(Change.revision)
    )
    rows = session.execute(query).all()
    if mark != BEGINNING and (not rows or (rows[0].revision, rows[0].at) != mark):
        return Changes(newest_mark(session), frozenset(), region=True, everything=True)
    new = [row for row in rows if row.revision > mark.revision]
    return Changes(
        Mark(new[-1].revision, new[-1].at) if new else mark,
        frozenset(row.tenant_id for row in new if row.tenant_id is not None),
        region=any(row.tenant_id is None for row in new),
    )


def hosts_leading_on(session: Session, slug: str) -> tuple[Sequence[str], str | None]:
    """The host names of a tenant that has become part of another one, and the slug of that: they lead there."""
    town = session.scalar(select(Tenant).where(Tenant.slug == slug, Tenant.merged_into_id.is_not(None)))
    if town is None:
        return [], None
    hosts = session.scalars(select(Host.host).where(Host.tenant_id == town.id).order_by(Host.host)).all()
    return hosts, session.get_one(Tenant, town.merged_into_id).slug


def towns_linking_to(session: Session, client_id: str) -> Sequence[int]:
    """The tenants that the actor reaches and whose start pages have a tile that leads to a client."""
    links = {"links": [{"client": client_id}]}
    return session.scalars(select(Tenant.id).where(Tenant.profile.contains(links))).all()


def client_at(session: Session, origin: str) -> str | None:
    """The client of the citizen account at an origin (scheme and host), if there is one that is on. For staff."""
    found: str | None = session.scalar(text("SELECT definer.client_at(:origin)"), {"origin": origin})
    return found
