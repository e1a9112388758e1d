"""One account at every town: signing in, the consent, one sign-out for all."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from kreisportal.web.program import Program
from tests.accounts.conftest import citizen, stranger
from tests.accounts.people import HOST, PASSWORD, Citizen, mailed_token, title_of
from tests.support.browser import Browser

__all__ = ["citizen", "stranger"]


def test_signed_in_at_one_town_one_is_asked_once_at_the_next(citizen: Citizen) -> None:
    page = citizen.sign_in_at("vechta")
    assert title_of(page) == "Kontakt"
    assert citizen.email in page.text
    cloppenburg = citizen.at("cloppenburg.localhost")
    asked = citizen.follow(cloppenburg.get("/de/anmelden?next=/de/kontakt"), "cloppenburg.localhost")
    assert title_of(asked) == "Konto bei Stadt Cloppenburg nutzen?"
    page = citizen.follow(citizen.at(HOST).submit(asked, {"antwort": "ja"}), HOST)
    assert title_of(page) == "Kontakt"
    assert citizen.email in page.text
    citizen.at("cloppenburg.localhost").set_cookie("__Host-session", "gone")
    again = citizen.follow(cloppenburg.get("/de/anmelden?next=/de/kontakt"), "cloppenburg.localhost")
    assert title_of(again) == "Kontakt"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/de/themen/familie-kind", "/de/themen/familie-kind"),
        ("/de/suche?q=hund", "/de/suche?q=hund"),
        ("/de/abgemeldet", "/de/"),
        ("/anmelden/zurueck?error=access_denied", "/de/"),
        ("/de/abmelden", "/de/"),
        ("/de/nichts", "/de/"),
    ],
)
def test_who_signs_in_by_the_menu_goes_on_where_they_were(citizen: Citizen, before: str, after: str) -> None:
    citizen.sign_in_at("vechta")
    browser = citizen.at("vechta.localhost")
    browser.set_cookie("__Host-session", "gone")
    begun = browser.get("/de/anmelden", headers={"Referer": f"https://vechta.localhost{before}"})
    page = citizen.follow(begun, "vechta.localhost")
    address = urlsplit(page.request.url)
    assert f"{address.path}?{address.query}".rstrip("?") == after


def test_no_page_of_another_host_is_where_they_were(citizen: Citizen) -> None:
    citizen.sign_in_at("vechta")
    browser = citizen.at("vechta.localhost")
    browser.set_cookie("__Host-session", "gone")
    begun = browser.get("/de/anmelden", headers={"Referer": "https://evil.example/de/suche?q=x"})
    assert citizen.follow(begun, "vechta.localhost").request.path == "/de/"


def test_one_sign_out_ends_everything(citizen: Citizen) -> None:
    citizen.sign_in_at("vechta")
    page = citizen.sign_in_at("cloppenburg")
    done = citizen.at("cloppenburg.localhost").submit(page, {}, "abmelden")
    assert title_of(citizen.follow(done, "cloppenburg.localhost")) == "Sie sind abgemeldet"
    assert citizen.email not in citizen.at("vechta.localhost").get("/de/kontakt").text
    assert citizen.at(HOST).get("/de/").status_code == 303


def test_who_says_no_is_not_signed_in(citizen: Citizen) -> None:
    host = "vechta.localhost"
    asked = citizen.follow(citizen.at(host).get("/de/anmelden"), host)
    page = citizen.follow(citizen.at(HOST).submit(asked, {"antwort": "nein"}), HOST)
    assert title_of(page) == "Sie sind nicht angemeldet"
    assert citizen.email not in citizen.at(host).get("/de/kontakt").text


def test_a_consent_taken_back_ends_the_session_there_only(citizen: Citizen) -> None:
    citizen.sign_in_at("vechta")
    citizen.sign_in_at("cloppenburg")
    settings = citizen.at(HOST).get("/de/einstellungen")
    assert "Stadt Vechta" in settings.text
    citizen.at(HOST).submit(settings, {"stadt": "portal:vechta"})
    assert citizen.email not in citizen.at("vechta.localhost").get("/de/kontakt").text
    assert citizen.email in citizen.at("cloppenburg.localhost").get("/de/kontakt").text


def test_what_was_done_is_said_on_the_very_next_page(
    stranger: Callable[[], Citizen], program: Program
) -> None:
    """Whatever page that is: here the one that asks for the consent."""
    person, town = stranger(), "vechta.localhost"
    wanted = person.at(town).get("/de/anmelden?next=/de/kontakt").headers["Location"]
    begun = _choose_password(person, mailed_token(program, person.email, wanted=_path_of(wanted)))
    asked = person.follow(begun, HOST)
    assert title_of(asked) == "Konto bei Stadt Vechta nutzen?"
    assert "Ihr Konto ist angelegt." in asked.text
    person.follow(person.at(HOST).submit(asked, {"antwort": "ja"}), HOST)
    assert "Ihr Konto ist angelegt." not in person.at(HOST).get("/de/").text


def test_what_was_done_is_not_said_days_later(citizen: Citizen, program: Program) -> None:
    """Who comes back to a town at once has no page of the account before."""
    citizen.sign_in_at("vechta")
    citizen.at("vechta.localhost").set_cookie("__Host-session", "gone")
    wanted = citizen.at("vechta.localhost").get("/de/anmelden?next=/de/kontakt").headers["Location"]
    token = mailed_token(program, citizen.email, "password", wanted=_path_of(wanted))
    page = citizen.follow(_choose_password(citizen, token), HOST)
    assert title_of(page) == "Kontakt"
    assert "Ihr neues Passwort gilt" not in citizen.at(HOST).get("/de/").text


@pytest.mark.parametrize(
    ("asked", "browser", "spoken"),
    [
        ("en", "de", "en"),
        ("fr-CA en-GB de", "de", "en"),
        ("", "en", "en"),
        ("fr", "en", "en"),
        ("de", "en", "de"),
    ],
)
def test_what_does_not_fit_is_said_in_the_language_that_is_asked_for(
    client: Callable[..., Browser], asked: str, browser: str, spoken: str
) -> None:
    path = f"/oidc/authorize?client_id=portal:nirgends&ui_locales={asked}"
    answer = client(HOST).get(path, headers={"Accept-Language": browser})
    assert answer.status_code == 400
    assert f'<html lang="{spoken}"' in answer.text
    for other in ("de", "en"):
        again = f"/oidc/authorize?client_id=portal%3Anirgends&amp;ui_locales={other}"
        assert f'<a href="{again}" lang="{other}"' in answer.text


def _path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def _choose_password(person: Citizen, token: str) -> TestResponse:
    browser = person.at(HOST)
    page = browser.get(f"/de/link/{token}")
    return browser.submit(page, {"new_password": PASSWORD, "repeated": PASSWORD})
