"""An operator brings a municipality on line with the keyboard alone, and a citizen applies there."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.citizen import apply
from tests.journeys.filling import DOG
from tests.journeys.keyboard import fill_by_keys, go_by_keys
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


def test_wiesmoor_goes_on_line_by_keyboard_and_somebody_applies_there(
    stage: Stage, window: Callable[..., Page]
) -> None:
    page = window()
    hire_operator(stage, "Antje Grotelüschen").sign_in(stage, page)
    go_by_keys(page, "Neue Kommune")
    fill_by_keys(page, {"q": "wiesmoor"}, "Suchen")
    go_by_keys(page, "Auswählen\n: Stadt Wiesmoor")
    expect(page.get_by_role("heading", level=1)).to_have_text("Stadt Wiesmoor ans Netz bringen")
    fill_by_keys(page, _TYPED, "Anlegen und ansehen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Stadt Wiesmoor ist angelegt")
    go_by_keys(page, "Portal öffnen")
    expect(page.get_by_role("status")).to_contain_text("Das Portal ist jetzt offen.")

    service = "/de/leistungen/hund-anmelden"
    stage.seconds_until(lambda: stage.status("wiesmoor", service) == HTTPStatus.OK)
    citizen = window(size=PHONE)
    citizen.goto(stage.portal("wiesmoor", service))
    receipt = apply(citizen, {**DOG, "residence.postcode": "26639", "residence.city": "Wiesmoor"})
    assert receipt.number.startswith("WIE-")
