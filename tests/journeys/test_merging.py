"""Two towns become one while somebody waits for an answer: the old link shows the case, at the town that has it now."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import citizen
from tests.journeys.desk import Desk
from tests.journeys.filling import DOG, heading_of
from tests.journeys.mailbox import link_in
from tests.journeys.people import hire, hire_operator
from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE, follow

pytestmark = pytest.mark.browser

_TOWN, _INTO = "neuenkirchen-voerden", "lohne"
_MOST_LOOKS = 100


def test_merged_into_lohne_the_case_goes_on_by_its_old_link(
    stage: Stage, window: Callable[..., Page]
) -> None:
    page, email = window(size=PHONE), "anne@voerden.example"
    page.goto(stage.portal(_TOWN, "/de/leistungen/hund-anmelden"))
    residence = {"residence.postcode": "49434", "residence.city": "Neuenkirchen-Vörden"}
    receipt = citizen.apply(page, {**DOG, **residence, "email": email})
    link = link_in(stage.mails.wait_for(email, "bestätigen Sie Ihre E-Mail-Adresse"), "/adresse/")
    assert link.startswith(stage.portal(_TOWN, "/"))

    operator = window()
    hire_operator(stage, "Antje Grotelüschen").sign_in(stage, operator)
    operator.goto(stage.portal("region", f"/de/kommunen/{_TOWN}/zusammenlegen/"))
    operator.get_by_label("Kommune, die bleibt").select_option(_INTO)
    follow(operator.get_by_role("button", name="Ansehen, was geschieht"))
    follow(operator.get_by_role("button", name="Ausführen"))
    for _ in range(_MOST_LOOKS):
        if operator.get_by_text("Alles ist übergegangen").count():
            break
        follow(operator.get_by_role("link", name="Stand neu laden"))
    operator.locator("summary", has_text="Bestätigen").click()
    follow(operator.get_by_role("button", name="Ja, bestätigen"))
    expect(operator.get_by_role("main")).to_contain_text("Die Kommunen sind zusammengelegt")

    stage.seconds_until(lambda: stage.status(_TOWN) == HTTPStatus.PERMANENT_REDIRECT)
    page.goto(link)
    assert page.url.startswith(stage.portal(_INTO, "/"))
    follow(page.get_by_role("button", name="Ja, das ist meine Adresse"))
    expect(heading_of(page)).to_have_text("Ihre Adresse ist bestätigt")
    assert page.url.startswith(stage.portal(_INTO, "/de/"))
    there = window(size=PHONE)
    citizen.look_up(there, stage, _TOWN, receipt)
    expect(there.locator("[data-status]")).to_have_attribute("data-status", "RECEIVED")
    assert there.url.startswith(stage.portal(_INTO, "/de/"))
    desk = Desk(window(), stage, hire(stage, _INTO, "Frauke Dammeyer"))
    desk.open(receipt.number)
