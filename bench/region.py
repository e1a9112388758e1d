"""Regions of any size in a database: two real towns by the program's own import, the others as rows like theirs.

The other towns are copied in with COPY, because ten thousand imports would take minutes. Their rows are made from
what the import wrote for the two towns, with names, keys, hosts, colours and offers of their own.
"""

from __future__ import annotations

import colorsys
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from string import ascii_uppercase
from typing import Any

import psycopg

from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.offers import import_offers
from kreisportal.catalogue.publishing import publish
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.paths import shipped
from kreisportal.tenancy.definition import Channel, OfferDefinition
from kreisportal.tenancy.definition_reader import read_tenant
from kreisportal.tenancy.importing import import_tenant

TOWNS = ("vechta", "cloppenburg")
_DISTRICTS = ("landkreis-vechta", "landkreis-cloppenburg")
OFFERED = 120
"""How many services each town offers."""

_WITH_TEXT = 10
_TOWNS_OF_DISTRICT = 99
_SEED = 575


@dataclass(frozen=True, slots=True)
class Row:
    """A tenant's row with what hangs on it. ``offers`` are the rows of its offers without the tenant's number."""

    id: int
    slug: str
    code: str
    kind: str
    ars: str
    parent_id: int | None
    profile: Mapping[str, Any]
    offers: Sequence[tuple[Any, ...]]


def fill_region(database: Database, superuser_url: str, entries: list[Entry], tenants: int) -> None:
    """Fill an empty database: the catalogue, the two towns with their districts, and more up to ``tenants``."""
    services = [entry.key for entry in entries if entry.kind == "service"]
    with database.transaction(REGION) as session:
        publish(session, entries)
    for slug in (*_DISTRICTS, *TOWNS):
        _import(database, slug, services)
    with psycopg.connect(superuser_url) as connection:
        if tenants > len(TOWNS):
            _copy(connection, list(_more(connection, services, tenants - len(TOWNS))))
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def portal_host(slug: str) -> str:
    """The host name of a town's portal."""
    return f"{slug}.localhost"


def more_slugs(tenants: int) -> list[str]:
    """The slugs of the towns (without districts) that are made for a region of ``tenants``."""
    return [_slug(number) for number in range(tenants - len(TOWNS)) if not _is_district(number)]


def _slug(number: int) -> str:
    return f"landkreis-{number:05d}" if _is_district(number) else f"stadt-{number:05d}"


def _is_district(number: int) -> bool:
    return number % (_TOWNS_OF_DISTRICT + 1) == 0


def _import(database: Database, slug: str, services: Sequence[str]) -> None:
    """A tenant of the files, with offers of its own and made ones up to ``OFFERED``."""
    definition = read_tenant(shipped("tenants") / slug)
    offers = dict(definition.offers)
    if slug in TOWNS:
        chance = random.Random(slug)
        free = [key for key in services if key not in offers]
        for key in chance.sample(free, max(0, OFFERED - len(offers))):
            text = _own_text(definition.name.short) if chance.randrange(_WITH_TEXT) == 0 else {}
            offers[key] = OfferDefinition(key, True, Channel.PAPER, processing_days=7, text=text)
    with database.transaction(REGION) as session:
        outcome = import_tenant(session, definition)
        import_offers(session, outcome.tenant_id, offers)


def _own_text(name: str) -> dict[str, str]:
    return {
        "de": f"In {name} kommen Sie damit ohne Termin in das Bürgerbüro. Bringen Sie Ihren Ausweis mit.",
        "en": f"In {name} you come to the citizens' office for this without an appointment. Bring your ID.",
    }


def _more(connection: psycopg.Connection, services: Sequence[str], count: int) -> Iterator[Row]:
    """The rows of ``count`` more tenants: after each district its towns."""
    found = connection.execute(
        "SELECT id, slug, code, profile FROM tenants WHERE slug = ANY (%s) ORDER BY slug",
        ([*TOWNS, *_DISTRICTS],),
    ).fetchall()
    taken = {code for _, _, code, _ in found}
    profiles = {slug: profile for _, slug, _, profile in found}
    codes = ("".join(letters) for letters in product(ascii_uppercase, repeat=3))
    free = (code for code in codes if code not in taken)
    first = max(row[0] for row in found) + 1
    chance = random.Random(_SEED)
    district = 0
    for number in range(count):
        group, place = divmod(number, _TOWNS_OF_DISTRICT + 1)
        state, key = divmod(group, 90)
        prefix = f"{4 + state:02d}{key + 1:03d}"
        if _is_district(number):
            district = first + number
            profile = _profile(profiles[_DISTRICTS[0]], number, chance)
            yield Row(district, _slug(number), next(free), "district", f"{prefix}0000000", None, profile, ())
            continue
        profile = _profile(profiles[TOWNS[number % len(TOWNS)]], number, chance)
        offers = list(_offers(services, profile, chance))
        ars = f"{prefix}{place:04d}{place:03d}"
        yield Row(first + number, _slug(number), next(free), "city", ars, district, profile, offers)


def _profile(like: Mapping[str, Any], number: int, chance: random.Random) -> dict[str, Any]:
    """A profile like another one, with a name, a colour and addresses of its own; every tenth has own legal texts."""
    name = f"Stadt {number:05d}"
    red, green, blue = colorsys.hls_to_rgb(chance.random(), 0.3, 0.7)
    colour = f"#{int(red * 255):02x}{int(green * 255):02x}{int(blue * 255):02x}"
    profile: dict[str, Any] = {
        **like,
        "name": {
            "de": name,
            "short": str(number),
            "locative": f"in {number}",
            "en": f"Town of {number:05d}",
        },
        "contact": {**like["contact"], "email": f"rathaus@stadt-{number}.example"},
        "brand": {**like["brand"], "colour": colour},
    }
    if number % _WITH_TEXT == 0:
        profile["texts"] = {"accessibility": {"de": f"# Barrierefreiheit\n\n{_own_text(name)['de']}\n" * 4}}
    return profile


def _offers(
    services: Sequence[str], profile: Mapping[str, Any], chance: random.Random
) -> Iterator[tuple[Any, ...]]:
    """The columns of a town's offers: online what the two towns offer online, the rest on paper."""
    offices = [office["key"] for office in profile.get("offices", ())]
    online = ("hund-anmelden", "gewerbe-anmelden", "meldebescheinigung")
    rest = [key for key in services if key not in online]
    for key in (*online, *chance.sample(rest, OFFERED - len(online))):
        details: dict[str, Any] = {"processing_days": chance.randrange(1, 30)}
        if offices:
            details["office"] = chance.choice(offices)
        if chance.randrange(3) == 0:
            euros = chance.randrange(5, 200)
            details["fee"] = {"de": f"{euros} €", "en": f"€{euros}"}
        if chance.randrange(_WITH_TEXT) == 0:
            details["text"] = _own_text(profile["name"]["short"])
        channel = "online" if key in online else "paper"
        yield key, True, channel, json.dumps(details, ensure_ascii=False)


def _copy(connection: psycopg.Connection, rows: Sequence[Row]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY tenants (id, slug, code, kind, ars, parent_id, has_portal, state, profile, imported) FROM STDIN"
        ) as copy,
    ):
        for row in rows:
            profile = json.dumps(row.profile, ensure_ascii=False)
            copy.write_row(
                (row.id, row.slug, row.code, row.kind, row.ars, row.parent_id, True, "open", profile, "{}")
            )
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY hosts (host, site, tenant_id, canonical) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row((portal_host(row.slug), "portal", row.id, True))
            copy.write_row((f"www.{portal_host(row.slug)}", "portal", row.id, False))
            copy.write_row((f"verwaltung.{portal_host(row.slug)}", "desk", row.id, True))
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY offers (tenant_id, service_key, is_on, channel, details) FROM STDIN") as copy,
    ):
        for row in rows:
            for offer in row.offers:
                copy.write_row((row.id, *offer))
    connection.execute(
        "SELECT setval(pg_get_serial_sequence('tenants', 'id'), (SELECT max(id) FROM tenants))"
    )
