"""An operator brings a municipality on line with the keyboard alone, and a citizen applies there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.citizen import apply
from tests.journeys.filling import DOG
from tests.journeys.keyboard import tab, tab_to
from tests.journeys.people import hire_operator
from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE

pytestmark = pytest.mark.browser

_TYPED = {
    "street": "Hauptstraße 193",
    "email": "rathaus@wiesmoor.example",
    "district_street": "Fischteichweg 7",
    "district_postcode": "26603",
    "district_city": "Aurich",
    "district_email": "info@landkreis-aurich.example",
    "admin_name": "Enno Muster",
    "admin_email": "enno@wiesmoor.example",
}
_MOST_STOPS, _MOST_LOOKS = 60, 100


def test_wiesmoor_goes_on_line_by_keyboard_and_somebody_applies_there(
    stage: Stage, window: Callable[..., Page]
) -> None:
    page = window()
    hire_operator(stage, "Antje Grotelüschen").sign_in(stage, page)
    tab_to(page, "Neue Kommune")
    _enter(page)
    _fill_by_keys(page, {"q": "wiesmoor"}, "Suchen")
    tab_to(page, "Auswählen\n: Stadt Wiesmoor")
    _enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Stadt Wiesmoor ans Netz bringen")
    _fill_by_keys(page, _TYPED, "Anlegen und ansehen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Stadt Wiesmoor ist angelegt")
    tab_to(page, "Portal öffnen")
    _enter(page)
    expect(page.get_by_role("status")).to_contain_text("Das Portal ist jetzt offen.")

    citizen = window(size=PHONE, expected=("status of 503",))
    for _ in range(_MOST_LOOKS):
        answer = citizen.goto(stage.portal("wiesmoor", "/de/leistungen/hund-anmelden"))
        if answer is not None and answer.status == 200:
            break
    receipt = apply(citizen, {**DOG, "residence.postcode": "26639", "residence.city": "Wiesmoor"})
    assert receipt.number.startswith("WIE-")


def _fill_by_keys(page: Page, typed: Mapping[str, str], button: str) -> None:
    """Type into the fields that are named, in the order of the page, and press the button."""
    for _ in range(_MOST_STOPS):
        stop = tab(page)
        if stop.name in typed:
            page.keyboard.press("Control+A")
            page.keyboard.type(typed[stop.name])
        elif stop.tag == "BUTTON" and stop.text == button:
            _enter(page)
            return
    raise AssertionError(f"no button {button!r} reached by keyboard on {page.url}")


def _enter(page: Page) -> None:
    """Press what has the focus, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")
