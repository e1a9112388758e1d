"""What the portal's pages list: services, topics, situations, offices, as rows of text, address and note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kreisportal.catalogue.definitions import Level, Service
from kreisportal.catalogue.responsibility import responsible_for
from kreisportal.catalogue.search import Hit, MatchKind
from kreisportal.i18n import PLAIN_GERMAN, current_language, gettext, pick
from kreisportal.portal import places
from kreisportal.portal.shortcuts import shortcuts
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.opening_hours import OpeningHours, format_clock
from kreisportal.tenancy.places import Place, sort_key
from kreisportal.tenancy.profile import definition_of
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
_SUGGESTED = 6
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


def service_row(service: Service, place: Place | None = None) -> Row:
    """A service as a row: its everyday name, and what it is for or who else is responsible for it in ``place``."""
    snapshot, tenant = here().snapshot, here().tenant
    url = address("portal.service", key=service.key)
    # An official name would be the hardest word of a list in plain language.
    in_plain = current_language() is PLAIN_GERMAN and PLAIN_GERMAN.path not in service.official_name
    note = "" if in_plain else pick(service.official_name)
    if service.executed_here:
        ars = str(place.ars) if place else tenant.ars
        responsible = responsible_for(snapshot, service, ars).tenant
        if place is None and tenant.kind == "district" and service.level is Level.MUNICIPALITY:
            note = gettext("bei Ihrer Stadt oder Gemeinde")
        elif responsible is not None and responsible.id != tenant.id:
            note = gettext("Zuständig: %(name)s", name=pick(definition_of(responsible).name.full))
        if ars != tenant.ars:
            url += f"?ort={ars}"
    return {"text": pick(service.name), "url": url, "note": note}


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


# Below these a best hit is a guess, of a right word and of a misspelt one.
_GOOD, _GOOD_GUESS = 0.35, 0.6
# From here on a service is surely what was asked for in other words.
_SURE = 0.8


@dataclass(frozen=True, slots=True)
class FoundService:
    """A service that a search found. ``meant`` is the other word for it that was asked for, or empty; ``official``
    what it is called then."""

    text: str
    url: str
    short: str
    note: str
    meant: str = ""
    official: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and a better spelling if nothing fits well.

    ``pages`` are the portal's own that were asked for; ``place`` is another town that was named: the services are
    those for it. ``is_good`` says that the best hit is more than a guess.
    """

    rows: list[FoundService]
    did_you_mean: str | None
    pages: list[Row]
    place: Place | None
    is_good: bool


def search(query: str, limit: int) -> Found:
    """Services for a query. What differs from the official words is explained."""
    snapshot = here().snapshot
    index = snapshot.catalogue.index
    place, asked = places.named_in(query)
    pages = shortcuts(asked, str(place.ars) if place else here().tenant.ars)
    if not asked.strip():
        return Found([], None, pages, None, is_good=bool(pages))
    place = _elsewhere(place)
    hits = index.search(asked, current_language().path, offered=_offered(place), limit=limit)
    misspelt = not hits or hits[0].corrected
    better = index.did_you_mean(asked, current_language().path) if misspelt else None
    is_good = bool(pages) or (bool(hits) and _is_good(hits[0]))
    rows = [_found(hit, place, _meant(hit, asked, is_best=number == 0)) for number, hit in enumerate(hits)]
    return Found(rows, better, pages, place, is_good)


def _is_good(hit: Hit) -> bool:
    return hit.score >= (_GOOD_GUESS if hit.corrected else _GOOD)


def _elsewhere(place: Place | None) -> Place | None:
    """The place, unless it is the portal's own town."""
    return place if place is not None and str(place.ars) != here().tenant.ars else None


def _offered(place: Place | None) -> int:
    """What counts as offered: by the town that is named, else by the portal's own."""
    snapshot = here().snapshot
    tenant_id = snapshot.registry.by_ars.get(str(place.ars)) if place else here().tenant.id
    return snapshot.offered.get(tenant_id or 0, 0) | snapshot.catalogue.elsewhere


def _found(hit: Hit, place: Place | None, meant: str) -> FoundService:
    service = here().snapshot.catalogue.services[hit.key]
    row = service_row(service, place)
    short, official = pick(service.short), pick(service.official_name)
    if not meant:
        return FoundService(row["text"], row["url"], short, row["note"])
    # The official name stands beside the word that was asked for; once is enough.
    note = "" if row["note"] == official else row["note"]
    return FoundService(row["text"], row["url"], short, note, meant, official)


def _meant(hit: Hit, asked: str, *, is_best: bool) -> str:
    """The word that led to a service which is called otherwise; empty if it is called so, or nothing surely led there."""
    if here().snapshot.catalogue.index.is_called(asked, hit.position):
        return ""
    if hit.matched_kind is MatchKind.SYNONYM:
        return hit.matched_term
    # Of several services with a name that means the same, what was typed is the best one.
    surely = is_best and hit.matched_kind is MatchKind.NAME and hit.score >= _SURE and not hit.corrected
    return asked if surely else ""


def suggestions(query: str) -> list[Row]:
    """Proposals while somebody types."""
    catalogue = here().snapshot.catalogue
    place, asked = places.named_in(query)
    rows = [{**row, "note": ""} for row in shortcuts(asked, str(place.ars) if place else here().tenant.ars)]
    place = _elsewhere(place)
    found = catalogue.index.suggest(asked, current_language().path, offered=_offered(place), limit=_SUGGESTED)
    for item in found:
        note = item.matched_term if item.matched_kind is MatchKind.SYNONYM else ""
        url = service_row(catalogue.services[item.key], place)["url"]
        rows.append({"text": item.text, "note": note, "url": url})
    return rows[:_SUGGESTED]


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
