"""What is taken out can be understood without the database: towns, matters and devices by their names."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any
from zipfile import ZipFile

from kreisportal.accounts.archive import Archive
from kreisportal.accounts.takeout_jobs import HOLDINGS
from kreisportal.kernel import clock
from kreisportal.kernel.registries import Holder
from tests.accounts.people import Citizen
from tests.accounts.profile import remember
from tests.cases.house import Desk, House
from tests.cases.test_choosing import day
from tests.cases.test_desk_views import address
from tests.cases.test_readings import takes_in

VECHTA = {"town": "Stadt Vechta", "town_slug": "vechta", "town_host": "vechta.localhost"}
NO_TOWN = {"town": None, "town_slug": None, "town_host": None}


def keys_in(value: Any) -> Iterator[str]:
    """All names in a file of JSON."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys_in(inner)


def test_names_stand_for_what_only_the_database_knows(
    anna: Citizen, house: House, desk: Callable[..., Desk]
) -> None:
    case = house.case()
    takes_in(anna, case)
    desk().browser.get(address(case))
    house.ask(case, "Welche Farbe hat er?")
    own = house.value("SELECT account_id FROM cases WHERE id = %s", case.id)
    _write_more(house, anna, own)
    remember(anna, "person", **day("birth_date", "24.12.1980"))
    found, told = _taken_out(house, own)

    assert {
        name for name, value in found.items() if {"tenant_id", "via_tenant_id"} & {*keys_in(value)}
    } == set()
    (look,), (letter,) = found["zugriffe.json"], found["postfach.json"]
    matter = {**VECHTA, "number": case.number, "service": "Hund anmelden"}
    for each in (look, letter):
        assert matter.items() <= each.items(), each
    assert (look["what"], letter["kind"]) == ("case", "question")
    (mandate,), (confirmed,) = found["konto/vollmachten.json"]["given"], found["konto/bestaetigungen.json"]
    assert {**VECHTA, "service": "Hund anmelden"}.items() <= mandate.items()
    assert VECHTA.items() <= confirmed.items()
    by_site = {each["site"]: each for each in found["konto/anmeldungen.json"]}
    assert {**NO_TOWN, "browser_name": "Firefox auf Windows"}.items() <= by_site["account"].items()
    assert by_site["portal"]["town"] in ("Stadt Vechta", "Stadt Cloppenburg")
    assert ("Geburtsdatum", "24. Dezember 1980") in told["Was Ihr Konto sich für Formulare merkt"]
    assert [device for _, device in told["Wo Sie angemeldet sind"]] == ["Firefox auf Windows"]


def _write_more(house: House, person: Citizen, own: object) -> None:
    """A mandate for a service, a confirmation, and what is known of the browser."""
    vechta = house.tenant().id
    house.rows("UPDATE sessions SET browser = 'firefox/windows' WHERE account_id = %s RETURNING 1", own)
    house.rows(
        "INSERT INTO account_mandates (id, giver_id, giver_name, called, email, scope, tenant_id, service_key,"
        " ends_at, invitation_digest, invitation_until) VALUES (gen_random_uuid(), %s, 'Anna', 'Bert',"
        " 'bert@post.example', 'service', %s, 'hund-anmelden', now() + interval '1 day', '', now()) RETURNING 1",
        own,
        vechta,
    )
    house.rows(
        "INSERT INTO account_confirmations (account_id, tenant_id, check_id, document, confirmed_at, expires_at)"
        " VALUES (%s, %s, gen_random_uuid(), 'passport', now(), now() + interval '1 day') RETURNING 1",
        own,
        vechta,
    )


def _taken_out(house: House, own: Any) -> tuple[dict[str, Any], dict[str, list[tuple[str, str]]]]:
    """The files of JSON in a takeout by name, and what a person is told first."""
    file, holder = io.BytesIO(), Holder(house.program.database, own)
    with Archive(file, clock.now(), "de") as archive:
        for holding in house.runtime.get(HOLDINGS).entries:
            for share in holding.shares(holder):
                share.fill(archive)
    whole = ZipFile(file)
    found = {name: json.loads(whole.read(name)) for name in whole.namelist() if name.endswith(".json")}
    return found, {title: list(rows) for title, rows in archive.sections}
