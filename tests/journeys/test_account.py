"""One account for the region: begun at Vechta, used at Cloppenburg, signed out everywhere at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import citizen
from tests.journeys.filling import DOG, fill_in, heading_of
from tests.journeys.mailbox import link_in
from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE, follow

pytestmark = pytest.mark.browser

PASSWORD = "Vier kluge Katzen tanzen leise"


def test_one_account_at_two_towns_without_javascript(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE, script=False)
    email = "anna@buerger.example"
    page.goto(stage.portal("vechta", "/de/anmelden?next=/de/leistungen/hund-anmelden"))
    follow(page.get_by_role("link", name="Konto anlegen"))
    page.get_by_label("E-Mail-Adresse").fill(email)
    follow(page.get_by_role("button", name="Link schicken"))
    expect(heading_of(page)).to_have_text("Sehen Sie in Ihr Postfach")
    page.goto(link_in(stage.mails.wait_for(email, "Legen Sie Ihr Bürgerkonto an"), "/link/"))
    for label in ("Neues Passwort", "Neues Passwort noch einmal"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    follow(page.get_by_role("button", name="Konto anlegen"))
    expect(heading_of(page)).to_have_text("Konto bei Stadt Vechta nutzen?")
    follow(page.get_by_role("button", name="Zustimmen und weiter"))
    expect(heading_of(page)).to_have_text("Hund anmelden")
    citizen.begin(page)
    fill_in(page, DOG)
    receipt = citizen.send(page)
    follow(page.get_by_role("button", name="Angaben merken"))
    expect(page.get_by_role("main")).to_contain_text("Ihre Angaben sind gespeichert.")

    page.goto(stage.portal("cloppenburg", "/de/anmelden?next=/de/leistungen/hund-anmelden"))
    expect(heading_of(page)).to_have_text("Konto bei Stadt Cloppenburg nutzen?")
    follow(page.get_by_role("button", name="Zustimmen und weiter"))
    citizen.begin(page)
    seen = fill_in(page, {key: value for key, value in DOG.items() if key not in _REMEMBERED})
    assert "Wer hält den Hund?" in seen
    other = citizen.send(page)

    page.goto(stage.portal("konto"))
    expect(heading_of(page)).to_have_text("Meine Vorgänge")
    for number in (receipt.number, other.number):
        expect(page.get_by_role("main")).to_contain_text(number)
    follow(page.get_by_role("link", name="Hund anmelden Stadt Vechta"))
    expect(page.locator(".kp-number")).to_have_text(receipt.number)
    page.goto(stage.portal("cloppenburg", "/de/kontakt"))
    page.locator("header details").last.locator("summary").click()
    follow(page.get_by_role("button", name="Abmelden"))
    expect(heading_of(page)).to_have_text("Sie sind abgemeldet")
    page.goto(stage.portal("vechta", "/de/kontakt"))
    expect(page.locator("body")).not_to_contain_text(email)
    page.goto(stage.portal("konto"))
    expect(heading_of(page)).to_have_text("Mit Ihrem Konto anmelden")


_REMEMBERED = {
    "given_names",
    "family_name",
    "birth_date",
    *(f"residence.{part}" for part in ("street", "house_number", "postcode", "city")),
}
