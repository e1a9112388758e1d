"""The account's own pages: signing in, another password."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.accounts.people import HOST, PASSWORD, Citizen, title_of
from tests.support.browser import Browser

pytestmark = pytest.mark.usefixtures("end_delays")


def sign_in(browser: Browser, email: str, password: str = PASSWORD) -> int:
    page = browser.get("/de/anmelden")
    return browser.submit(page, {"email": email, "password": password}).status_code


def test_signing_in_gives_a_new_session(citizen: Citizen, client: Callable[..., Browser]) -> None:
    browser = client(HOST)
    browser.set_cookie("__Host-session", "a.planted")
    assert sign_in(browser, citizen.email.upper()) == 303
    assert browser.cookie("__Host-session") not in (None, "a.planted")
    assert title_of(browser.get("/de/")) == "Meine Vorgänge"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    citizen: Citizen, client: Callable[..., Browser]
) -> None:
    browser = client(HOST)
    answers = []
    for email in (citizen.email, "niemand@buerger.example"):
        answer = browser.submit(browser.get("/de/anmelden"), {"email": email, "password": "falsch"})
        answers.append((answer.status_code, answer.text.replace(email, "").split("csrf_token")[0]))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_strangers_guesses_do_not_lock_out_who_signed_in_here_before(
    citizen: Citizen, client: Callable[..., Browser]
) -> None:
    own = client(HOST, "192.0.2.1")
    assert sign_in(own, citizen.email) == 303
    stranger = client(HOST, "192.0.2.2")
    statuses = [sign_in(stranger, citizen.email, "geraten") for _ in range(7)]
    assert statuses[-1] == 429
    own.submit(own.get("/de/einstellungen"), {}, "abmelden")
    assert sign_in(own, citizen.email) == 303


@pytest.mark.parametrize("wanted", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/de/\tx"])
def test_nobody_is_led_elsewhere_after_signing_in(
    citizen: Citizen, client: Callable[..., Browser], wanted: str
) -> None:
    browser = client(HOST)
    page = browser.get("/de/anmelden", query_string={"next": wanted})
    answer = browser.submit(page, {"email": citizen.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/de/"


def test_the_password_is_changed_with_the_old_one(citizen: Citizen, client: Callable[..., Browser]) -> None:
    browser = citizen.at(HOST)
    new = "Fuenf blaue Enten quaken laut"
    wrong = {"old_password": "falsch", "new_password": new, "repeated": new}
    assert browser.submit(browser.get("/de/passwort"), wrong).status_code == 422
    assert browser.submit(browser.get("/de/passwort"), {**wrong, "old_password": PASSWORD}).status_code == 303
    assert browser.get("/de/").status_code == 200
    assert sign_in(client(HOST), citizen.email) == 422
    assert sign_in(client(HOST), citizen.email, new) == 303


def test_nothing_is_for_who_is_not_signed_in(client: Callable[..., Browser]) -> None:
    browser = client(HOST)
    for page in ("", "einstellungen", "passwort", "loeschen"):
        answer = browser.get(f"/de/{page}")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/de/anmelden?next=/de/{page}")
