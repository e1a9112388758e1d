"""What the portal's pages list: services, topics, situations, offices, as rows of text, address and note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from flask import url_for

from kreisportal.catalogue.definitions import Level, Service
from kreisportal.catalogue.responsibility import responsible_for
from kreisportal.council.shown import council_of
from kreisportal.council.wording import council_title, when_text
from kreisportal.i18n import PLAIN_GERMAN, current_language, gettext, pick
from kreisportal.i18n.dates import date_text
from kreisportal.kernel import clock
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.opening_hours import OpeningHours, closed_soon, format_clock
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
_SOON_DAYS = 28
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


def more_in_town() -> list[Row]:
    """The council's page, if there is one, and the town's own tiles."""
    return [*_council(), *_local_links()]


def _council() -> list[Row]:
    council = council_of(here().tenant, clock.today())
    if council is None:
        return []
    coming = next((each for each in council.meetings if not each.cancelled), None)
    note = gettext("Sitzungen und neue Vorlagen")
    if coming:
        when = when_text(coming.start)
        note = gettext("Nächste Sitzung: %(when)s", when=when)
    return [{"text": council_title(here().tenant.kind), "url": address("council.show"), "note": note}]


def _local_links() -> list[Row]:
    """The town's own tiles, with what each is and whether one signs in there with the citizen account."""
    signs_in = gettext("Dort melden Sie sich mit Ihrem Bürgerkonto an.")
    return [
        {
            "text": pick(link.title),
            "url": link.url,
            "note": " ".join(part for part in (pick(link.text), signs_in if link.client else "") if part),
        }
        for link in definition_of(here().tenant).links
        if link.on
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
                "closed": closed_days(office.hours),
            }
        )
    return rows


def place_links(service: str, places: Sequence[Place]) -> list[Row]:
    """Places with their districts, each leading to the service as it is there."""
    return [
        {
            "text": place.name,
            "note": place.district,
            "url": url_for("portal.service", key=service, ort=str(place.ars)),
        }
        for place in places
    ]


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


def closed_days(hours: OpeningHours | None) -> list[tuple[str, str]]:
    """The days of the next weeks on which an office is closed against its week, and why; right for today."""
    if hours is None:
        return []
    days = closed_soon(hours, clock.today(), _SOON_DAYS)
    return [(date_text(day), pick(reason)) for day, reason in days]
