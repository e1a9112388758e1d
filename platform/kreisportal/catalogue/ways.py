"""The way to a service: how one gets it from the authority that is responsible."""

from __future__ import annotations

from dataclasses import dataclass

from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.offers import OfferState, OfferView
from kreisportal.catalogue.responsibility import Responsible


@dataclass(frozen=True, slots=True)
class Way:
    """How to get a service here. ``kind``: online, closed, appointment, paper, link, nowhere, outside, choose."""

    kind: str
    url: str | None = None


def way_of(service: Service, responsible: Responsible, offer: OfferView, ars: str | None) -> Way:
    """The way where the deciding place has the key ``ars``; None stands for a place that must be chosen first."""
    if responsible.outside:
        return Way("outside", responsible.outside.url)
    if ars is None:
        return Way("choose")
    tenant = responsible.tenant
    if tenant is None:
        return Way("nowhere")
    if offer.state is OfferState.OFF:
        return Way("in-person")
    if not offer.is_open:
        return Way("closed")
    if offer.channel == "online" and service.form and tenant.on_line:
        return Way("online")
    return Way(offer.channel if offer.channel != "online" else "in-person", offer.url)
