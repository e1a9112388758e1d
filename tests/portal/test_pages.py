"""Pages of a portal that anybody may read: what stands on them, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.browser import Browser

Client = Callable[..., Browser]
LANGUAGES = ("de", "en", "de-simple")
BAKUM, DINKLAGE, BRAUNSCHWEIG = "034600001001", "034600003003", "031010000000"


def main_of(page: str) -> str:
    """What stands between head and foot."""
    return page.partition("<main")[2].partition("</main>")[0]


def rows_of(page: str) -> list[str]:
    """The keys of the services that a page lists, in its order."""
    return re.findall(r'<a class="kp-list__link" href="/de/leistungen/([a-z0-9-]+)"', main_of(page))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["imprint", "privacy", "accessibility", "plain-language"])
def test_a_legal_page_has_one_heading_of_the_first_level(client: Client, language: str, page: str) -> None:
    text = client("vechta.localhost").get(f"/{language}/seite/{page}").text
    headings = re.findall(r"<h1>([^<]+)</h1>", text)
    assert len(headings) == 1
    assert re.match("<(p|h2)>", text.partition('<div class="kp-prose">')[2])


def test_home_begins_with_the_situations_that_most_people_come_with(client: Client) -> None:
    page = main_of(client("vechta.localhost").get("/de/").text)
    shown = re.findall(r'href="/de/lebenslagen/([a-z-]+)"', page)
    assert shown[:5] == ["wohnen-umzug", "geburt", "eheschliessung", "tod", "tierhaltung"]
    assert "unternehmensstart" in shown


def test_a_situation_lists_first_what_is_needed_first(client: Client) -> None:
    portal = client("vechta.localhost")
    moving = rows_of(portal.get("/de/lebenslagen/wohnen-umzug").text)
    assert moving[:3] == ["wohnsitz-anmelden", "wohnsitz-ummelden", "wohnsitz-abmelden"]
    assert rows_of(portal.get("/de/lebenslagen/tod").text)[0] == "sterbefall"
    assert rows_of(portal.get("/de/lebenslagen/unternehmensstart").text)[0] == "gewerbe-anmelden"


def test_a_situation_without_services_says_so_and_leads_on(client: Client) -> None:
    page = main_of(client("vechta.localhost").get("/de/lebenslagen/bootsbesitz").text)
    assert "noch keine Leistung" in page
    assert "<ul" not in page.partition("<h1")[2]


def test_the_way_to_ones_application_is_in_the_menu(client: Client) -> None:
    page = client("vechta.localhost").get("/en/")
    assert '<a href="/en/vorgang">Check the status</a>' in page.text
    assert "/en/quittung" in client("vechta.localhost").get("/en/vorgang").text


def test_a_page_that_is_not_there_leads_on(client: Client) -> None:
    page = client("vechta.localhost").get("/en/nothing-here")
    assert page.status_code == 404
    for path in ("/en/themen", "/en/leistungen", "/en/vorgang"):
        assert f'href="{path}"' in main_of(page.text)


@pytest.mark.parametrize(
    ("language", "ars", "sentence"),
    [
        ("de", "", "Für Vechta ist das: Stadt Vechta."),
        ("en", "", "For Vechta this is: Town of Vechta."),
        ("de", BAKUM, "Für Bakum ist das: Gemeinde Bakum."),
        ("de", DINKLAGE, "Für Dinklage ist das: Stadt Dinklage."),
        ("de", BRAUNSCHWEIG, "Braunschweig liegt außerhalb unserer Region"),
        ("en", BRAUNSCHWEIG, "Braunschweig is outside our region"),
    ],
)
def test_a_service_says_who_is_responsible_for_a_place(
    client: Client, language: str, ars: str, sentence: str
) -> None:
    query = f"?ort={ars}" if ars else ""
    page = client("vechta.localhost").get(f"/{language}/leistungen/hund-anmelden{query}").text
    assert sentence in page
    assert f"/{language}/leistungen/hund-anmelden/ort" in main_of(page)


def test_a_number_stays_with_its_euro_sign(client: Client) -> None:
    page = client("vechta.localhost").get("/de/leistungen/hund-anmelden").text
    assert "60\u00a0€" in page
    assert not re.search(r"[0-9] €", main_of(page))


def test_a_form_that_is_not_open_leads_to_the_service_that_says_why(client: Client) -> None:
    portal = client("cloppenburg.localhost")
    for path in ("/de/antrag/briefwahl", "/de/antrag/briefwahl/start"):
        answer = portal.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/de/leistungen/briefwahl"
    assert "Zurzeit nicht möglich" in portal.follow(answer).text
    assert portal.get("/de/antrag/nichts").status_code == 404


def test_search_engines_are_told_the_other_languages_and_the_address_that_counts(client: Client) -> None:
    page = client("vechta.localhost").get(f"/de/leistungen/hund-anmelden?ort={BAKUM}").text
    for tag, language in (("de", "de"), ("en", "en"), ("de-simple", "de-simple")):
        address = f"https://vechta.localhost/{language}/leistungen/hund-anmelden?ort={BAKUM}"
        assert f'<link rel="alternate" hreflang="{tag}" href="{address}">' in page
    assert '<link rel="canonical" href="https://vechta.localhost/de/leistungen/hund-anmelden">' in page


def test_a_page_with_errors_is_there_in_the_other_languages_too(client: Client) -> None:
    portal = client("vechta.localhost")
    page = portal.submit(portal.get("/de/antrag/hund-anmelden/start"), {})
    assert page.status_code == 422
    assert 'href="/en/antrag/hund-anmelden/start" lang="en"' in page.text


def test_norms_are_named_in_german_on_english_pages_and_say_so(client: Client) -> None:
    assert (
        '<ul lang="de"><li><a href="https://www.gesetze'
        in client("vechta.localhost").get("/en/leistungen/wohngeld").text
    )
