"""A guided list is ticked off on a phone, without an account."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE, follow

pytestmark = pytest.mark.browser

MOVING = "/de/lebenslagen/wohnen-umzug?tag-day=15&tag-month=12&tag-year=2027"


def test_a_tick_outlives_a_link_the_way_back_and_a_reload(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE)
    page.goto(stage.portal("vechta", MOVING))
    page.get_by_label("Sperrmüll anmelden").check()
    expect(page.get_by_role("status")).to_have_text("1 von 15 Schritten erledigt")
    follow(page.get_by_role("link", name="Sperrmüll abholen lassen").first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sperrmüll abholen lassen")
    page.go_back()
    expect(page.get_by_label("Sperrmüll anmelden")).to_be_checked()
    page.get_by_label("Halteverbot für den Umzugswagen beantragen").check()
    page.reload()
    expect(page.get_by_role("status")).to_have_text("2 von 15 Schritten erledigt")
    expect(page.get_by_label("Sperrmüll anmelden")).to_be_checked()
    page.get_by_label("Sperrmüll anmelden").uncheck()
    page.reload()
    expect(page.get_by_label("Sperrmüll anmelden")).not_to_be_checked()


def test_without_scripts_the_button_keeps_the_ticks(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE, script=False)
    page.goto(stage.portal("vechta", MOVING))
    page.get_by_label("Sperrmüll anmelden").check()
    follow(page.get_by_role("button", name="Liste aktualisieren"))
    expect(page.get_by_role("status")).to_have_text("1 von 15 Schritten erledigt")
    expect(page.get_by_label("Sperrmüll anmelden")).to_be_checked()
