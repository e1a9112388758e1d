"""Search, suggestions and lists: what a town offers first, in its words, and nothing that was typed comes out as code."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kreisportal.app import create_wsgi
from kreisportal.web.program import Program
from tests.support.browser import Browser

Portal = Callable[..., Browser]
Offer = Callable[..., None]


def results(page: str) -> list[str]:
    """The keys of the services that a result page lists."""
    listed = page.partition('<ol class="kp-list kp-list--results">')[2].partition("</ol>")[0]
    return re.findall(r'href="/[a-z-]+/leistungen/([^"]+)"', listed)


def search(portal: Browser, query: str, language: str = "de") -> str:
    """The result page for a query."""
    page = portal.get(f"/{language}/suche", query_string={"q": query})
    assert page.status_code == 200
    return page.text


@pytest.mark.parametrize(
    ("query", "key"),
    [("hund", "hund-anmelden"), ("Hundesteuer", "hund-anmelden"), ("umgezogen", "wohnsitz-ummelden")],
)
def test_everyday_words_find_the_service(portal: Portal, query: str, key: str) -> None:
    page = search(portal(), query)
    assert key in results(page)[:3]
    assert re.search(r"[0-9]+ Leistung(en)? gefunden", page)
    assert f'value="{query}"' in page


def test_in_english(portal: Portal) -> None:
    page = search(portal(), "dog", "en")
    assert results(page)[0] == "hund-anmelden"
    assert 'href="/en/leistungen/hund-anmelden"' in page


def test_what_differs_from_the_official_words_is_explained(portal: Portal) -> None:
    assert "„Zulassungsstelle“: gemeint ist" in search(portal(), "Zulassungsstelle")


def test_a_slip_is_corrected_and_the_right_word_offered(portal: Portal) -> None:
    page = search(portal(), "Personalauswies")
    assert "Meinten Sie:" in page
    assert "personalausweis" in results(page)


def test_nothing_typed_is_nothing_found_and_says_what_to_do(portal: Portal) -> None:
    for query in ("", "   "):
        page = search(portal(), query)
        assert "Ihre eigenen Worte genügen." in page
        assert results(page) == []


def test_who_finds_nothing_is_told_how_to_go_on(portal: Portal) -> None:
    page = search(portal(), "qqqxyzzy")
    for text in ("haben wir nichts gefunden", "Rufen Sie uns an.", "04441 886-0", 'href="/de/leistungen"'):
        assert text in page, text
    assert 'Rufen Sie uns an. <a class="kp-nowrap" href="tel:044418860">04441 886-0</a>' in page
    assert results(page) == []


def test_a_query_is_never_code_and_never_longer_than_it_may_be(portal: Portal) -> None:
    page = search(portal(), '"><script>alert(1)</script>')
    assert "<script>alert" not in page
    page = search(portal(), "wort " * 100)
    assert "wort " * 41 not in page


def test_what_the_town_offers_comes_before_what_it_does_not(portal: Portal, offer: Offer) -> None:
    rows = re.findall(r'href="/de/leistungen/([^"]+)"', portal().get("/de/themen/steuern-zoll").text)
    assert "hund-anmelden" in rows
    first = rows[0]
    offer("vechta", first, is_on=False)
    page = portal().get("/de/themen/steuern-zoll").text
    assert re.findall(r'href="/de/leistungen/([^"]+)"', page).index(first) > 0
    # Who is responsible stays what it is, whether one can do it online or not.
    assert "Zuständig: Stadt Vechta" not in page


def test_lists_name_another_authority_that_is_responsible(portal: Portal) -> None:
    page = portal().get("/de/themen/mobilitaet-reisen").text
    assert "Zuständig: Landkreis Vechta" in page
    assert "bei Ihrer Stadt oder Gemeinde" in portal("landkreis-vechta").get("/de/themen/steuern-zoll").text


def test_the_start_page_names_what_the_town_offers_only(portal: Portal, offer: Offer) -> None:
    often = portal().get("/de/").text.partition('id="often"')[2].partition("</section>")[0]
    assert 'href="/de/leistungen/hund-anmelden"' in often
    offer("vechta", "hund-anmelden", is_on=False)
    often = portal().get("/de/").text.partition('id="often"')[2].partition("</section>")[0]
    assert "hund-anmelden" not in often
    assert often.count("/de/leistungen/") == 6


def test_suggestions_are_json_with_addresses_of_this_portal(portal: Portal) -> None:
    answer = portal().get("/de/suche/vorschlaege?q=hun")
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    rows = answer.json["suggestions"]
    assert 0 < len(rows) <= 6
    assert rows[0] == {"text": "Hund anmelden", "note": "", "url": "/de/leistungen/hund-anmelden"}
    for row in rows:
        assert row.keys() == {"text", "note", "url"}
        assert portal().get(row["url"]).status_code == 200


@pytest.mark.parametrize("query", ["", " ", "qqqxyzzy"])
def test_nothing_is_suggested_for_nothing(portal: Portal, query: str) -> None:
    answer = portal().get("/de/suche/vorschlaege", query_string={"q": query})
    assert (answer.status_code, answer.json) == (200, {"suggestions": []})


@settings(max_examples=40)
@given(query=st.text(max_size=30))
def test_whatever_is_typed_is_answered(program: Program, shared: list[Browser], query: str) -> None:
    if not shared:
        shared.append(Browser(create_wsgi(program), "vechta.localhost"))
    for path in ("/de/suche", "/de/suche/vorschlaege"):
        status = shared[0].get(path, query_string={"q": query}).status_code
        # A NUL is refused with a page that says so.
        assert status == (422 if "\0" in query else 200)


@pytest.fixture(scope="module")
def shared() -> list[Browser]:
    """A browser for all examples of a test."""
    return []


def test_all_services_stand_under_their_letter_in_german_order(portal: Portal, program: Program) -> None:
    page = portal().get("/de/leistungen").text
    letters = re.findall(r'<h2 id="(.)">', page)
    assert letters == sorted(letters)
    assert set(letters) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    keys = re.findall(r'href="/de/leistungen/([^"]+)"', page.partition('<h2 id="A">')[2])
    assert sorted(keys) == sorted(program.keeper.current.catalogue.services)


def test_situations_without_a_service_are_not_shown(portal: Portal, program: Program) -> None:
    catalogue = program.keeper.current.catalogue
    used = {key for service in catalogue.services.values() for key in service.situations}
    page = portal().get("/de/lebenslagen").text
    assert set(re.findall(r'href="/de/lebenslagen/([^"]+)"', page)) == used & set(catalogue.situations)
