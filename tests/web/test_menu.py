"""The menu of the desk: everybody sees what is for them, where they are, and what waits there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from kreisportal.access.roles import Role
from tests.support.browser import Browser

Desks = Callable[..., Browser]

OVERVIEW, CASES, CHECKS, LEAVE = (
    ("Übersicht", "/de/"),
    ("Vorgänge", "/de/vorgaenge/"),
    ("Identitäten", "/de/identitaet/"),
    ("Abwesenheit", "/de/abwesenheit/"),
)
TEAM, SERVICES, FIGURES, CHECKED, PORTAL, KEYS = (
    ("Team", "/de/team/"),
    ("Leistungen", "/de/leistungen/"),
    ("Zahlen", "/de/zahlen/"),
    ("Bestätigte Identitäten", "/de/bestaetigt/"),
    ("Ihr Portal", "/de/portal/"),
    ("Zugriffsschlüssel", "/de/zugriffsschluessel/"),
)
WORKING, LEADING = [CASES, CHECKS, LEAVE], [TEAM, SERVICES, FIGURES, CHECKED, PORTAL, KEYS]


def menu(page: str) -> list[tuple[str, str]]:
    """The entries of the menu: (text, address)."""
    (row,) = re.findall(r'<nav class="kp-nav[^>]*>.*?</nav>', page, re.DOTALL)
    return [(text, url) for url, text in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', row)]


def current(page: str) -> list[str]:
    """The entry that says that one is there."""
    return re.findall(r'aria-current="page">([^<]+)<', page.partition("<main")[0])


@pytest.mark.parametrize(
    ("roles", "entries"),
    [
        ((Role.CASEWORKER,), [OVERVIEW, *WORKING]),
        ((Role.TENANT_ADMIN,), [OVERVIEW, *LEADING]),
        ((Role.CASEWORKER, Role.TENANT_ADMIN), [OVERVIEW, *WORKING, *LEADING]),
    ],
)
def test_everybody_sees_what_is_for_them_in_the_same_order(
    desk: Desks, roles: tuple[Role, ...], entries: list[tuple[str, str]]
) -> None:
    browser = desk("vechta", *roles)
    home = browser.get("/de/")
    assert menu(home.text) == entries
    assert current(home.text) == ["Übersicht"]
    # On the start page the same ways stand with what waits there.
    main = home.text.partition("<main")[2]
    for _, url in entries[1:]:
        assert f'href="{url}"' in main
        assert browser.get(url).status_code == 200
    for _, url in {*WORKING, *LEADING} - set(entries):
        assert f'href="{url}"' not in home.text


@pytest.mark.parametrize(("path", "name"), [("vorgaenge/", "Vorgänge"), ("leistungen/", "Leistungen")])
def test_it_says_where_one_is_on_every_page_of_a_part(desk: Desks, path: str, name: str) -> None:
    browser = desk("vechta", Role.CASEWORKER, Role.TENANT_ADMIN)
    assert current(browser.get(f"/de/{path}").text) == [name]
    assert current(browser.get(f"/de/{path}?q=x").text) == [name]


def test_an_error_page_shows_the_menu_too(desk: Desks) -> None:
    page = desk("vechta", Role.CASEWORKER).get("/de/leistungen/")
    assert page.status_code == 403
    assert menu(page.text) == [OVERVIEW, *WORKING]


def test_it_is_in_the_language_of_the_page(desk: Desks) -> None:
    page = desk("vechta", Role.CASEWORKER).get("/en/").text
    assert [url for _, url in menu(page)] == ["/en/", "/en/vorgaenge/", "/en/identitaet/", "/en/abwesenheit/"]
    assert "Vorgänge" not in page
    assert "Übersicht" not in page
