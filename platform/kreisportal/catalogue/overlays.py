"""Overlays: what a district says to a service on top of the region's text, inherited by its towns."""

from __future__ import annotations

from collections.abc import Mapping

from kreisportal.catalogue.definitions import Texts
from kreisportal.catalogue.snapshot import Snapshot
from kreisportal.tenancy.registry import TenantRecord


def overlay_of(snapshot: Snapshot, tenant: TenantRecord, service_key: str) -> Mapping[str, Texts]:
    """What the district that an authority belongs to says to a service: ``text`` and ``fee``, as far as it does."""
    district = snapshot.registry.tenants.get(snapshot.registry.district_of(tenant))
    overlays: Mapping[str, Mapping[str, Texts]] = district.profile.get("overlays", {}) if district else {}
    return overlays.get(service_key, {})
