"""The language of a page: the first part of its path, and the browser's wish where there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.browser import Browser

Client = Callable[[str], Browser]
PORTAL, DESK = "vechta.localhost", "verwaltung.vechta.localhost"


def spoken(html: str) -> str:
    found = re.search(r'<html[^>]* lang="([^"]+)"', html)
    assert found, html[:300]
    return found[1]


def alternates(html: str) -> dict[str, str]:
    """The addresses of this page in its languages, by the language's tag."""
    links = re.findall(r"<a [^>]*hreflang=\"([^\"]+)\"[^>]*>", html)
    addresses = {}
    for tag in links:
        found = re.search(rf'<a (?=[^>]*hreflang="{tag}")[^>]*href="([^"]+)"', html)
        assert found
        addresses[tag] = found[1].replace("&amp;", "&")
    return addresses


@pytest.mark.parametrize(("path", "tag"), [("/de/", "de"), ("/en/", "en"), ("/de-simple/", "de-simple")])
def test_the_path_says_the_language(client: Client, path: str, tag: str) -> None:
    page = client(PORTAL).get(path)
    assert (page.status_code, spoken(page.text)) == (200, tag)


@pytest.mark.parametrize("path", ["/fr/", "/DE/", "/de_simple/", "/de-/", "/den/"])
def test_no_other_language_is_a_path(client: Client, path: str) -> None:
    assert client(PORTAL).get(path).status_code == 404


def test_plain_german_is_for_citizens_only(client: Client) -> None:
    assert client(DESK).get("/de-simple/anmelden").status_code == 404
    assert client(PORTAL).get("/de-simple/kontakt").status_code == 200


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        ("", "/de/"),
        ("de", "/de/"),
        ("de-AT,de;q=0.9,en;q=0.8", "/de/"),
        ("de-CH,en;q=0.5", "/de/"),
        ("de;q=0,en;q=0.1", "/en/"),
        ("en", "/en/"),
        ("en-US,en;q=0.5", "/en/"),
        ("fr,en;q=0.5", "/en/"),
        ("fr", "/de/"),
        ("en;q=0.2, de;q=0.8", "/de/"),
        ("*", "/de/"),
        ("de-simple", "/de-simple/"),
        ("x" * 500, "/de/"),
        ("en;q=abc, , ;;", "/de/"),
    ],
)
def test_without_a_path_the_browser_is_asked(client: Client, wish: str, path: str) -> None:
    answer = client(PORTAL).get("/", headers={"Accept-Language": wish})
    assert answer.status_code == 302
    assert urlsplit(answer.headers["Location"]).path == path
    assert "Accept-Language" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_page_leads_to_itself_in_the_other_languages(client: Client) -> None:
    page = client(PORTAL).get("/en/leistungen/hund-anmelden")
    found = alternates(page.text)
    assert found["de"] == "/de/leistungen/hund-anmelden"
    assert found["de-simple"] == "/de-simple/leistungen/hund-anmelden"
    for address in found.values():
        assert client(PORTAL).get(address).status_code == 200


def test_the_other_languages_keep_what_was_asked(client: Client) -> None:
    page = client(PORTAL).get("/de/suche?q=hund+%26+katze&q=zwei")
    address = urlsplit(alternates(page.text)["en"])
    assert address.path == "/en/suche"
    assert parse_qs(address.query)["q"] == ["hund & katze", "zwei"]


@pytest.mark.parametrize(
    "query",
    [
        *(
            "endpoint=x",
            "lang=fr",
            "lang=en",
            "_external=1",
            "_scheme=javascript",
            "_anchor=x",
            "_method=POST",
        ),
        *("key=x", "self=1", "values=1", "_external=1&_scheme=ftp", "page=x", "q=%ff"),
    ],
)
def test_no_name_in_a_query_means_anything_else(client: Client, query: str) -> None:
    for path in ("/de/suche", "/de/leistungen/hund-anmelden"):
        page = client(PORTAL).get(f"{path}?{query}")
        assert page.status_code == 200, page.text[:300]
        for address in alternates(page.text).values():
            assert urlsplit(address).path.split("/", 2)[2] == path.split("/", 2)[2]
            assert urlsplit(address).netloc == ""


@pytest.mark.parametrize(
    ("path", "tag"), [("/en/nichts", "en"), ("/de/nichts", "de"), ("/de-simple/nichts", "de-simple")]
)
def test_an_error_is_told_in_the_language_of_the_path(client: Client, path: str, tag: str) -> None:
    answer = client(PORTAL).get(path, headers={"Accept-Language": "en" if tag == "de" else "de"})
    assert (answer.status_code, spoken(answer.text)) == (404, tag)


def test_an_error_without_a_language_is_told_as_the_browser_asks(client: Client) -> None:
    answer = client(PORTAL).get("/nichts", headers={"Accept-Language": "en"})
    assert (answer.status_code, spoken(answer.text)) == (404, "en")


def test_one_request_does_not_speak_the_language_of_the_one_before(client: Client) -> None:
    browser = client(PORTAL)
    for path, tag in (
        ("/en/kontakt", "en"),
        ("/nichts", "de"),
        ("/de/kontakt", "de"),
        ("/en/nichts", "en"),
        ("/", ""),
    ):
        answer = browser.get(path)
        assert not tag or spoken(answer.text) == tag
