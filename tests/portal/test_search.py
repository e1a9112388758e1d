"""The search's pages: towns that are named, and pages of the portal that people look for by it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.browser import Browser

Client = Callable[..., Browser]


def links(client: Client, query: str, town: str = "vechta", language: str = "de") -> list[str]:
    """Where the results lead, best first."""
    page = client(f"{town}.localhost").get(f"/{language}/suche", query_string={"q": query})
    assert page.status_code == 200
    results = page.text.partition('<main class="kp-main"')[2].partition("</main>")[0].partition("</form>")[2]
    return re.findall(r'href="([^"]+)"', results)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("hund anmelden bakum", "/de/leistungen/hund-anmelden?ort=034600001001"),
        ("Hund anmelden in Bakum", "/de/leistungen/hund-anmelden?ort=034600001001"),
        ("wohngeld in essen", "/de/leistungen/wohngeld?ort=034530006006"),
        ("hund anmelden vechta", "/de/leistungen/hund-anmelden"),
        ("kindergeld lohne", "/de/leistungen/kindergeld"),
        ("neue wohnung in lohne", "/de/leistungen/wohnsitz-anmelden?ort=034600006006"),
    ],
)
def test_a_town_that_is_named_is_the_place_and_no_word(client: Client, query: str, first: str) -> None:
    assert links(client, query)[0] == first


def test_a_word_that_is_also_a_town_is_a_word(client: Client) -> None:
    assert not any("?ort=" in link for link in links(client, "essen verkaufen"))


def test_other_towns_services_are_ranked_and_described_for_the_town_that_is_named(client: Client) -> None:
    page = client("vechta.localhost").get("/de/suche?q=personalausweis+cloppenburg").text
    assert "für Cloppenburg" in page
    assert "Zuständig: Stadt Cloppenburg" in page


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("öffnungszeiten", "/de/aemter"),
        ("wann hat das rathaus geöffnet", "/de/aemter"),
        ("Telefonnummer Rathaus", "/de/kontakt"),
        ("stand meines antrags", "/de/vorgang"),
        ("impressum", "/de/seite/imprint"),
        ("leichte sprache", "/de/seite/plain-language"),
        ("Standesamt", "/de/aemter#standesamt"),
        ("standesamt öffnungszeiten", "/de/aemter#standesamt"),
    ],
)
def test_pages_of_the_portal_are_found(client: Client, query: str, first: str) -> None:
    assert links(client, query)[0] == first


def test_pages_are_found_in_english(client: Client) -> None:
    assert links(client, "opening hours", language="en")[0] == "/en/aemter"
    assert links(client, "contact the town hall", language="en")[0] == "/en/kontakt"


def test_who_asks_for_a_service_is_offered_no_other_pages(client: Client) -> None:
    for query in ("antrag", "personalausweis", "hund", "e-mail", "perso wann fertig"):
        assert all("/leistungen" in link or "/suche" in link for link in links(client, query)), query


@pytest.mark.parametrize("query", ["!!!", "%", "🐶"])
def test_signs_without_a_word_are_told_to_find_nothing(client: Client, query: str) -> None:
    page = client("vechta.localhost").get("/de/suche", query_string={"q": query}).text
    assert "haben wir nichts gefunden" in page
    assert "/de/leistungen/personalausweis" in links(client, query)


def test_suggestions_lead_where_results_do(client: Client) -> None:
    found = client("vechta.localhost").get("/de/suche/vorschlaege?q=hund+bakum").get_json()["suggestions"]
    assert {
        "text": "Hund anmelden",
        "note": "",
        "url": "/de/leistungen/hund-anmelden?ort=034600001001",
    } in found
    hours = client("vechta.localhost").get("/de/suche/vorschlaege", query_string={"q": "öffnungszeiten"})
    assert hours.get_json()["suggestions"][0]["url"] == "/de/aemter"


def test_a_town_alone_is_asked_for_itself(client: Client) -> None:
    assert links(client, "vechta")[0] == "/de/kontakt"
    assert links(client, "bakum") == links(client, "rathaus bakum")[:1] == ["https://bakum.localhost/de/"]
    # Dinklage has no portal, and is no tree or dog either.
    page = client("vechta.localhost").get("/de/suche?q=dinklage").text
    assert "haben wir nichts gefunden" in page
    assert "kp-list--results" not in client("vechta.localhost").get("/de/suche?q=bakum").text
