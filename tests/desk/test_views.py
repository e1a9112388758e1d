"""The shell of the desk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from kreisportal.access.roles import Role
from tests.support.browser import Browser

HOST = "verwaltung.vechta.localhost"


def test_the_start_leads_to_a_language_and_from_there_to_the_door(client: Callable[..., Browser]) -> None:
    browser = client(HOST)
    start = browser.get("/", headers={"Accept-Language": "en"})
    assert start.headers["Location"] == "/en/"
    assert start.headers["Vary"] == "Accept-Language"
    door = browser.follow(start)
    assert (door.status_code, door.headers["Location"]) == (303, "/en/anmelden?next=/en/")


def test_look_and_mark_are_at_the_desks_own_host(client: Callable[..., Browser]) -> None:
    browser = client(HOST)
    page = browser.get("/de/anmelden").text
    (theme,) = re.findall(r'href="(/theme\.\w+\.css)"', page)
    (mark,) = re.findall(r'<img class="kp-town__mark" src="([^"]+)"', page)
    assert browser.get(theme).content_type == "text/css; charset=utf-8"
    assert browser.get(mark).content_type == "image/svg+xml; charset=utf-8"
    assert browser.get("/favicon.ico").data == browser.get(mark).data
    assert browser.get("/theme.000000000000.css").data == browser.get(theme).data


def test_nothing_is_for_search_engines(client: Callable[..., Browser]) -> None:
    browser = client(HOST)
    assert "Disallow: /" in browser.get("/robots.txt").text.splitlines()
    assert '<meta name="robots" content="noindex">' in browser.get("/de/anmelden").text


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_legal_pages_of_the_portal_are_one_click_away(
    client: Callable[..., Browser], language: str
) -> None:
    page = client(HOST).get(f"/{language}/anmelden").text
    links = re.findall(r'href="https://vechta\.localhost(/[^"]+)"', page)
    assert len(links) == 3
    portal = client("vechta.localhost")
    for link in links:
        assert link.startswith(f"/{language}/")
        assert portal.get(link).status_code == 200


def test_who_is_signed_in_sees_name_menu_and_way_out(desk: Callable[..., Browser]) -> None:
    page = desk("vechta", Role.TENANT_ADMIN).get("/de/").text
    assert "Guten Tag, Erika Muster" in page
    assert re.search(r'<a href="/de/" aria-current="page">Übersicht</a>', page)
    assert 'action="/de/abmelden"' in page
    assert 'href="/de/zugang/"' in page


def test_who_is_not_signed_in_sees_no_menu(client: Callable[..., Browser]) -> None:
    page = client(HOST).get("/de/anmelden").text
    assert "Übersicht" not in page
    assert "abmelden" not in page


def test_an_unknown_page_is_an_unknown_page(client: Callable[..., Browser]) -> None:
    page = client(HOST).get("/de/gibt-es-nicht")
    assert page.status_code == 404
    assert "Diese Seite gibt es nicht" in page.text
