"""Choosing another place: by name or postcode, with words for what nobody knows."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.browser import Browser

Portal = Callable[..., Browser]

PATH = "/de/leistungen/hund-anmelden/ort"


def hits(page: str) -> list[tuple[str, str]]:
    """The first words of the places that a page offers, with their regional keys."""
    found = re.findall(r'href="/de/leistungen/hund-anmelden\?ort=([0-9]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return [(re.sub(r"<[^>]+>", " ", name).split()[0], ars) for ars, name in found]


def test_it_asks_first(portal: Portal) -> None:
    page = portal().get(PATH)
    assert (page.status_code, hits(page.text)) == (200, [])
    assert "<h1>Wo wohnen Sie?</h1>" in page.text
    assert 'aria-invalid="true"' not in page.text


@pytest.mark.parametrize("typed", ["Bakum", "bakum", " BAKUM ", "49456"])
def test_a_place_is_found_by_name_and_postcode(portal: Portal, typed: str) -> None:
    browser = portal()
    page = browser.get(PATH, query_string={"ort": typed})
    ((name, ars),) = hits(page.text)
    assert (name, ars) == ("Bakum", "034600001001")
    assert "1 Ort gefunden" in page.text
    assert "Gemeinde Bakum" in browser.get(f"/de/leistungen/hund-anmelden?ort={ars}").text


def test_a_name_that_several_have_is_asked_about_with_their_districts(portal: Portal) -> None:
    page = portal().get(PATH, query_string={"ort": "Neuenkirchen"}).text
    assert len(hits(page)) > 3
    for district in ("Landkreis Diepholz", "Landkreis Vechta", "Heidekreis"):
        assert district in page, district
    assert "Welchen meinen Sie?" in page


@pytest.mark.parametrize("typed", ["Xyzstadt", "00000", "<b>Vechta</b>", "%", "x" * 300])
def test_what_nobody_knows_is_said_at_the_field_with_what_was_typed(portal: Portal, typed: str) -> None:
    page = portal().get(PATH, query_string={"ort": typed})
    assert page.status_code == 200
    assert "Diesen Ort kennen wir nicht." in page.text
    assert 'aria-invalid="true"' in page.text
    assert "<b>Vechta</b>" not in page.text
    assert hits(page.text) == []


@pytest.mark.parametrize("typed", ["", "  "])
def test_an_empty_field_that_was_sent_is_told_what_to_enter(portal: Portal, typed: str) -> None:
    page = portal().get(PATH, query_string={"ort": typed}).text
    assert "Geben Sie den Namen oder die Postleitzahl des Ortes ein." in page
    assert 'aria-invalid="true"' in page


def test_in_english(portal: Portal) -> None:
    page = portal().get("/en/leistungen/hund-anmelden/ort", query_string={"ort": "Xyz"}).text
    assert "Where do you live?" in page
    assert "Diesen Ort kennen wir nicht" not in page
