"""Whom a bundle reaches, and which of its services each of these authorities executes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from kreisportal.bundles.models import Bundle
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.offers import first_channel
from kreisportal.catalogue.responsibility import executes
from kreisportal.tenancy.lifecycle import TenantState
from kreisportal.tenancy.models import Tenant

Services = Mapping[str, Service]
"""The services of the catalogue in force, by key."""


@dataclass(frozen=True, slots=True)
class Town:
    """An authority that a bundle reaches, and the keys of the bundle's services that it executes."""

    id: int
    slug: str
    name: Mapping[str, str]
    kind: str
    executed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reach:
    """What a bundle wants: of each of ``towns`` all that it executes, with the channel that each service begins with."""

    bundle_id: int
    required: bool
    channels: Mapping[str, str]
    towns: tuple[Town, ...]

    def of(self, towns: Iterable[Town]) -> Reach:
        """The same of some of the towns only."""
        return Reach(self.bundle_id, self.required, self.channels, tuple(towns))

    def arrays(self) -> dict[str, object]:
        """All of it as arrays for one statement: towns that execute the same share a number, under which the keys stand."""
        numbers: dict[frozenset[str], int] = {}
        for town in self.towns:
            numbers.setdefault(town.executed, len(numbers))
        lines = [(number, key) for keys, number in numbers.items() for key in sorted(keys)]
        return {
            "bundle": str(self.bundle_id),
            "required": self.required,
            "towns": [town.id for town in self.towns],
            "shared": [numbers[town.executed] for town in self.towns],
            "numbers": [number for number, _ in lines],
            "keys": [key for _, key in lines],
            "channels": [self.channels[key] for _, key in lines],
        }


def portals(session: Session) -> list[Tenant]:
    """All authorities with a portal that the actor reaches: those that may be chosen."""
    return list(session.scalars(select(Tenant).where(*_with_portal()).order_by(Tenant.slug)))


def reach_of(session: Session, bundle: Bundle, services: Services, only: int | None = None) -> Reach:
    """Whom a bundle reaches today, or ``only`` one of them. What the catalogue no longer has is left out."""
    wanted = {key: services[key] for key in bundle.services if key in services}
    query = _towns(bundle)
    if only is not None:
        query = query.where(Tenant.id == only)
    towns = tuple(
        Town(row.id, row.slug, row.name, row.kind, _executed(row.kind, row.parent_id, row.also, wanted))
        for row in session.execute(query)
    )
    return Reach(bundle.id, bundle.required, {key: first_channel(wanted[key]) for key in wanted}, towns)


def _with_portal() -> tuple[ColumnElement[bool], ...]:
    return (
        Tenant.has_portal.is_(True),
        Tenant.merged_into_id.is_(None),
        Tenant.state != TenantState.CLOSED.value,
    )


def _towns(bundle: Bundle) -> Select[tuple[int, str, str, int | None, object, object]]:
    query = (
        select(
            Tenant.id,
            Tenant.slug,
            Tenant.kind,
            Tenant.parent_id,
            Tenant.profile["name"].label("name"),
            Tenant.profile["also_responsible"].label("also"),
        )
        .where(*_with_portal())
        .order_by(Tenant.slug)
    )
    if bundle.district_id is not None:
        query = query.where(or_(Tenant.id == bundle.district_id, Tenant.parent_id == bundle.district_id))
    if bundle.audience == "kinds":
        query = query.where(Tenant.kind.in_(bundle.kinds))
    elif bundle.audience == "towns":
        query = query.where(Tenant.id.in_(bundle.tenant_ids))
    return query


def _executed(
    kind: str, parent_id: int | None, delegated: Collection[str] | None, wanted: Services
) -> frozenset[str]:
    in_district = parent_id is not None
    return frozenset(
        key
        for key, service in wanted.items()
        if executes(service, kind, delegated or (), in_district=in_district)
    )
