"""Search results say what is meant where a service is called otherwise."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest

from tests.support.browser import Browser

Client = Callable[..., Browser]


def first(client: Client, query: str, language: str = "de") -> str:
    page = client("vechta.localhost").get(f"/{language}/suche?q={query}").text
    return html.unescape(page.partition("kp-list--results")[2].partition("</li>")[0])


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("perso", "„perso“: gemeint ist Personalausweis, Ausstellung."),
        ("GEZ", "„GEZ“: gemeint ist"),
        ("lappen verloren", "gemeint ist"),
    ],
)
def test_an_everyday_word_is_explained_by_the_official_name(client: Client, query: str, meant: str) -> None:
    assert meant in first(client, query)


@pytest.mark.parametrize("query", ["Personalausweis", "Hund anmelden", "Hundesteuer", "wohngeld", "Hund"])
def test_what_a_service_is_called_needs_no_explanation(client: Client, query: str) -> None:
    assert "gemeint ist" not in first(client, query)


def test_the_official_name_is_said_once(client: Client) -> None:
    assert first(client, "perso").count("Personalausweis, Ausstellung") == 1


def test_english_explains_too(client: Client) -> None:
    assert "here means:" in first(client, "TV licence", "en")


def test_a_better_spelling_is_never_the_same(client: Client) -> None:
    page = client("vechta.localhost").get("/de/suche?q=max+mustermann").text
    assert "Meinten Sie:" not in page


def test_a_word_means_one_service_only(client: Client) -> None:
    page = html.unescape(client("vechta.localhost").get("/de/suche?q=perso").text)
    assert page.count("„perso“: gemeint ist") == 1


def test_each_is_shown_the_own_words_and_nothing_else(client: Client) -> None:
    page = client("vechta.localhost").get("/de/suche", query_string={"q": "<lappen> & verloren"}).text
    assert "„&lt;lappen&gt; &amp; verloren“: gemeint ist" in page
    assert "„LAPPEN VERLOREN“: gemeint ist" in first(client, "LAPPEN VERLOREN")
    assert "„lappen verloren“: gemeint ist" in first(client, "lappen verloren")
