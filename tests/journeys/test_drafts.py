"""A form that is not filled in at one go: pause, resume elsewhere, time limits."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kreisportal.kernel import clock
from kreisportal.web.formats import date_text
from tests.journeys import citizen
from tests.journeys.filling import DOG, answer, fill_in, heading_of
from tests.journeys.mailbox import link_in, text_of
from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE, follow

pytestmark = pytest.mark.browser


def test_pause_on_the_phone_and_go_on_at_the_desktop(stage: Stage, window: Callable[..., Page]) -> None:
    """What was typed stays, that of an unfinished page too; who has the mail can go on anywhere."""
    email = "anne@pause.example"
    phone = window(size=PHONE, script=False)
    phone.goto(stage.portal("cloppenburg", "/de/antrag/hund-anmelden/start"))
    for _ in range(2):
        answer(phone, DOG)
        follow(phone.get_by_role("button", name="Weiter", exact=True).last)
    expect(heading_of(phone)).to_have_text("Was ist das für ein Hund?")
    phone.get_by_label("Name des Hundes").fill("Wölfchen")
    follow(phone.get_by_role("button", name="Speichern und später weitermachen"))
    until = date_text(clock.today() + datetime.timedelta(days=30))
    expect(phone.get_by_role("main")).to_contain_text(f"Ihre Angaben sind gespeichert, bis zum {until}")
    phone.get_by_label("Ihre E-Mail-Adresse").fill(email)
    follow(phone.get_by_role("button", name="Link schicken"))
    expect(phone.get_by_role("status")).to_contain_text(email)
    expect(phone.get_by_role("status")).to_contain_text(until)

    mail = stage.mails.wait_for(email, "Machen Sie mit Ihrem Formular weiter")
    assert until in " ".join(text_of(mail).split())
    assert "Wölfchen" not in text_of(mail)
    desktop = window()
    desktop.goto(link_in(mail, "/weiter/"))
    follow(desktop.get_by_role("button", name="Entwurf öffnen"))
    expect(heading_of(desktop)).to_have_text("Was ist das für ein Hund?")
    expect(desktop.get_by_label("Name des Hundes")).to_have_value("Wölfchen")
    fill_in(desktop, {**DOG, "dog_name": "Wölfchen"})
    expect(desktop.get_by_role("main")).to_contain_text("Aus einer Zucht")
    receipt = citizen.send(desktop)

    follow(phone.get_by_role("link", name="Doch gleich weitermachen"))
    expect(phone.get_by_role("main")).to_contain_text(receipt.number)
    late = window(expected=("status of 404",))
    late.goto(link_in(mail, "/weiter/"))
    expect(heading_of(late)).to_have_text("Diesen Entwurf gibt es nicht mehr")


def test_a_draft_can_be_thrown_away(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE, expected=("status of 404",))
    page.goto(stage.portal("cloppenburg", "/de/antrag/hund-anmelden/start"))
    answer(page, DOG)
    follow(page.get_by_role("button", name="Weiter", exact=True).last)
    expect(heading_of(page)).to_have_text("Woher kommt der Hund?")
    gone = page.url
    follow(page.get_by_role("button", name="Speichern und später weitermachen"))
    page.locator("summary", has_text="Entwurf löschen").click()
    follow(page.get_by_role("button", name="Endgültig löschen"))
    expect(heading_of(page)).to_have_text("Warum haben Sie aufgehört?")
    page.goto(gone)
    expect(heading_of(page)).to_have_text("Diesen Entwurf gibt es nicht mehr")
