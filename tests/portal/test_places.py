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


@pytest.mark.parametrize(
    ("typed", "meant"), [("Vchta", "Vechta"), ("Klopenburg", "Cloppenburg"), ("Dame", "Damme")]
)
def test_a_misspelt_town_is_offered_with_a_link(portal: Portal, typed: str, meant: str) -> None:
    page = portal().get(PATH, query_string={"ort": typed}).text
    assert hits(page)[0][0] == meant
    assert len(hits(page)) <= 5
    assert re.search("<h2>Meinten Sie (einen von diesen|diesen Ort)\\?</h2>", page)
    assert "Prüfen Sie die Schreibweise" in page
    assert "Niedersachsen" not in page.split("<form")[0]


def test_of_similar_towns_those_of_the_region_come_first(portal: Portal) -> None:
    page = portal().get(PATH, query_string={"ort": "Lonne"}).text
    assert "Meinten Sie einen von diesen?" in page
    names = [name for name, _ in hits(page)]
    assert names[0] == "Lohne"
    assert "Lünne" in names[1:], "which is as similar"
    assert len(names) <= 5


@pytest.mark.parametrize("typed", ["Berlin", "12345"])
def test_what_is_no_town_of_the_directory_is_told_which_are_known(portal: Portal, typed: str) -> None:
    browser = portal()
    page = browser.get(PATH, query_string={"ort": typed}).text
    assert "Hier finden Sie nur Orte in Niedersachsen und Bremen." in page
    assert "Meinten Sie" not in page
    page = browser.get(PATH.replace("/de/", "/en/"), query_string={"ort": typed}).text
    assert "Only places in Lower Saxony and Bremen are found here." in page


@pytest.mark.parametrize("typed", ["", "  "])
def test_an_empty_field_that_was_sent_is_told_what_to_enter(portal: Portal, typed: str) -> None:
    page = portal().get(PATH, query_string={"ort": typed}).text
    assert "Geben Sie den Namen oder die Postleitzahl des Ortes ein." in page
    assert 'aria-invalid="true"' in page


def test_in_english(portal: Portal) -> None:
    page = portal().get("/en/leistungen/hund-anmelden/ort", query_string={"ort": "Xyz"}).text
    assert "Where do you live?" in page
    assert "Diesen Ort kennen wir nicht" not in page
