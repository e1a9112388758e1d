"""What stands around every page of a portal: menu, foot, search, the town's name."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.browser import Browser

Portal = Callable[..., Browser]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("themen", "Themen"),
        ("lebenslagen", "Lebenslagen"),
        ("leistungen", "Leistungen von A bis Z"),
        ("aemter", "Ämter und Öffnungszeiten"),
        ("vorgang", "Stand abfragen"),
        ("", None),
        ("kontakt", None),
    ],
)
def test_the_menu_says_where_one_is(portal: Portal, path: str, current: str | None) -> None:
    page = portal().get(f"/de/{path}").text
    menu = page.partition('aria-label="Menü"')[2].partition("</nav>")[0]
    assert re.findall(r'<a href="([^"]+)"', menu) == [
        "/de/themen",
        "/de/lebenslagen",
        "/de/leistungen",
        "/de/aemter",
        "/de/vorgang",
        "/de/anmelden",
    ]
    marked = re.findall(r'aria-current="page">([^<]+)<', menu)
    assert marked == ([current] if current else [])


@pytest.mark.parametrize("language", ["de", "en", "de-simple"])
def test_all_that_the_foot_names_is_there(portal: Portal, language: str) -> None:
    browser = portal()
    page = browser.get(f"/{language}/").text
    foot = page.partition("<footer")[2]
    links = re.findall(r'<a href="(/[^"]+)"', foot)
    assert links == [
        f"/{language}/kontakt",
        f"/{language}/seite/imprint",
        f"/{language}/seite/privacy",
        f"/{language}/seite/accessibility",
        "/de-simple/seite/plain-language",
    ]
    for link in links:
        assert browser.get(link).status_code == 200, link
    for text in ('href="tel:044418860"', 'href="mailto:rathaus@stadt-vechta.example"'):
        assert text in foot, text


def test_the_page_on_plain_language_stays_where_the_portal_is_not_offered_in_it(
    portal: Portal, languages: Callable[..., None]
) -> None:
    languages("vechta", "en")
    browser = portal()
    for language in ("de", "en"):
        foot = browser.get(f"/{language}/").text.partition("<footer")[2]
        assert 'href="/de/seite/plain-language"' in foot
        assert "de-simple" not in foot
    page = browser.get("/de/seite/plain-language")
    assert page.status_code == 200
    assert '<div class="kp-flow" lang="de-simple">' in page.text
    # What it leads to is offered, too.
    assert browser.get("/de/leistungen/barriere-melden").status_code == 200
    assert 'href="/de/leistungen/barriere-melden"' in page.text
    assert "/de-simple/" not in page.text


def test_the_search_is_on_every_page_but_where_there_is_a_larger_one(portal: Portal) -> None:
    for path, forms in (("", 1), ("suche", 1), ("kontakt", 1), ("leistungen/hund-anmelden", 1)):
        page = portal().get(f"/de/{path}").text
        assert page.count('action="/de/suche"') == forms, path


def test_no_page_loads_anything_from_elsewhere(portal: Portal) -> None:
    for path in ("", "leistungen/hund-anmelden", "kontakt"):
        page = portal().get(f"/de/{path}").text
        loaded = re.findall(r'<(?:script|img|link|iframe|source)[^>]+(?:src|href)="([^"]+)"', page)
        assert loaded
        assert [
            url
            for url in loaded
            if not url.startswith("/") and not url.startswith("https://vechta.localhost/")
        ] == []
