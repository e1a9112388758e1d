"""A town's own wording when the region's text changes under it: told, with the difference, until somebody decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from kreisportal.access.roles import Role
from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.publishing import entry_in_force, publish_one
from kreisportal.kernel.database.context import REGION
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

DOG = "hund-anmelden"
OFFER = f"/de/leistungen/{DOG}/angebot/"
OUTDATED = "/de/leistungen/?stand=text"
Desks = Callable[..., Browser]


@pytest.fixture(scope="module")
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


@pytest.fixture
def admin(desk: Desks) -> Browser:
    """A browser with Vechta's tenant admin."""
    return desk("vechta", Role.TENANT_ADMIN)


def write(browser: Browser, text: str) -> None:
    """Let the town say something above the service."""
    fields = {"channel": "online", "text_de": text, "text_en": text}
    assert browser.submit(browser.get(OFFER), fields, OFFER).status_code == 303


def publish(program: Program, **changes: object) -> None:
    """Let the region change its text."""
    with program.database.transaction(REGION) as session:
        now = entry_in_force(session, "service", DOG)
        publish_one(session, Entry("service", DOG, {**now.data, **changes}), None, "edit")
    program.keeper.renew()


def is_listed(browser: Browser) -> bool:
    return f'href="/de/leistungen/{DOG}/angebot/"' in browser.get(OUTDATED).text


def test_what_nobody_decided_stays_listed_until_it_is_kept(
    admin: Browser, desk: Desks, program: Program, superuser: psycopg.Connection
) -> None:
    write(admin, "Bei uns im Bürgerbüro.")
    assert not is_listed(admin)
    publish(program, reviewed_on="2026-11-29")
    assert not is_listed(admin), "who reviewed it says nothing else"
    publish(program, fees={"de": "Das kostet 9 Euro.", "en": "It costs 9 euros."})
    assert is_listed(admin)
    assert not is_listed(desk("cloppenburg", Role.TENANT_ADMIN)), "which says nothing of its own"
    page = admin.get(OFFER)
    assert "Die Region hat ihren Text geändert" in page.text
    assert "9 Euro.</ins>" in page.text
    assert "<del>" in page.text
    # Saving the offer as it is decides nothing.
    write(admin, "Bei uns im Bürgerbüro.")
    assert is_listed(admin)
    done = admin.follow(admin.submit(admin.get(OFFER), {"entscheidung": "eigen"}, "/text"))
    assert "Ihr eigener Hinweis bleibt." in done.text
    assert not is_listed(admin)
    assert "Bei uns im Bürgerbüro." in admin.get(OFFER).text
    again = admin.follow(admin.submit(page, {"entscheidung": "region"}, "/text"))
    assert "Hier ist nichts mehr zu entscheiden." in again.text
    row = superuser.execute("SELECT action FROM audit_entries ORDER BY id DESC LIMIT 1").fetchone()
    assert row == ("offer.text-kept",)


def test_the_regions_text_is_taken_by_dropping_ones_own(
    admin: Browser, program: Program, client: Callable[..., Browser]
) -> None:
    write(admin, "Nur mittwochs im Bürgerbüro.")
    publish(program, fees={"de": "Das kostet 11 Euro.", "en": "It costs 11 euros."})
    portal = client("vechta.localhost")
    assert "Nur mittwochs" in portal.get(f"/de/leistungen/{DOG}").text
    seen = admin.get(OFFER)
    publish(program, fees={"de": "Das kostet 12 Euro.", "en": "It costs 12 euros."})
    late = admin.follow(admin.submit(seen, {"entscheidung": "region"}, "/text"))
    assert "noch einmal geändert" in late.text
    done = admin.follow(admin.submit(late, {"entscheidung": "region"}, "/text"))
    assert "Ihr eigener Hinweis ist entfernt." in done.text
    assert "Nur mittwochs" not in portal.get(f"/de/leistungen/{DOG}").text
    assert not is_listed(admin)


def test_a_new_wording_is_written_for_the_text_of_today(admin: Browser, program: Program) -> None:
    write(admin, "Alt.")
    publish(program, fees={"de": "Das kostet 13 Euro.", "en": "It costs 13 euros."})
    assert is_listed(admin)
    write(admin, "Neu.")
    assert not is_listed(admin)


def test_only_these_two_can_be_decided(admin: Browser) -> None:
    write(admin, "Wieder etwas.")
    page = admin.get(OFFER)
    forged = {"entscheidung": "alles", "fassung": "x", "csrf_token": _token(page.text)}
    assert admin.post(f"{OFFER}text", forged).status_code == 404


def _token(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]
