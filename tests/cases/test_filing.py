"""Where an application goes: found by service, place and offer, never by what a client says."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from kreisportal.cases.filing import Filing, find_filing
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.registry import pack
from tests.cases.house import House

DAY = date(2026, 12, 1)


def find(
    house: House, via: str, service: str, place: str = "", offer: Mapping[str, Any] | None = None
) -> Filing:
    """Ask where an application goes. ``offer`` changes what the portal's own town offers."""
    snapshot, tenant = house.program.keeper.current, house.tenant(via)
    if offer is not None:
        offers = {**tenant.offers, service: {**tenant.offers[service], **offer}}
        tenant = dataclasses.replace(tenant, packed=pack({"profile": tenant.profile, "offers": offers}))
        registry = snapshot.registry.replacing([tenant], (), snapshot.registry.region_hosts)
        snapshot = snapshot.changed(snapshot.revision + 1, registry, [tenant], ())
    return find_filing(snapshot, tenant, service, place, DAY)


def test_without_a_place_it_is_the_portals_own(house: House) -> None:
    filing = find(house, "vechta", "hund-anmelden")
    assert (filing.tenant.slug, filing.via.slug, filing.form_key) == ("vechta", "vechta", "hund-anmelden")
    assert filing.offer.is_open


def test_the_place_decides_whose_portal_ever_was_used(house: House) -> None:
    filing = find(house, "vechta", "hund-anmelden", house.tenant("bakum").ars)
    assert (filing.tenant.slug, filing.via.slug, filing.place) == (
        "bakum",
        "vechta",
        house.tenant("bakum").ars,
    )


def test_on_a_districts_portal_a_towns_service_needs_a_place(house: House) -> None:
    with pytest.raises(NotFoundError):
        find(house, "landkreis-vechta", "hund-anmelden")
    filing = find(house, "landkreis-vechta", "hund-anmelden", house.tenant("lohne").ars)
    assert (filing.tenant.slug, filing.via.slug) == ("lohne", "landkreis-vechta")


@pytest.mark.parametrize("service", ["gibt-es-nicht", "kfz-zulassung", "", "../hund-anmelden"])
def test_what_has_no_form_cannot_be_applied_for(house: House, service: str) -> None:
    with pytest.raises(NotFoundError):
        find(house, "vechta", service)


@pytest.mark.parametrize("place", ["000000000000", "08111", "nirgends", "034600009009x"])
def test_a_place_outside_is_nobodys(house: House, place: str) -> None:
    with pytest.raises(NotFoundError):
        find(house, "vechta", "hund-anmelden", place)


def test_an_authority_without_a_portal_takes_nothing_online(house: House) -> None:
    tenants = house.program.keeper.current.registry.tenants.values()
    offline = [tenant for tenant in tenants if not tenant.on_line]
    assert offline
    for tenant in offline:
        with pytest.raises(NotFoundError):
            find(house, "vechta", "hund-anmelden", tenant.ars)


@pytest.mark.parametrize(
    ("offer", "open_now"),
    [
        ({}, True),
        ({"channel": "paper"}, False),
        ({"channel": "appointment"}, False),
        ({"from": "2026-12-02"}, False),
        ({"from": "2026-12-01", "until": "2026-12-01"}, True),
        ({"until": "2026-11-30"}, False),
    ],
)
def test_only_an_offer_that_is_online_and_open_on_the_day_takes_it(
    house: House, offer: dict[str, str], open_now: bool
) -> None:
    if open_now:
        assert find(house, "vechta", "hund-anmelden", offer=offer).tenant.slug == "vechta"
        return
    with pytest.raises(NotFoundError):
        find(house, "vechta", "hund-anmelden", offer=offer)
