"""Responsibility: which authority executes a service for a place. The server finds it, never the client."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kreisportal.catalogue.definitions import Level, OutsideAuthority, Service
from kreisportal.catalogue.snapshot import Snapshot
from kreisportal.tenancy.registry import TenantRecord

_DISTRICT_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who is responsible. ``tenant`` is an authority of the region; ``outside`` one above or beside it.

    Both are None when the place lies outside the region: then nothing more is known than the place.
    """

    tenant: TenantRecord | None
    outside: OutsideAuthority | None = None


def responsible_for(snapshot: Snapshot, service: Service, ars: str) -> Responsible:
    """The authority responsible for ``service`` where the deciding place has the regional key ``ars``.

    A service of the district is the district's, unless the town executes it by a delegation of its own
    (``also_responsible``). A regional key may be that of a district itself. A district-free city has no district above
    it and executes both.
    """
    if not service.executed_here:
        return Responsible(None, service.authority)
    registry = snapshot.registry
    town_id = registry.by_ars.get(ars)
    town = registry.tenants[town_id] if town_id is not None else None
    if town is None:
        district = _district(snapshot, ars)
        return Responsible(district if service.level is Level.DISTRICT else None)
    if service.level is Level.MUNICIPALITY or town.parent_id is None:
        return Responsible(town)
    if service.key in town.profile.get("also_responsible", ()):
        return Responsible(town)
    return Responsible(registry.tenants.get(town.parent_id or 0))


def own_levels(kind: str, *, in_district: bool) -> frozenset[Level]:
    """The levels whose services an authority executes without a delegation; a district-free city is both."""
    if kind == "district":
        return frozenset({Level.DISTRICT})
    return frozenset({Level.MUNICIPALITY} if in_district else {Level.MUNICIPALITY, Level.DISTRICT})


def may_execute(tenant: TenantRecord, service: Service) -> bool:
    """Whether this authority can be the one that executes a service: by its level, or by a delegation of its own."""
    delegated = tenant.profile.get("also_responsible", ())
    return executes(service, tenant.kind, delegated, in_district=tenant.parent_id is not None)


def executes(service: Service, kind: str, delegated: Collection[str], *, in_district: bool) -> bool:
    """The same of an authority of which only this is known; ``delegated`` are the keys of its delegations."""
    return service.level in own_levels(kind, in_district=in_district) or service.key in delegated


def _district(snapshot: Snapshot, ars: str) -> TenantRecord | None:
    """The district that a place lies in, by the first five digits of its key, if it is one of ours."""
    tenant_id = snapshot.registry.by_ars.get(ars[:_DISTRICT_DIGITS].ljust(12, "0"))
    return snapshot.registry.tenants[tenant_id] if tenant_id is not None else None
