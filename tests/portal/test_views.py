"""The portal's pages in their languages: what they say, whose they are, whether they are kept, and what is no page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from kreisportal.kernel import clock
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.web.program import Program
from tests.support.browser import Browser

Portal = Callable[..., Browser]

TOPIC, SITUATION = "themen/steuern-zoll", "lebenslagen/wohnen-umzug"
PAGES = {
    "": ("Was möchten Sie erledigen?", "What would you like to get done?"),
    "themen": ("Steuern &amp; Zoll", "Taxes"),
    TOPIC: ("Hund anmelden", "Register a dog"),
    "lebenslagen": ("Umzug", "Moving"),
    SITUATION: ("Gehört zum Thema", "/en/themen/bauen-wohnen"),
    "leistungen": ("Leistungen von A bis Z", "Services A to Z"),
    "aemter": ("Bürgerbüro", "Public order and trade"),
    "kontakt": ("Burgstraße 6", "Burgstraße 6"),
    "seite/imprint": ("Impressum", "Imprint"),
    "seite/privacy": ("Datenschutz", "Privacy"),
    "seite/accessibility": ("Barriere", "ccessibility"),
}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_german_and_english_and_is_kept(portal: Portal, path: str) -> None:
    browser = portal()
    for language, word in zip(("de", "en"), PAGES[path], strict=True):
        page = browser.get(f"/{language}/{path}")
        assert page.status_code == 200, language
        assert page.headers["Cache-Control"] == "public, no-cache"
        assert page.headers["ETag"].startswith("W/")
        assert f'<html lang="{language}"' in page.text
        assert word in page.text, word
        # The same page in the other languages is one click away.
        for other in ("de", "en", "de-simple"):
            assert f'href="/{other}/{path}"' in page.text, other


@pytest.mark.parametrize("path", ["", "themen", TOPIC, "leistungen/hund-anmelden", "seite/plain-language"])
def test_plain_language_has_pages_of_its_own(portal: Portal, path: str) -> None:
    page = portal().get(f"/de-simple/{path}")
    assert page.status_code == 200
    assert '<html lang="de-simple"' in page.text
    assert 'href="/de-simple/seite/plain-language"' in page.text


def test_each_towns_pages_are_its_own(portal: Portal) -> None:
    for slug, name, other in (
        ("vechta", "Stadt Vechta", "Stadt Cloppenburg"),
        ("cloppenburg", "Stadt Cloppenburg", "Stadt Vechta"),
        ("landkreis-vechta", "Landkreis Vechta", "Stadt Vechta"),
    ):
        for path in ("", "kontakt", "seite/imprint", "aemter"):
            page = portal(slug).get(f"/de/{path}").text
            assert name in page, (slug, path)
            assert other not in page, (slug, path)


@pytest.mark.parametrize(
    "path",
    [
        "nichts",
        "themen/nichts",
        "lebenslagen/nichts",
        "leistungen/nichts",
        "seite/nichts",
        "seite/..%2f..%2ftenant",
        "themen/",
        "aemter/buergerbuero",
    ],
)
def test_an_unknown_page_helps_and_is_not_kept(portal: Portal, path: str) -> None:
    for language, words in (("de", "Diese Seite gibt es nicht"), ("en", "This page does not exist")):
        page = portal().get(f"/{language}/{path}")
        assert page.status_code == 404
        assert words in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert 'action="/' + language + '/suche"' in page.text


def test_an_unknown_language_is_an_unknown_page_in_german(portal: Portal) -> None:
    page = portal().get("/fr/kontakt")
    assert page.status_code == 404
    assert "Diese Seite gibt es nicht" in page.text


@pytest.mark.parametrize(
    ("asked", "language"),
    [("en-GB,en;q=0.9", "en"), ("fr", "de"), ("", "de"), ("de-DE,en;q=0.5", "de"), ("*", "de")],
)
def test_the_start_leads_to_the_language_that_the_browser_asks_for(
    portal: Portal, asked: str, language: str
) -> None:
    answer = portal().get("/", headers={"Accept-Language": asked})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{language}/")
    assert "Accept-Language" in answer.headers["Vary"]


def test_kept_is_what_says_nothing_of_who_asks(portal: Portal) -> None:
    browser = portal()
    assert browser.get("/de/?von=irgendwo").headers["Cache-Control"] == "no-store"
    browser.set_cookie(SESSION_COOKIE, "fremd")
    assert browser.get("/de/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["", "aemter", "kontakt", "leistungen/hund-anmelden", "seite/imprint"])
def test_whether_the_town_hall_is_open_is_right_at_every_moment(portal: Portal, path: str) -> None:
    browser = portal()
    # A Friday, on which it closes at one o'clock.
    for hour, minute, sentence in (
        (11, 59, "Jetzt geöffnet bis 13 Uhr"),
        (12, 0, "Öffnet am Montag um 8 Uhr"),
    ):
        with clock.frozen(datetime(2026, 12, 4, hour, minute, tzinfo=UTC)):
            foot = browser.get(f"/de/{path}").text.partition("<footer")[2]
        assert sentence in foot, (hour, minute)


def test_a_closed_day_says_why(portal: Portal) -> None:
    with clock.frozen(datetime(2026, 12, 24, 9, tzinfo=UTC)):
        page = portal().get("/de/kontakt").text
    assert "Heiligabend" in page


def test_offices_show_their_own_hours(portal: Portal) -> None:
    page = portal().get("/de/aemter").text
    registry = page.partition('id="standesamt"')[2].partition("</section>")[0]
    assert "8 Uhr – 12:30 Uhr" in registry
    assert re.search(r"Mittwoch</dt><dd[^>]*>geschlossen", registry)
    assert "standesamt@stadt-vechta.example" in registry
    office = page.partition('id="buergerbuero"')[2].partition("</section>")[0]
    assert "Samstag" in office
    assert "Samstag" not in registry


def test_every_page_of_the_catalogue_is_there(portal: Portal, program: Program) -> None:
    catalogue = program.keeper.current.catalogue
    browser = portal("cloppenburg")
    paths = [f"themen/{key}" for key in catalogue.topics]
    used = {key for service in catalogue.services.values() for key in service.situations}
    paths += [f"lebenslagen/{key}" for key in catalogue.situations if key in used]
    for path in paths:
        page = browser.get(f"/de/{path}")
        assert page.status_code == 200, path
        assert "/de/leistungen/" in page.text or "noch keine Leistung" in page.text, path
