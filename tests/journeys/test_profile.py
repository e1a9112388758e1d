"""A profile is good for something: two dogs and a child are kept, and the second dog is registered with a few clicks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import citizen
from tests.journeys.filling import DOG, Answers, answer, fill_in, heading_of
from tests.journeys.mailbox import link_in
from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE, follow

pytestmark = pytest.mark.browser

PASSWORD = "Vier kluge Katzen tanzen leise"
REX: Answers = {"dog_name": "Rex", "breed": "Dackel", "kept_since": "2.1.2024"}
BELLA: Answers = {
    "dog_name": "Bella",
    "breed": "Pudel",
    "dog_sex": "female",
    "dog_birth_date": "1.3.2020",
    "chip_number": "276 098 101234567",
    "kept_since": "10.11.2025",
}
_KEPT = {"taken_in", "dog_name", "breed", "sex", "dog_birth_date", "chip_number"}


def test_the_second_dog_of_the_profile_is_registered(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE, script=False)
    _begin_account(page, stage, "profil@buerger.example")
    for name, typed in (("Hund", REX), ("Hund", BELLA), ("Kind", {"child_given_names": "Mia"})):
        _add(page, stage, name, typed)
    for name in ("Rex", "Bella", "Mia"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()

    page.goto(stage.portal("vechta", "/de/anmelden?next=/de/leistungen/hund-anmelden"))
    follow(page.get_by_role("button", name="Zustimmen und weiter"))
    citizen.begin(page)
    dogs = page.get_by_role("group", name="Welcher Hund?")
    dogs.get_by_label("Bella").check()
    follow(dogs.get_by_role("button", name="Eintragen"))
    expect(page.locator("[name='taken_in.year']")).to_have_value("2025")
    expect(page.locator("#f-taken_in-origin")).to_contain_text("von Ihnen eingetragen am")
    follow(page.get_by_role("button", name="Weiter", exact=True).last)
    answer(page, {"origin": "breeder"})
    follow(page.get_by_role("button", name="Weiter", exact=True).last)
    expect(page.get_by_label("Rasse")).to_have_value("Pudel")
    expect(page.locator("#f-breed-origin")).to_contain_text("Aus Ihrem Profil")
    page.get_by_label("Rasse").fill("Königspudel")
    fill_in(page, {key: value for key, value in DOG.items() if key not in _KEPT})
    review = page.get_by_role("main")
    for word in ("Bella", "Königspudel", "276098101234567"):
        expect(review).to_contain_text(word)
    expect(review).not_to_contain_text("Rex")
    citizen.send(page)
    expect(page.get_by_role("button", name="„Bella“ im Profil ändern")).to_be_visible()


def _begin_account(page: Page, stage: Stage, email: str) -> None:
    page.goto(stage.portal("konto", "/de/registrieren"))
    page.get_by_label("E-Mail-Adresse").fill(email)
    follow(page.get_by_role("button", name="Link schicken"))
    page.goto(link_in(stage.mails.wait_for(email, "Legen Sie Ihr Bürgerkonto an"), "/link/"))
    for label in ("Neues Passwort", "Neues Passwort noch einmal"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    follow(page.get_by_role("button", name="Konto anlegen"))
    expect(heading_of(page)).to_have_text("Meine Vorgänge")


def _add(page: Page, stage: Stage, name: str, typed: Answers) -> None:
    page.goto(stage.portal("konto", "/de/angaben/"))
    follow(page.get_by_role("link", name=f"{name} hinzufügen"))
    answer(page, typed)
    follow(page.get_by_role("button", name="Speichern"))
    expect(page.get_by_role("main")).to_contain_text("Ihre Angaben sind gespeichert.")
