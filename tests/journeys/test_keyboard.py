"""A whole form with the keyboard only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.filling import DOG, heading_of
from tests.journeys.keyboard import answer_by_keys, focused, tab, tab_to
from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_summary_of_errors_has_the_focus_and_leads_to_the_field(
    stage: Stage, window: Callable[..., Page], script: bool
) -> None:
    page = window(size=PHONE, script=script, expected=("status of 422",))
    page.goto(stage.portal("vechta", "/de/antrag/hund-anmelden/start"))
    answer_by_keys(page, {"taken_in": "31.2.2026"})
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Bitte prüfen Sie Ihre Angaben")
    assert tab(page).tag == "A"
    page.keyboard.press("Enter")
    assert focused(page).check().name == "taken_in.day"
    for part, typed in (("day", "31"), ("month", "2"), ("year", "2026")):
        expect(page.locator(f'[name="taken_in.{part}"]')).to_have_value(typed)


def test_a_dog_is_registered_by_keyboard(stage: Stage, window: Callable[..., Page]) -> None:
    page = window()
    page.goto(stage.portal("vechta", "/de/leistungen/hund-anmelden"))
    page.keyboard.press("Tab")
    assert focused(page).check().text == "Zum Inhalt springen"
    page.keyboard.press("Enter")
    tab_to(page, "Online anmelden")
    page.keyboard.press("Enter")
    page.wait_for_url("**/antrag/hund-anmelden")
    tab_to(page, "Jetzt anfangen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/start")
    while "/pruefen" not in page.url:
        heading = heading_of(page).inner_text()
        answer_by_keys(page, {**DOG, "relief": ["shelter", "remote"]})
        expect(heading_of(page)).not_to_have_text(heading)
    expect(page.get_by_role("main")).to_contain_text("Der Hund bewacht ein abgelegenes Gebäude")
    tab_to(page, "Jetzt absenden")
    page.keyboard.press("Enter")
    expect(heading_of(page)).to_have_text("Ihre Anmeldung ist angekommen")
    tab_to(page, "Stand ansehen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/vorgang/*")
    tab_to(page, "Nachricht schreiben oder Datei nachreichen")
    page.keyboard.press("Enter")
    assert tab(page).name == "nachricht"
