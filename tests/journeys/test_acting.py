"""A mother lets her daughter act for her at Vechta, until she revokes it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kreisportal.kernel import clock
from tests.journeys import citizen
from tests.journeys.desk import Desk
from tests.journeys.filling import DOG, heading_of
from tests.journeys.mailbox import link_in
from tests.journeys.people import hire
from tests.journeys.stage import Stage
from tests.journeys.test_ways_in import begin_account
from tests.journeys.windows import PHONE, follow

pytestmark = pytest.mark.browser

MOTHER, DAUGHTER = "erika@buerger.example", "doerte@buerger.example"


def invite(page: Page, stage: Stage) -> None:
    page.goto(stage.portal("konto", "/de/vollmachten/"))
    follow(page.get_by_role("link", name="Jemanden einladen"))
    follow(page.get_by_role("link", name=re.compile("^Eine Leistung")))
    page.get_by_label("Bei welcher Behörde?").select_option(label="Stadt Vechta")
    page.get_by_label("Welche Leistung?").select_option(label="Hund anmelden")
    page.get_by_label("Wer soll für Sie handeln?").fill("Dörte Beispiel")
    page.get_by_label("E-Mail-Adresse dieser Person").fill(DAUGHTER)
    page.get_by_label("Ihr eigener Name").fill("Erika Beispiel")
    for label, typed in (("Tag", "1"), ("Monat", "6"), ("Jahr", str(_next_year()))):
        page.get_by_label(label, exact=True).fill(typed)
    follow(page.get_by_role("button", name="Einladen"))
    expect(page.get_by_role("status")).to_contain_text("Die Einladung ist unterwegs.")


def _next_year() -> int:
    return clock.today().year + 1


def test_a_daughter_acts_for_her_mother(stage: Stage, window: Callable[..., Page]) -> None:
    mother = window(size=PHONE, script=False)
    begin_account(stage, mother, MOTHER)
    mother.goto(stage.portal("vechta", "/de/anmelden?next=/de/leistungen/hund-anmelden"))
    follow(mother.get_by_role("button", name="Zustimmen und weiter"))
    receipt = citizen.apply(mother, DOG)
    desk = Desk(window(), stage, hire(stage, "vechta", "Wiebke Ahrendsen"))
    desk.open(receipt.number)
    desk.ask("Welche Farbe hat der Hund?")
    invite(mother, stage)

    daughter = window(size=PHONE, script=False, expected=("status of 404",))
    begin_account(stage, daughter, DAUGHTER)
    daughter.goto(link_in(stage.mails.wait_for(DAUGHTER, "Jemand möchte"), "/einladung/"))
    expect(heading_of(daughter)).to_have_text("Für Erika Beispiel handeln?")
    daughter.get_by_label("Ihr Name").fill("Dörte Beispiel")
    follow(daughter.get_by_role("button", name="Annehmen"))
    follow(daughter.get_by_role("link", name="Zu den Vorgängen"))
    follow(daughter.get_by_role("link", name=re.compile("^Hund anmelden")))
    follow(daughter.get_by_role("button", name="Zustimmen und weiter"))
    expect(daughter.get_by_role("main")).to_contain_text("Sie handeln für Erika Beispiel")
    expect(daughter.get_by_role("main")).to_contain_text("Welche Farbe hat der Hund?")
    daughter.get_by_label("Ihre Antwort").fill("Er ist braun.")
    follow(daughter.get_by_role("button", name="Senden"))
    expect(daughter.get_by_role("main")).to_contain_text("Dörte Beispiel in Vertretung")
    case = daughter.url
    desk.page.reload()
    expect(desk.page.get_by_role("main")).to_contain_text("Dörte Beispiel in Vertretung")

    mother.goto(stage.portal("konto", "/de/vollmachten/"))
    follow(mother.get_by_role("link", name=re.compile("^Dörte Beispiel")))
    expect(mother.get_by_role("table")).to_contain_text("Nachricht geschrieben")
    mother.locator("summary", has_text="Vollmacht widerrufen").click()
    follow(mother.get_by_role("button", name="Ja, beenden"))
    expect(mother.get_by_role("main")).to_contain_text("widerrufen am")
    daughter.goto(case)
    expect(daughter.get_by_role("main")).not_to_contain_text(receipt.number)
    assert stage.mails.wait_for(DAUGHTER, "Eine Vollmacht ist beendet")
