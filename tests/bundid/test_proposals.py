"""What an identity has told is proposed in forms, says where it comes from, and stays the person's to change."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.accounts.people import HOST, Citizen
from tests.accounts.profile import overview, remember
from tests.bundid.showing import show
from tests.cases.citizen import START, send_page
from tests.support.browser import Browser

pytestmark = pytest.mark.usefixtures("end_delays")

VECHTA = "vechta.localhost"
ADDRESS = {"street": "Große Straße", "house_number": "7", "postcode": "49377", "city": "Vechta"}


def page_that_asks(browser: Browser, name: str) -> str:
    """The first page of the form that has an input of this name."""
    page = browser.get(START)
    for _ in range(20):
        if f'name="{name}"' in page.text:
            return page.text
        page = browser.follow(send_page(browser, page))
    raise AssertionError(name)


def joined(person: Citizen, who: str, level: str) -> None:
    own = person.at(HOST)
    show(own, who, level)
    own.submit(own.get("/de/zugang/anbieter/verbinden"), {}, "verbinden")
    person.sign_in_at("vechta")


def value_of(page: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" [^>]*value="([^"]*)"', page)
    assert found, page
    return found[1]


@pytest.mark.parametrize("case", [("substantial", "Änne", "Simulation"), ("basic", "Anna", "von Ihnen")])
def test_a_proven_name_goes_before_a_typed_one(
    citizen: Citizen, invented: Callable[..., str], case: tuple[str, str, str]
) -> None:
    level, name, origin = case
    own = citizen.at(HOST)
    typed = {"given_names": "Anna", "family_name": "", "birth_place": ""}
    own.submit(own.get("/de/angaben/person"), typed)
    told = {
        "person.given_names": "Änne",
        "person.birth_date": "1980-12-24",
        "person.address": ADDRESS,
        "x.y": "z",
    }
    joined(citizen, invented(**told), level)
    page = page_that_asks(citizen.at(VECHTA), "given_names")
    assert value_of(page, "given_names") == name
    described = re.search(r'name="given_names"[^>]*aria-describedby="([^"]+)"', page)
    assert described
    assert "given_names-origin" in described[1]
    told_of = re.search(r'id="[^"]*given_names-origin">([^<]+)<', page)
    assert told_of
    assert origin in told_of[1]


def test_what_was_told_in_another_form_breaks_no_page(citizen: Citizen, invented: Callable[..., str]) -> None:
    told = {
        "person.given_names": ["a"],
        "person.birth_date": {"day": 1},
        "person.address": "Straße",
        "contact.email": "x",
    }
    joined(citizen, invented(**told), "high")
    page = page_that_asks(citizen.at(VECHTA), "given_names")
    assert value_of(page, "given_names") == ""


def test_what_was_told_stands_where_one_looks_for_it(citizen: Citizen, invented: Callable[..., str]) -> None:
    remember(citizen, "person", family_name="Typed-Øster")
    told = {
        "person.given_names": "Änne",
        "person.family_name": "Told-Øster",
        "person.birth_date": "1980-12-24",
    }
    joined(citizen, invented(**told), "substantial")
    person, _, rest = overview(citizen).partition("Was wir sonst wissen")
    assert "Änne" in person and "24.12.1980" in person and "Simulation" in person
    assert "Typed-Øster" in person, "what was typed stays"
    assert "Told-Øster" in rest and citizen.email in rest
    assert "Änne" not in rest, "it stands there once"
