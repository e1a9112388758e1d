"""Papers that a town wants besides: shown before, asked for in the form, seen at the desk, and kept as they were asked."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kreisportal.forms.further import STEP
from kreisportal.tenancy.registry import pack
from tests.cases.citizen import draft_id_of, fill_to_review, send_page
from tests.cases.house import CONTENT, House
from tests.support.browser import Browser

Citizens = Callable[..., Browser]

CHIP = {
    "key": "aa11",
    "name": {"de": "Chip-Nachweis", "en": "Proof of chip"},
    "need": "always",
    "upload": True,
}
BRING = {"key": "bb22", "name": {"de": "Foto des Hundes"}, "need": "if-any", "note": {"de": "Gern von vorn"}}


@contextmanager
def wanting(house: House, *papers: dict[str, Any]) -> Iterator[None]:
    """While Vechta wants these papers, as its snapshot has it."""
    keeper, before = house.program.keeper, house.program.keeper.current
    town = house.tenant("vechta")
    details = {**town.offers["hund-anmelden"], "papers": list(papers)}
    packed = pack({"profile": town.profile, "offers": {**town.offers, "hund-anmelden": details}})
    changed = dataclasses.replace(town, packed=packed)
    keeper.current = before.changed(
        before.revision, before.registry.replacing([changed], (), before.registry.region_hosts), [changed]
    )
    try:
        yield
    finally:
        keeper.current = before


@pytest.mark.parametrize("path", ["/de/leistungen/hund-anmelden?ort=", "/de/antrag/hund-anmelden?ort="])
def test_they_are_said_before_the_form(house: House, citizen: Citizens, path: str) -> None:
    with wanting(house, CHIP, BRING):
        page = citizen().get(path + house.tenant("vechta").ars)
    assert "Chip-Nachweis" in page.text
    assert "Foto des Hundes (falls vorhanden): Gern von vorn" in page.text


def test_the_form_asks_for_them_and_they_are_read_as_they_were_asked(house: House, citizen: Citizens) -> None:
    browser = citizen()
    with wanting(house, CHIP, BRING):
        page = fill_to_review(browser, until=STEP)
        assert "Chip-Nachweis" in page.text
        assert "Foto des Hundes" not in page.text
        missing = send_page(browser, page, {})
        assert missing.status_code == 422
        review = browser.follow(send_page(browser, page, {}, paper_aa11=(io.BytesIO(CONTENT), "chip.pdf")))
        assert "chip.pdf" in review.text
        sent = browser.follow(browser.submit(review, {}, "/pruefen"))
        assert "/gesendet" in sent.request.path, sent.text
    # The town has changed its mind meanwhile; the case is read with what was asked.
    case_id = draft_id_of(sent)
    status = browser.get(sent.request.path.removesuffix("/gesendet"))
    assert "chip.pdf" in status.text
    told = house.value(
        "SELECT data->'papers'->0->'name'->>'de' FROM case_events WHERE case_id = %s AND kind = 'submitted'",
        case_id,
    )
    assert told == "Chip-Nachweis"
