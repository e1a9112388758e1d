"""What the portal's pages list: services, topics, situations, offices, as rows of text, address and note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.search import Hit, MatchKind
from kreisportal.catalogue.snapshot import Snapshot
from kreisportal.i18n import current_language, gettext, pick
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.opening_hours import OpeningHours, format_clock
from kreisportal.tenancy.places import sort_key
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.addresses import address
from kreisportal.web.page import open_text
from kreisportal.web.site import here

Row = dict[str, Any]

# What people want most, in this order, until a town's own figures say better.
_OFTEN = (
    "personalausweis",
    "wohnsitz-ummelden",
    "hund-anmelden",
    "gewerbe-anmelden",
    "meldebescheinigung",
    "kfz-zulassung",
    "kita-anmeldung",
    "fuehrungszeugnis",
    "wohngeld",
    "ausweis-verlust",
    "baugenehmigung",
    "elterngeld",
)
_OFTEN_SHOWN = 6
# The situations that most people come with. The catalogue's own order is that of the topics.
_LIFE = (
    "wohnen-umzug",
    "geburt",
    "eheschliessung",
    "tod",
    "tierhaltung",
    "kinderbetreuung",
    "kfz-besitz",
    "finanzielle-hilfe",
)
_BUSINESS = (
    "unternehmensstart",
    "geschaeftsaufloesung",
    "veranstaltungen",
    "bauen-immobilien",
    "steuern-abgaben",
    "abfall-umweltschutz",
)


def service_row(service: Service) -> Row:
    """A service as a row: its everyday name, and behind it what it is for."""
    note = _note(here().snapshot, here().tenant, service)
    return {"text": pick(service.name), "url": address("portal.service", key=service.key), "note": note}


def _note(snapshot: Snapshot, tenant: TenantRecord, service: Service) -> str:
    if service.executed_here and not snapshot.offers(tenant, service.key):
        return gettext("bei einer anderen Behörde")
    return str(pick(service.official_name))


def often_needed() -> list[Row]:
    """The services wanted most, of those that this town offers."""
    snapshot, tenant = here().snapshot, here().tenant
    services = snapshot.catalogue.services
    wanted = [key for key in _OFTEN if key in services and snapshot.offers(tenant, key)]
    return [
        {"text": pick(services[key].name), "url": address("portal.service", key=key)}
        for key in wanted[:_OFTEN_SHOWN]
    ]


def services_where(matches: Callable[[Service], bool], first: Sequence[str] = ()) -> list[Row]:
    """The services for which ``matches`` holds: those of ``first``, what the town offers itself, then by name."""
    snapshot, tenant = here().snapshot, here().tenant
    places = {key: place for place, key in enumerate(first)}
    found = [service for service in snapshot.catalogue.services.values() if matches(service)]
    found.sort(
        key=lambda service: (
            places.get(service.key, len(places)),
            not snapshot.offers(tenant, service.key),
            sort_key(pick(service.name)),
        )
    )
    return [service_row(service) for service in found]


def by_letter() -> list[tuple[str, list[Row]]]:
    """All services in groups by the first letter of their name."""
    rows = services_where(lambda _: True)
    rows.sort(key=lambda row: sort_key(row["text"]))
    return [
        (letter.upper(), list(group))
        for letter, group in groupby(rows, key=lambda row: sort_key(row["text"])[0][:1])
    ]


def topics() -> list[Row]:
    """All topics in the catalogue's order."""
    return [
        {
            "key": topic.key,
            "text": pick(topic.name),
            "note": pick(topic.short),
            "url": _to("topic", topic.key),
        }
        for topic in here().snapshot.catalogue.topics.values()
    ]


def situations(kind: str | None = None) -> list[Row]:
    """Situations of a kind (life, business), or all; those with services only."""
    catalogue = here().snapshot.catalogue
    used = {key for service in catalogue.services.values() for key in service.situations}
    return [
        {
            "key": item.key,
            "topic": item.topic,
            "text": pick(item.name),
            "note": pick(item.short),
            "url": _to("situation", item.key),
        }
        for item in catalogue.situations.values()
        if (kind is None or item.kind == kind) and item.key in used
    ]


def often_met(kind: str) -> list[Row]:
    """The situations of a kind that most people come with, of those that have services."""
    wanted = _LIFE if kind == "life" else _BUSINESS
    known = {row["key"]: row for row in situations(kind)}
    return [known[key] for key in wanted if key in known]


def chips(rows: list[Row]) -> list[tuple[str, str]]:
    """Rows as (text, address), for a row of words."""
    return [(row["text"], row["url"]) for row in rows]


def _to(endpoint: str, key: str) -> str:
    return address(f"portal.{endpoint}", key=key)


@dataclass(frozen=True, slots=True)
class FoundService:
    """A service that a search found. ``because`` is the other word for it that was asked for."""

    text: str
    url: str
    short: str
    note: str
    because: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and a better spelling if nothing fits well."""

    rows: list[FoundService]
    did_you_mean: str | None


def search(query: str, limit: int) -> Found:
    """Services for a query. What differs from the official words is explained."""
    snapshot, tenant = here().snapshot, here().tenant
    index = snapshot.catalogue.index
    offered = snapshot.offered.get(tenant.id, 0)
    hits = index.search(
        query, current_language().path, offered=offered | snapshot.catalogue.elsewhere, limit=limit
    )
    misspelt = not hits or hits[0].corrected
    better = index.did_you_mean(query, current_language().path) if misspelt else None
    return Found([_found(snapshot, tenant, hit) for hit in hits], better)


def _found(snapshot: Snapshot, tenant: TenantRecord, hit: Hit) -> FoundService:
    service = snapshot.catalogue.services[hit.key]
    return FoundService(
        text=pick(service.name),
        url=address("portal.service", key=service.key),
        short=pick(service.short),
        note=_note(snapshot, tenant, service),
        because=hit.matched_term or "" if hit.matched_kind is MatchKind.SYNONYM else "",
    )


def suggestions(query: str) -> list[Row]:
    """Proposals while somebody types."""
    snapshot, tenant = here().snapshot, here().tenant
    found = snapshot.catalogue.index.suggest(
        query,
        current_language().path,
        offered=snapshot.offered.get(tenant.id, 0) | snapshot.catalogue.elsewhere,
        limit=6,
    )
    rows = []
    for item in found:
        note = item.matched_term if item.matched_kind is MatchKind.SYNONYM else ""
        rows.append({"text": item.text, "note": note, "url": address("portal.service", key=item.key)})
    return rows


def offices(town: TenantDefinition) -> list[Row]:
    """The offices of an authority, with hours and whether they are open."""
    rows = []
    for office in town.offices:
        rows.append(
            {
                "key": office.key,
                "name": pick(office.name),
                "contact": office.contact,
                "open_text": open_text(office.hours),
                "week": week(office.hours),
            }
        )
    return rows


def week(hours: OpeningHours | None) -> list[tuple[str, str]]:
    """The hours of each weekday as text."""
    if hours is None:
        return []
    names = (
        gettext("Montag"),
        gettext("Dienstag"),
        gettext("Mittwoch"),
        gettext("Donnerstag"),
        gettext("Freitag"),
        gettext("Samstag"),
        gettext("Sonntag"),
    )
    rows = []
    for name, intervals in zip(names, hours.week, strict=True):
        spans = [f"{format_clock(span.start)} – {format_clock(span.end)}" for span in intervals]
        if spans or name not in names[5:]:
            rows.append((name, ", ".join(spans) or gettext("geschlossen")))
    return rows
