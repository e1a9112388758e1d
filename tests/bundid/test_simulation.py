"""The simulation of a provider: plainly marked, and not to be had in production by any way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from kreisportal.access.policy import POLICY, SIMULATION
from kreisportal.app import create_app
from kreisportal.bundid import account_simulator_views
from kreisportal.web.program import Program
from tests.accounts.people import HOST
from tests.support.browser import Browser


def simulated(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint in SIMULATION}


def test_its_pages_say_what_they_are(client: Callable[..., Browser]) -> None:
    browser = client(HOST)
    assert "(Simulation) anmelden" in browser.get("/de/anmelden").text
    page = browser.follow(browser.get("/de/simulation/"))
    assert "kein echter Ausweis" in page.text
    english = browser.follow(browser.get("/en/simulation/"))
    assert "no real proof of identity" in english.text
    done = browser.submit(english, {"wer": "anna", "abbrechen": "ja"})
    assert "declined" in done.headers["Location"]


def test_a_level_that_is_none_opens_nothing(client: Callable[..., Browser]) -> None:
    browser = client(HOST)
    for typed in ({"wer": "anna", "niveau": "highest"}, {"wer": "nobody", "niveau": "high"}):
        page = browser.follow(browser.get("/de/simulation/"))
        assert "declined" in browser.submit(page, typed).headers["Location"]


def test_there_is_none_in_production(program: Program) -> None:
    demo = replace(program.settings)
    assert simulated(create_app(program)) == set(SIMULATION)
    production = replace(program, settings=replace(demo, mode="production", identity_simulation=False))
    assert simulated(create_app(production)) == set()
    off = replace(program, settings=replace(demo, identity_simulation=False))
    assert simulated(create_app(off)) == set()


def test_production_does_not_begin_with_it_even_past_the_settings(program: Program) -> None:
    wrong = replace(program, settings=replace(program.settings, mode="production"))
    with pytest.raises(ValueError, match="in production"):
        create_app(wrong)
    assert wrong.settings.identity_simulation


def test_its_routes_are_no_part_of_the_table_of_production() -> None:
    assert not set(POLICY) & set(SIMULATION)
    assert {name.partition(".")[0] for name in SIMULATION} == {account_simulator_views.blueprint.name}
