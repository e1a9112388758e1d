"""Pages that nobody wants to see, menus and suggestions that are open, and the list of a demonstration."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import expect

from tests.journeys.pages.cast import Cast
from tests.journeys.pages.inspection import Inspector, Kind
from tests.journeys.stage import Stage

pytestmark = pytest.mark.browser

Inspecting = Callable[..., AbstractContextManager[Inspector]]
PORTAL, DESK = "vechta.localhost", "verwaltung.vechta.localhost"


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
def test_pages_without_a_town(look_closely: Inspecting, locale: str) -> None:
    with look_closely(locale) as inspector:
        inspector.look(Kind("list of the demonstration", "/"), "localhost")
        inspector.look(Kind("no town hall", "/", status=421), "nirgends.localhost")
        inspector.look(Kind("no address", "/gibt/es/nicht", status=404), PORTAL)
        inspector.look(Kind("start of a desk", "/"), DESK)


def test_pages_when_the_database_is_away(
    inspector: Inspector, stage: Stage, cast: Callable[[str], Cast]
) -> None:
    town = cast("vechta")
    token, mine = town.resume_token(), town.session("desk", town.caseworker.id)
    with stage.without_database():
        inspector.look(Kind("away", f"/antrag/weiter/{token}", status=503), PORTAL, "de")
        inspector.look(Kind("desk away", "/vorgaenge/", mine, status=503), DESK, "en")


def test_pages_when_something_is_broken(
    inspector: Inspector, stage: Stage, cast: Callable[[str], Cast]
) -> None:
    town = cast("vechta")
    token, mine = town.resume_token(), town.session("desk", town.caseworker.id)
    with stage.broken("draft_by_resume_digest"):
        inspector.look(Kind("broken", f"/antrag/weiter/{token}", status=500), PORTAL, "en")
    with stage.broken("read_session"):
        inspector.look(Kind("desk broken", "/vorgaenge/", mine, status=500), DESK, "de")


@pytest.mark.parametrize("language", ["de", "en"])
def test_open_menus_and_suggestions(inspector: Inspector, stage: Stage, language: str) -> None:
    page = inspector.page
    inspector.look(Kind("home", "/"), PORTAL, language)
    for summary in page.locator("header details.kp-menu > summary").all():
        page.goto(stage.portal("vechta", f"/{language}/themen"))
        summary.click()
        expect(page.locator("header details[open]")).to_have_count(1)
        inspector.findings += [*inspector.axe(), *inspector.colours()]
    page.goto(stage.portal("vechta", f"/{language}/"))
    page.get_by_role("combobox").press_sequentially("hund")
    expect(page.get_by_role("option").first).to_be_visible()
    inspector.findings += [*inspector.axe(), *inspector.colours()]


def test_open_menu_of_the_desk(inspector: Inspector, stage: Stage, cast: Callable[[str], Cast]) -> None:
    town = cast("vechta")
    inspector.look(Kind("home", "/", town.session("desk", town.caseworker.id)), DESK, "de")
    for summary in inspector.page.locator("header details.kp-menu > summary").all():
        inspector.page.goto(stage.desk("vechta"))
        summary.click()
        # What lies half under an open menu is no target for as long.
        inspector.findings += [*inspector.axe(part="header details[open]"), *inspector.colours()]
