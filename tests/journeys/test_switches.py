"""A tenant admin switches a service off and on."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kreisportal.access.roles import Role
from tests.journeys.people import hire
from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE

pytestmark = pytest.mark.browser

SERVICE, FORM = "/de/leistungen/hund-anmelden", "/de/antrag/hund-anmelden/start"
ONLINE = "Online anmelden"
AT_ONCE = 1.0
"""Seconds within which every web process shows the change."""
PROCESSES = 2
ROUNDS = 3


def test_switched_off_at_vechta_only(stage: Stage, window: Callable[..., Page]) -> None:
    admin, citizen = window(), window(size=PHONE)
    hire(stage, "vechta", "Jannis Lüttmann", Role.TENANT_ADMIN).sign_in(stage, admin)
    admin.get_by_role("navigation").get_by_role("link", name="Leistungen").click()
    admin.get_by_label("Leistung suchen").fill("Hund anmelden")
    admin.get_by_role("button", name="Filtern").click()
    citizen.goto(stage.portal("vechta", SERVICE))
    expect(citizen.get_by_role("link", name=ONLINE)).to_be_visible()

    admin.get_by_role("button", name="Ausschalten Hund anmelden").click()
    off = _seconds_until(stage, shown=False)
    expect(admin.get_by_role("status").first).to_contain_text("„Hund anmelden“ ist jetzt aus.")
    citizen.goto(stage.portal("vechta", FORM))
    expect(citizen).to_have_url(stage.portal("vechta", SERVICE))
    expect(citizen.get_by_role("link", name=ONLINE)).to_have_count(0)
    citizen.goto(stage.portal("cloppenburg", SERVICE))
    expect(citizen.get_by_role("link", name=ONLINE)).to_be_visible()

    admin.get_by_role("button", name="Anschalten Hund anmelden").click()
    took = [max(off, _seconds_until(stage, shown=True))]
    # On a machine that is busy with something else a round may take longer; one that does not is enough.
    while min(took) >= AT_ONCE and len(took) < ROUNDS:
        admin.get_by_role("button", name="Ausschalten Hund anmelden").click()
        off = _seconds_until(stage, shown=False)
        admin.get_by_role("button", name="Anschalten Hund anmelden").click()
        took.append(max(off, _seconds_until(stage, shown=True)))
    assert min(took) < AT_ONCE, took
    citizen.goto(stage.portal("vechta", FORM))
    expect(citizen).to_have_url(stage.portal("vechta", FORM))


def _seconds_until(stage: Stage, *, shown: bool) -> float:
    since = time.monotonic()
    return _until(stage, shown=shown) - since


def _until(stage: Stage, *, shown: bool) -> float:
    """When all processes show (or no more show) the way online: enough answers in a row that say so."""
    agreed, first = 0, time.monotonic()
    while agreed < 8 * PROCESSES:
        agreed = agreed + 1 if (ONLINE in stage.read("vechta", SERVICE)) is shown else 0
        first = time.monotonic() if agreed == 1 else first
        assert time.monotonic() < first + 30 or agreed, "nothing changed in 30 seconds"
    return first
