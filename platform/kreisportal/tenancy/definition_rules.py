"""What the tables of one ``tenant.toml`` ask of one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kreisportal.tenancy.definition import Channel, TenantKind
from kreisportal.tenancy.regional_key import Level
from kreisportal.tenancy.toml_lines import KeyPath

_Faults = Iterator[tuple[KeyPath, str]]

_PORTAL_NEEDS = ("hosts", "brand", "hours", "mail", "legal")


def broken_rules(data: Mapping[str, Any], document: Mapping[str, Any]) -> _Faults:
    """The faults between tables, each with the path of its key.

    ``data`` is what the schema could load, perhaps in part; ``document`` the file itself, which says whether
    a table is there at all. So all faults come at once, those of the schema and these.
    """
    yield from _place(data, document)
    yield from _portal(document)
    yield from _offices(data)
    yield from _offers(data, has_portal=document.get("portal") is not False)


def _place(data: Mapping[str, Any], document: Mapping[str, Any]) -> _Faults:
    """Kind, key, state and district agree; a municipality has postcodes."""
    kind, ars = data.get("kind"), data.get("ars")
    if kind is TenantKind.DISTRICT:
        if "district" in document:
            yield ("district",), "does not belong in a district's file."
        if ars and ars.level is not Level.DISTRICT:
            yield ("ars",), "is not the key of a district."
    elif kind:
        if "overlays" in document:
            yield ("overlays",), "belongs into a district's file; a town has offers."
        is_district_free = bool(ars and ars.has_no_district and kind is TenantKind.CITY)
        if is_district_free and "district" in document:
            yield ("district",), "does not belong in the file of a city that is in no district."
        if not is_district_free and "district" not in document:
            yield ("district",), "is missing; only a district and a city that is in none have no district."
        if "places" not in document:
            yield ("places",), "is missing; a municipality has postcodes."
        if ars and not is_district_free and ars.level < Level.ASSOCIATION:
            yield ("ars",), "is not the key of a municipality."
    if ars and "state" in data and data["state"] != ars.state_name:
        yield ("state",), f"does not fit the ARS, which lies in {ars.state_name or 'no state'}."


def _portal(document: Mapping[str, Any]) -> _Faults:
    """A portal needs hosts, a look, opening hours, a sender and what the law asks."""
    if document.get("portal") is True:
        for key in _PORTAL_NEEDS:
            if key not in document:
                yield (key,), "is missing; a portal needs it."
    elif "hosts" in document:
        yield ("hosts",), "belongs to a tenant with a portal only."


def _offices(data: Mapping[str, Any]) -> _Faults:
    """Each office has a key of its own."""
    keys: list[str | None] = [office.get("key") for office in data.get("offices", ())]
    for place, key in enumerate(keys):
        if key is not None and key in keys[:place]:
            yield ("offices", place, "key"), f"{key} is named twice."


def _offers(data: Mapping[str, Any], *, has_portal: bool) -> _Faults:
    """An offer names an office that there is, and is online only where there is a portal."""
    offices = {office.get("key") for office in data.get("offices", ())}
    for service, offer in data.get("offers", {}).items():
        office = offer.get("office")
        if office is not None and office not in offices:
            yield ("offers", service, "office"), f"{office} is none of this file's offices."
        if offer.get("channel") is Channel.ONLINE and not has_portal:
            yield ("offers", service, "channel"), "online needs a portal."
        for place, change in enumerate(offer.get("planned", ())):
            if change.get("office") not in {None, *offices}:
                yield ("offers", service, "planned", place, "office"), "is none of this file's offices."
