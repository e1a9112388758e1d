"""The fee that comes of the answers: said before sending, kept as it was said, and never another one than was shown."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kreisportal.tenancy.registry import pack
from tests.cases.citizen import fill_to_review
from tests.cases.house import House
from tests.support.browser import Browser

Citizens = Callable[..., Browser]

STEPS = {
    "kind": "steps",
    "per": "year",
    "by": "dogs",
    "steps": [{"upto": 1, "amount": "60"}, {"upto": 2, "amount": "83.50"}],
}


@contextmanager
def costing(house: House, rule: dict[str, Any] | None, remark: str | None = "Mit Marke.") -> Iterator[None]:
    """While Vechta's dog tax follows this rule, as its snapshot has it."""
    keeper, before = house.program.keeper, house.program.keeper.current
    town = house.tenant("vechta")
    fee = {"fee_rule": rule, "fee": {"de": remark} if remark else None}
    details = {**town.offers["hund-anmelden"], **fee}
    details = {key: value for key, value in details.items() if value is not None}
    packed = pack({"profile": town.profile, "offers": {**town.offers, "hund-anmelden": details}})
    changed = dataclasses.replace(town, packed=packed)
    registry = before.registry.replacing([changed], (), before.registry.region_hosts)
    keeper.current = before.changed(before.revision, registry, [changed])
    try:
        yield
    finally:
        keeper.current = before


@pytest.fixture
def citizen_browser(citizen: Citizens) -> Browser:
    return citizen()


def test_the_fee_of_the_answers_is_shown_kept_and_stays_as_it_was_said(
    house: House, citizen_browser: Browser
) -> None:
    with costing(house, STEPS):
        review = fill_to_review(citizen_browser, dogs="2")
        assert "Kosten: 83,50\u00a0€ im Jahr. Mit Marke." in review.text
        sent = citizen_browser.follow(citizen_browser.submit(review, {"revision": _revision(review.text)}))
    # Meanwhile the town has raised it.
    with costing(house, {**STEPS, "steps": [{"amount": "500"}]}):
        status = citizen_browser.get(sent.request.path.removesuffix("/gesendet"))
        for page in (sent, status):
            assert "83,50\u00a0€ im Jahr. Mit Marke." in page.text
            assert "500" not in page.text
        assert citizen_browser.get(f"{status.request.path}/kopie.pdf").status_code in (200, 404)


def test_nobody_sends_at_another_fee_than_was_shown(house: House, citizen_browser: Browser) -> None:
    with costing(house, STEPS):
        review = fill_to_review(citizen_browser, dogs="2")
    with costing(house, {**STEPS, "steps": [{"amount": "90"}]}):
        refused = citizen_browser.submit(review, {"revision": _revision(review.text)})
        assert refused.status_code == 409
        assert "Die Gebühr hat sich inzwischen geändert" in refused.text
        assert "Kosten: 90\u00a0€ im Jahr" in refused.text
        assert citizen_browser.submit(refused, {"revision": _revision(refused.text)}).status_code == 303


def test_where_no_sum_comes_of_the_answers_the_office_tells_it(
    house: House, citizen_browser: Browser
) -> None:
    with costing(house, STEPS):
        assert (
            "Kosten: Das Amt sagt Ihnen den Betrag. Mit Marke."
            in fill_to_review(citizen_browser, dogs="3").text
        )


def test_where_the_office_says_nothing_of_a_fee_the_review_says_what_the_first_page_said(
    house: House, citizen_browser: Browser
) -> None:
    with costing(house, None, remark=None):
        review = fill_to_review(citizen_browser)
    assert "Kosten: Die Anmeldung kostet nichts. Wie hoch die Hundesteuer im Jahr ist," in review.text
    assert "Kostet es etwas, schickt Ihnen die Behörde eine Rechnung oder einen Bescheid." in review.text


def _revision(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]
