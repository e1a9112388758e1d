"""Pages around slots, by the one that has them: rendered once for all, filled for each, and never somebody's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from kreisportal.app import create_app, create_wsgi
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.web import slots
from kreisportal.web.program import Program
from tests.support.browser import Browser

Client = Callable[..., Any]


@pytest.fixture(scope="module")
def app(program: Program) -> Flask:
    return create_app(program)


@pytest.fixture
def search(program: Program, app: Flask) -> Client:
    """The page of results at a host, of which nothing has been rendered yet."""
    slots.install(app)
    wsgi = create_wsgi(program, app)

    def ask(query: str, host: str = "vechta.localhost", path: str = "/de/suche", cookie: str = "") -> Any:
        browser = Browser(wsgi, host)
        if cookie:
            browser.set_cookie(SESSION_COOKIE, cookie)
        return browser.get(path, query_string={"q": query})

    return ask


def test_what_differs_is_filled_in_everywhere(search: Client, rendered: list[str]) -> None:
    assert "<title>Suche nach „hund“" in search("hund").text
    second = search("umzug").text
    assert "<title>Suche nach „umzug“" in second
    assert 'value="umzug"' in second
    assert 'href="/en/suche?q=umzug"' in second
    assert "q=hund" not in second
    assert len(rendered) == 1


def test_what_is_filled_in_is_escaped(search: Client, rendered: list[str]) -> None:
    search("hund")
    page = search("\"><b>'&").text
    assert 'value="&#34;&gt;&lt;b&gt;&#39;&amp;"' in page
    assert "<b>" not in page
    assert 'href="/en/suche?q=%22%3E%3Cb%3E%27%26"' in page
    assert len(rendered) == 1


def test_a_query_that_looks_like_a_slot_is_a_query(search: Client) -> None:
    search("hund")
    assert 'value="results {query} %s"' in search("results {query} %s").text


def test_an_empty_slot_makes_another_page(search: Client, rendered: list[str]) -> None:
    search("hund")
    assert "<title>Suche –" in search("").text
    assert len(rendered) == 2


def test_each_town_and_language_has_its_own(search: Client) -> None:
    search("hund")
    assert "Stadt Cloppenburg" in search("hund", "cloppenburg.localhost").text
    assert "<title>Search for" in search("dog", path="/en/suche").text


def test_for_a_session_the_whole_page_is_rendered(search: Client, rendered: list[str]) -> None:
    search("hund")
    search("hund", cookie="a.nobody-knows-this")
    search("hund", cookie="a.nobody-knows-this")
    assert len(rendered) == 3


def test_what_changes_about_the_town_shows(
    search: Client, rendered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    search("hund")
    town = slots.town_of

    monkeypatch.setattr(slots, "town_of", lambda tenant: replace(town(tenant), open_text="Geschlossen"))
    search("katze")
    assert len(rendered) == 2
