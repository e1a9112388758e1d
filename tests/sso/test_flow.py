"""One account at every town: signing in, the consent, one sign-out for all."""

from __future__ import annotations

from tests.accounts.conftest import citizen, stranger
from tests.accounts.people import HOST, Citizen, title_of

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
