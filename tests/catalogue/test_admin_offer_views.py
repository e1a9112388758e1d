"""The tenant admin's page on one offer: changed, tried out, looked at, planned, and what the portal shows then."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import psycopg
import pytest

from kreisportal.access.roles import Role
from kreisportal.kernel import clock
from tests.support.browser import Browser, forms_of
from tests.support.server import DatabaseCopy

Desks = Callable[..., Browser]

PATH = "/de/leistungen/"
DOG = "hund-anmelden"
NEW_YEAR = datetime.datetime(2099, 1, 1, tzinfo=clock.LOCAL_ZONE)


@pytest.fixture(scope="module")
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


@pytest.fixture
def admin(desk: Desks) -> Browser:
    """A browser with Vechta's tenant admin."""
    return desk("vechta", Role.TENANT_ADMIN)


def audit(superuser: psycopg.Connection) -> list[tuple[str, str]]:
    """What Vechta's audit says of offers."""
    query = (
        "SELECT action, subject_id FROM audit_entries WHERE subject_kind = 'service'"
        " AND tenant_id = (SELECT id FROM tenants WHERE slug = 'vechta') ORDER BY id"
    )
    return superuser.execute(query).fetchall()


def test_an_offer_is_changed_on_its_page_and_so_on_the_portal(
    admin: Browser, client: Callable[..., Browser], superuser: psycopg.Connection
) -> None:
    page = admin.get(f"{PATH}{DOG}/angebot/")
    assert page.status_code == 200
    hint = "Hunde aus dem Tierheim sind im ersten Jahr frei."
    answer = admin.submit(page, {"text_de": hint, "fee_de": "77 € im Jahr", "processing_days": "4"})
    assert "Gespeichert" in admin.follow(answer).text
    shown = client("vechta.localhost").get(f"/de/leistungen/{DOG}").text
    assert hint in shown
    assert "77\u00a0€ im Jahr" in shown or "77 € im Jahr" in shown
    assert hint not in client("cloppenburg.localhost").get(f"/de/leistungen/{DOG}").text
    assert ("offer.changed", DOG) in audit(superuser)


def test_what_was_typed_stays_after_a_fault_and_after_another_was_quicker(admin: Browser) -> None:
    page = admin.get(f"{PATH}{DOG}/angebot/")
    wrong = admin.submit(page, {"processing_days": "bald", "fee_de": "99 €"})
    assert wrong.status_code == 422
    assert 'value="bald"' in wrong.text and ">99 €</textarea>" in wrong.text
    assert "Geben Sie ganze Tage" in wrong.text
    admin.submit(page, {"processing_days": "8"})
    late = admin.submit(page, {"processing_days": "9"})
    assert late.status_code == 409
    assert 'value="9"' in late.text
    assert "Inzwischen hat jemand anderes" in late.text
    assert admin.submit(late, {"processing_days": "9"}).status_code == 303


def test_an_offer_that_begins_later_is_not_open_yet(admin: Browser, client: Callable[..., Browser]) -> None:
    page = admin.get(f"{PATH}{DOG}/angebot/")
    admin.submit(page, {"from": "2099-01-01"})
    assert "1. Januar 2099" in client("vechta.localhost").get(f"/de/leistungen/{DOG}").text
    admin.submit(admin.get(f"{PATH}{DOG}/angebot/"), {"from": ""})


def test_a_caseworker_changes_no_offer(desk: Desks) -> None:
    browser = desk("vechta", Role.CASEWORKER)
    assert browser.get(f"{PATH}{DOG}/angebot/").status_code == 403


FEE = {
    "fee_kind": "steps",
    "fee_per": "year",
    "fee_by": "dogs",
    "fee_steps": "1: 61 €\n2: 83,50 €\nweitere: 110",
}


def test_a_fee_is_tried_out_saved_and_said_on_the_portal(
    admin: Browser, client: Callable[..., Browser]
) -> None:
    page = admin.get(f"{PATH}{DOG}/angebot/")
    asked = admin.submit(page, {**FEE, "tat": "rechnen"})
    assert (asked.status_code, "Geben Sie zum Ausprobieren" in asked.text) == (200, True)
    tried = admin.submit(asked, {"probe_dogs": "2", "tat": "rechnen"})
    assert "Mit diesen Angaben: 83,50\u00a0€ im Jahr" in tried.text
    portal = client("vechta.localhost")
    assert "83,50" not in portal.get(f"/de/leistungen/{DOG}").text
    assert admin.submit(tried, {"tat": "speichern"}).status_code == 303
    shown = portal.get(f"/de/leistungen/{DOG}").text
    assert "ab 61\u00a0€ im Jahr" in shown
    assert "83,50\u00a0€ im Jahr" in shown
    assert "Zahl der Hunde, dieser mitgezählt" in shown
    assert "83,50\u00a0€ im Jahr" in portal.get(f"/de/antrag/{DOG}").text


def test_a_fault_in_a_fee_stands_at_its_field_and_nothing_typed_is_lost(admin: Browser) -> None:
    page = admin.get(f"{PATH}{DOG}/angebot/")
    for button in ("rechnen", "speichern"):
        wrong = admin.submit(page, {"fee_kind": "formula", "fee_formula": "dogs * cats", "tat": button})
        assert wrong.status_code == 422
        assert "Zeichen 8: „cats“ ist keine Angabe des Formulars." in wrong.text
        assert ">dogs * cats</textarea>" in wrong.text


def test_a_change_is_planned_counts_at_midnight_by_itself_and_can_be_withdrawn(
    admin: Browser, client: Callable[..., Browser], superuser: psycopg.Connection
) -> None:
    portal, path = client("vechta.localhost"), f"{PATH}{DOG}/angebot/"
    planned = admin.submit(
        admin.get(path), {"gilt_ab": "2099-01-01", "text_de": "Ab Neujahr anders.", "channel": "paper"}
    )
    page = admin.follow(planned)
    assert "Ab dem 1. Januar 2099" in page.text
    assert ("offer.planned", DOG) in audit(superuser)
    with clock.frozen(NEW_YEAR - datetime.timedelta(seconds=1)):
        assert "Ab Neujahr anders." not in portal.get(f"/de/leistungen/{DOG}").text
    with clock.frozen(NEW_YEAR):
        shown = portal.get(f"/de/leistungen/{DOG}").text
        assert "Ab Neujahr anders." in shown
        assert "Das geht schriftlich oder persönlich" in shown
        # Who comes to the form by an old link is told on the service's page.
        assert portal.get(f"/de/antrag/{DOG}").status_code == 303
    assert "Ab Neujahr anders." in admin.get(f"{path}?plan=2099-01-01").text
    left = admin.follow(admin.submit(page, {"tag": "2099-01-01"}, "zurueckziehen"))
    assert "Zurückgezogen." in left.text
    with clock.frozen(NEW_YEAR):
        assert "Ab Neujahr anders." not in portal.get(f"/de/leistungen/{DOG}").text


def test_an_offer_is_looked_at_before_it_is_saved(admin: Browser, client: Callable[..., Browser]) -> None:
    path, before = f"{PATH}{DOG}/angebot/", client("vechta.localhost").get(f"/de/leistungen/{DOG}").text
    looked = admin.submit(
        admin.get(path), {"text_de": "Noch im Entwurf.", "channel": "paper", "tat": "vorschau"}
    )
    assert looked.status_code == 200
    assert "Noch im Entwurf.</textarea>" in looked.text
    assert "form-action 'self' https://vechta.localhost" in looked.headers["Content-Security-Policy"]
    (form,) = [form for form in forms_of(looked.text) if "vorschau/angebot" in form.action]
    assert form.action == "https://vechta.localhost/de/vorschau/angebot"
    shown = client("vechta.localhost").post("/de/vorschau/angebot", form.values)
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-store")
    for words in ("Gespeichert ist davon noch nichts.", "Noch im Entwurf.", "Das geht schriftlich"):
        assert words in shown.text
    assert client("vechta.localhost").get(f"/de/leistungen/{DOG}").text == before
    # It is this town's, and nobody else can make one.
    assert client("lohne.localhost").post("/de/vorschau/angebot", form.values).status_code == 404
    forged = {"angebot": form.values["angebot"][:-2] + "xx"}
    assert client("vechta.localhost").post("/de/vorschau/angebot", forged).status_code == 404
    wrong = admin.submit(admin.get(path), {"processing_days": "bald", "tat": "vorschau"})
    assert wrong.status_code == 422
