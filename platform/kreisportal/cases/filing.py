"""Where an application goes: the service, the responsible tenant and its offer, found by the server."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from kreisportal.catalogue.definitions import Level, Service
from kreisportal.catalogue.offers import OfferView, offer_of
from kreisportal.catalogue.responsibility import responsible_for
from kreisportal.catalogue.snapshot import Snapshot
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.registry import TenantRecord


@dataclass(frozen=True, slots=True)
class Filing:
    """A service to be applied for at a tenant, used through the portal of ``via``."""

    service: Service
    form_key: str
    tenant: TenantRecord
    via: TenantRecord
    offer: OfferView
    place: str


def find_filing(
    snapshot: Snapshot, via: TenantRecord, service_key: str, place: str, day: datetime.date
) -> Filing:
    """The authority that an application for a place goes to. ``place`` is a regional key, empty for the portal's own.

    Raises NotFoundError unless that authority is on line and offers the service online on this day.
    """
    service = snapshot.catalogue.services.get(service_key)
    if service is None or service.form is None or service.form not in snapshot.catalogue.forms:
        raise NotFoundError
    if not place and via.kind == "district" and service.level is Level.MUNICIPALITY:
        raise NotFoundError
    tenant = responsible_for(snapshot, service, place or via.ars).tenant
    if tenant is None or not tenant.on_line:
        raise NotFoundError
    offer = offer_of(snapshot, tenant, service_key, day)
    if not offer.is_open or offer.channel != "online":
        raise NotFoundError
    return Filing(service, service.form, tenant, via, offer, place)
