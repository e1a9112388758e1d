"""Languages that a town does not offer any more: where their addresses lead, and that nobody on their way loses anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kreisportal.kernel.ids import derived_token
from kreisportal.web.program import Program
from tests.cases.citizen import draft_id_of, send_page
from tests.cases.house import inputs
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy
from tests.support.statements import statements_sent
from tests.web.test_languages import alternates, spoken

Client = Callable[[str], Browser]
Languages = Callable[..., None]
PORTAL, ADDRESS = "vechta.localhost", "pause@post.example"


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "kontakt",
        "leistungen/hund-anmelden",
        "leistungen/hund-anmelden?ort=034600001001&x=%2F%2Fevil.example&x=zwei",
        "suche?q=Hund+%26+Katze%0D%0AX:%20y",
        "seite/imprint",
        "antrag/hund-anmelden",
        "antrag/hund-anmelden/start?ort=034600001001",
        "vorgang?nummer=VEC-2026-00001-1&kennwort=abc",
        "rueckmeldung/hund-anmelden",
        "schnittstelle",
        # None of its names means anything else when the address is built.
        "kontakt?lang=en&_external=1&_scheme=javascript&_anchor=x",
    ],
)
def test_an_address_leads_to_the_same_page_in_german(client: Client, languages: Languages, rest: str) -> None:
    browser = client(PORTAL)
    languages("vechta", "de-simple")
    for ask in (browser.get, browser.head):
        answer = ask(f"/en/{rest}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/de/{rest}")
        # The town may offer the language again tomorrow.
        assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get("/de-simple/kontakt").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/en//evil.example", "/en/%2F%2Fevil.example", "/en/\\evil.example", "/en/%5Cevil.example/%2e%2e"),
        *("/en/seite/%5C%5Cevil.example", "/en/themen/x%0D%0AX:%20y"),
        "/en/seite/https:evil.example?//evil.example",
    ],
)
def test_no_address_leads_to_another_site(client: Client, languages: Languages, path: str) -> None:
    languages("vechta")
    answer = client(PORTAL).get(path)
    location = answer.headers.get("Location", "/de/")
    assert answer.status_code in (302, 404)
    assert location.startswith("/de/")
    assert not set("\r\n\\") & set(location)
    assert "X" not in answer.headers


def test_pages_that_were_kept_are_gone_within_a_second_and_come_back(
    client: Client, languages: Languages
) -> None:
    browser = client(PORTAL)
    assert browser.get("/en/").status_code == 200
    languages("vechta")
    assert browser.get("/en/").status_code == 302
    languages("vechta", "en")
    assert browser.get("/en/").status_code == 200


def test_leading_on_and_choosing_cost_the_database_nothing(client: Client, languages: Languages) -> None:
    languages("vechta")
    browser = client(PORTAL)
    with statements_sent() as sent:
        for path in ("/en/kontakt", "/de/kontakt", "/", "/de/leistungen?x=1"):
            browser.get(path)
    assert sent == []


def test_menu_search_engines_and_the_browsers_wish_follow(client: Client, languages: Languages) -> None:
    languages("vechta", "en")
    browser = client(PORTAL)
    page = browser.get("/de/kontakt").text
    assert set(alternates(page)) == {"de", "en"}
    assert 'hreflang="de-simple"' not in page
    for wish, path in (("en-GB", "/en/"), ("de-simple, en;q=0.5", "/de/"), ("fr, en;q=0.5", "/en/")):
        assert browser.get("/", headers={"Accept-Language": wish}).headers["Location"] == path
    languages("vechta")
    alone = browser.get("/de/kontakt").text
    assert "hreflang" not in alone
    assert "Sprache wählen" not in alone
    assert browser.get("/", headers={"Accept-Language": "en"}).headers["Location"] == "/de/"
    # What is no page is told in a language that is offered.
    missing = browser.get("/en/nichts")
    assert (missing.status_code, spoken(missing.text)) == (404, "de")


def test_other_towns_and_sites_are_as_they_were(client: Client, languages: Languages) -> None:
    languages("vechta")
    for host, path in (
        ("lohne.localhost", "/en/kontakt"),
        ("lohne.localhost", "/de-simple/kontakt"),
        ("verwaltung.vechta.localhost", "/en/anmelden"),
        ("konto.localhost", "/en/anmelden"),
        ("region.localhost", "/en/anmelden"),
    ):
        answer = client(host).get(path)
        assert (answer.status_code, spoken(answer.text)) == (200, path.split("/")[1]), (host, path)


def test_whoever_fills_in_a_form_goes_on_in_the_language_they_began_in(
    client: Client, languages: Languages, region: DatabaseCopy, program: Program
) -> None:
    browser = client(PORTAL)
    page = browser.get("/en/antrag/hund-anmelden/start")
    languages("vechta")
    wrong = send_page(browser, page, inputs(taken_in="32.1.2026"))
    assert (wrong.status_code, spoken(wrong.text)) == (422, "en")
    assert 'value="32"' in wrong.text
    answer = send_page(browser, page)
    assert answer.status_code == 303
    step = browser.follow(answer)
    draft_id = draft_id_of(step)
    assert (step.status_code, spoken(step.text)) == (200, "en")
    # The page says that it is in English, and leads to German.
    assert set(alternates(step.text)) == {"de", "en"}
    german = browser.get(alternates(step.text)["de"])
    assert (german.status_code, spoken(german.text)) == (200, "de")
    # Interrupted, and taken up again by the link in a mail.
    paused = browser.submit(browser.get(f"/en/antrag/{draft_id}/unterbrechen"), {"email": ADDRESS})
    assert (paused.status_code, spoken(paused.text)) == (200, "en")
    with region.superuser() as connection:
        row = connection.execute("SELECT language FROM drafts WHERE id = %s", (draft_id,)).fetchone()
    assert row == ("en",)
    another = client(PORTAL)
    link = derived_token(program.settings.secret_key, "resume", f"{draft_id}/{ADDRESS}")
    back = another.submit(another.get(f"/en/antrag/weiter/{link}"))
    assert spoken(another.follow(back).text) == "en"
    # Somebody who begins does so in German.
    assert another.get("/en/antrag/hund-anmelden/start").status_code == 302


def test_a_form_that_everybody_may_send_is_taken_in_its_language(
    client: Client, languages: Languages
) -> None:
    browser = client(PORTAL)
    page = browser.get("/en/vorgang")
    languages("vechta")
    answer = browser.submit(page, {"nummer": "VEC-2026-00001-1", "kennwort": "falsch"})
    assert spoken(answer.text) == "en"
    assert 'value="VEC-2026-00001-1"' in answer.text


def test_signing_in_on_the_way_keeps_the_language(client: Client, languages: Languages) -> None:
    languages("vechta")
    answer = client(PORTAL).get("/en/anmelden?next=/en/antrag/hund-anmelden")
    assert answer.headers["Location"].endswith("&ui_locales=en")
