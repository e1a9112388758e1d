"""What stands around every page: the town, the languages, and the addresses of what it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.web.program import Program
from tests.cases.citizen import token_of
from tests.support.browser import Browser
from tests.web.small_app import with_views

Clients = Callable[..., Browser]


def languages(page: str) -> dict[str, str]:
    """The addresses of this page in each language."""
    found = re.findall(r'<li><a href="([^"]+)" lang="[^"]+" hreflang="([^"]+)"', page)
    return {language: url for url, language in found}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("", ""),
        ("kontakt", ""),
        ("leistungen/hund-anmelden", "?ort=034600001001"),
        ("suche", "?q=hund+%26+katze"),
        ("suche", "?q=a&q=b"),
    ],
)
def test_the_same_page_in_the_other_languages(client: Clients, path: str, query: str) -> None:
    browser = client("vechta.localhost")
    found = languages(browser.get(f"/de/{path}{query}").text)
    assert found.keys() == {"de", "en", "de-simple"}
    for language, url in found.items():
        address = url.replace("&amp;", "&")
        assert address == f"/{language}/{path}{query}"
        assert browser.get(address).status_code == 200


@pytest.mark.parametrize(
    "query", ["?_external=1&_scheme=javascript", "?lang=en", "?_anchor=x", "?endpoint=x"]
)
def test_a_query_never_changes_where_a_language_leads(client: Clients, query: str) -> None:
    found = languages(client("vechta.localhost").get(f"/de/suche{query}").text)
    assert {url.partition("?")[0] for url in found.values()} == {"/de/suche", "/en/suche", "/de-simple/suche"}


def test_at_the_desk_there_is_no_plain_german(client: Clients) -> None:
    page = client("verwaltung.vechta.localhost").get("/de/anmelden").text
    assert languages(page).keys() == {"de", "en"}


def test_a_page_that_came_from_a_form_leads_to_where_one_may_ask_for_in_the_other_languages(
    client: Clients,
) -> None:
    browser = client("vechta.localhost")
    page = browser.get("/de/vorgang")
    answer = browser.submit(page, {"nummer": "x", "kennwort": "y"})
    assert languages(answer.text)["en"] == "/en/vorgang"
    # Where only a form leads there is nothing to be asked for.
    case = "/de/vorgang/00000000-0000-4000-8000-000000000000/nachricht"
    answer = browser.post(case, {"csrf_token": token_of(page), "nachricht": "Hallo."})
    assert languages(answer.text)["en"] == "/en/"


def test_each_towns_page_names_its_own_look(client: Clients) -> None:
    looks = {
        re.findall(r'href="(/theme\.\w+\.css)"', client(f"{slug}.localhost").get("/de/").text)[0]
        for slug in ("vechta", "cloppenburg", "lohne")
    }
    assert len(looks) == 3


def test_a_view_may_hide_its_page_from_search_engines(program: Program) -> None:
    from flask import g, render_template

    def hidden() -> str:
        g.hide_from_robots = True
        return render_template("portal/search.html", query="", found=None, often=[])

    def shown() -> str:
        return render_template("portal/search.html", query="", found=None, often=[])

    with with_views(program, {"hidden": hidden, "shown": shown}) as clients:
        noindex = '<meta name="robots" content="noindex">'
        assert noindex in clients("vechta.localhost").get("/test/hidden").text
        assert noindex not in clients("vechta.localhost").get("/test/shown").text


def test_addresses_that_are_built_once_are_those_of_their_language_and_host(client: Clients) -> None:
    for language in ("de", "en", "de", "de-simple"):
        for slug in ("vechta", "cloppenburg"):
            page = client(f"{slug}.localhost").get(f"/{language}/themen").text
            main = page.partition("<main")[2]
            paths = set(re.findall(r'href="/([^/"]+)/themen/', main))
            assert paths == {language}, (language, slug)


def test_built_addresses_are_forgotten_when_there_are_too_many(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flask import current_app

    from kreisportal.web import addresses

    sizes: list[int] = []

    def many() -> Any:
        built = [addresses.address("portal.topic", key=f"k{number}") for number in range(7)]
        sizes.append(len(current_app.extensions[addresses._BUILT]))
        return " ".join(built)

    monkeypatch.setattr(addresses, "_MOST", 3)
    with with_views(program, {"many": many}) as clients:
        answer = clients("vechta.localhost").get("/test/many")
    assert answer.text == " ".join(f"/de/themen/k{number}" for number in range(7))
    assert max(sizes) <= 3


def test_a_stranger_with_a_cookie_sees_the_same_page(client: Clients) -> None:
    plain, strange = client("vechta.localhost"), client("vechta.localhost")
    strange.set_cookie(SESSION_COOKIE, "nothing")
    assert plain.get("/de/kontakt").data == strange.get("/de/kontakt").data
