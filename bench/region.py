"""Regions of any size in a database: two real towns by the program's own import, the others brought on line as invented."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg

from bench.onboarding import OFFERED, Onboarded, bring_on_line, let_admins_speak
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
_ONLINE = ("hund-anmelden", "gewerbe-anmelden", "meldebescheinigung")
_WITH_TEXT = 10


def fill_region(
    database: Database,
    superuser_url: str,
    entries: list[Entry],
    tenants: int,
    environment: Mapping[str, str],
    folder: Path,
) -> Onboarded:
    """Fill an empty database: the catalogue, the two towns with their districts, and more up to ``tenants``.

    ``environment`` are the settings of commands on the database, ``folder`` is where their lists go.
    """
    services = [entry.key for entry in entries if entry.kind == "service"]
    with database.transaction(REGION) as session:
        publish(session, entries)
    for slug in (*_DISTRICTS, *TOWNS):
        _import(database, slug, services)
    towns = [
        entry.key for entry in entries if entry.kind == "service" and entry.data["level"] == "municipality"
    ]
    wanted = [*_ONLINE, *(key for key in towns if key not in _ONLINE)]
    more = tenants - len(TOWNS)
    onboarded = bring_on_line(environment, folder, wanted, more) if more > 0 else Onboarded(0, 0, 0.0)
    with psycopg.connect(superuser_url) as connection:
        let_admins_speak(connection)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    return onboarded


def portal_host(slug: str) -> str:
    """The host name of a town's portal."""
    return f"{slug}.localhost"


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
