"""Passkeys: added, used and removed, and every way in which an answer does not hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from kreisportal.accounts.errors import InvalidPasskeyError
from kreisportal.accounts.passkeys import RelyingParty, check_passkey
from kreisportal.kernel import clock
from kreisportal.kernel.database import Database
from tests.accounts.people import (
    HOST,
    PASSWORD,
    Citizen,
    add_passkey,
    asked,
    code_of,
    set_up_app,
    title_of,
)
from tests.support.authenticator import PRESENT, Authenticator
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

pytestmark = pytest.mark.usefixtures("end_delays")

Client = Callable[..., Browser]
PARTY = RelyingParty("konto.localhost", "https://konto.localhost", "Konto")


def sign_in(browser: Browser, device: Authenticator, wanted: str = "") -> TestResponse:
    page = browser.get("/de/anmelden", query_string={"next": wanted} if wanted else {})
    return browser.submit(page, {"answer": device.get(asked(browser, page))})


def is_in(browser: Browser) -> bool:
    return browser.get("/de/").status_code == 200


@pytest.fixture
def device(citizen: Citizen) -> Authenticator:
    """The citizen's device, which holds a passkey."""
    made = Authenticator()
    assert add_passkey(citizen.at(HOST), made).status_code == 303
    return made


def test_one_signs_in_with_a_passkey_alone(citizen: Citizen, device: Authenticator, client: Client) -> None:
    browser = client(HOST)
    done = sign_in(browser, device, "/de/einstellungen")
    assert (done.status_code, done.headers["Location"]) == (303, "/de/einstellungen")
    assert citizen.email in browser.get("/de/einstellungen").text
    assert "zuletzt benutzt" in browser.get("/de/zugang/").text


def test_it_is_offered_first_where_one_was_used(device: Authenticator, client: Client) -> None:
    browser = client(HOST)
    assert "Oder mit Passwort" not in browser.get("/de/anmelden").text
    sign_in(browser, device)
    browser.submit(browser.get("/de/zugang/"), {}, "abmelden")
    page = browser.get("/de/anmelden").text
    assert page.index("Mit Passkey anmelden") < page.index("Oder mit Passwort")


def test_a_passkey_is_both_factors(citizen: Citizen, device: Authenticator, client: Client) -> None:
    set_up_app(citizen.at(HOST))
    browser = client(HOST)
    assert sign_in(browser, device).headers["Location"] == "/de/"
    assert is_in(browser)


def test_what_is_asked_says_nothing_of_who_has_passkeys(device: Authenticator, client: Client) -> None:
    browser = client(HOST)
    options = asked(browser, browser.get("/de/anmelden"))
    assert {**options, "challenge": ""} == {
        "challenge": "",
        "timeout": 60000,
        "rpId": "konto.localhost",
        "allowCredentials": [],
        "userVerification": "required",
    }


@pytest.mark.parametrize(
    "forged",
    [
        {"origin": "https://konto.localhost.evil.example"},
        {"origin": "https://vechta.localhost"},
        {"rp_id": "localhost"},
        {"flags": PRESENT},
        {"user_handle": b"\0" * 16},
        {"user_handle": b""},
        {"key": Authenticator().key},
        {"credential_id": b"another"},
        {"count": -1},
    ],
    ids=lambda forged: "-".join(f"{name}" for name in forged),
)
def test_an_answer_that_does_not_hold_signs_nobody_in(
    device: Authenticator, client: Client, forged: dict[str, Any]
) -> None:
    browser = client(HOST)
    assert sign_in(client(HOST), device).status_code == 303
    for name, value in forged.items():
        setattr(device, name, value)
    refused = sign_in(browser, device)
    assert refused.status_code == 422
    assert "Das hat mit dem Passkey nicht geklappt" in refused.text
    assert not is_in(browser)


def test_a_challenge_is_answered_once(device: Authenticator, client: Client) -> None:
    browser = client(HOST)
    page = browser.get("/de/anmelden")
    answer = device.get(asked(browser, page))
    kept = browser.cookie("__Host-csrf") or ""
    assert browser.submit(page, {"answer": answer}).status_code == 303
    again = client(HOST)
    again.set_cookie("__Host-csrf", kept)
    # The count as it was, so that nothing but the challenge is in the way.
    device.count = 100
    assert again.submit(page, {"answer": answer}).status_code == 422
    assert not is_in(again)


def test_a_challenge_is_of_one_browser(device: Authenticator, client: Client) -> None:
    """Who lures somebody into answering their own challenge has nothing of it."""
    thief, owner = client(HOST), client(HOST)
    answer = device.get(asked(owner, owner.get("/de/anmelden")))
    page = thief.get("/de/anmelden")
    asked(thief, page)
    assert thief.submit(page, {"answer": answer}).status_code == 422
    assert not is_in(thief)


def test_a_challenge_for_signing_in_adds_no_passkey(citizen: Citizen) -> None:
    browser, device = citizen.at(HOST), Authenticator()
    page = browser.get("/de/zugang/passkey")
    options = asked(browser, page)
    signing_in = asked(browser, client_page(browser))
    answer = device.create({**options, "challenge": signing_in["challenge"]})
    assert browser.submit(page, {"answer": answer, "name": "Handy"}).status_code == 422


def client_page(browser: Browser) -> TestResponse:
    """A page whose script asks for any passkey, while somebody is signed in: with a passkey, where one confirms."""
    add_passkey(browser, Authenticator())
    return browser.get("/de/bestaetigen")


def test_a_name_is_asked_for_and_nothing_is_added_twice(citizen: Citizen, device: Authenticator) -> None:
    browser = citizen.at(HOST)
    refused = add_passkey(browser, Authenticator(), " ")
    assert refused.status_code == 422
    assert "Geben Sie dem Passkey einen Namen" in refused.text
    assert add_passkey(browser, Authenticator(credential_id=device.credential_id)).status_code == 422
    assert browser.get("/de/zugang/").text.count("Mein Handy</strong>") == 1


def test_it_is_removed_after_a_question(citizen: Citizen, device: Authenticator, client: Client) -> None:
    browser = citizen.at(HOST)
    path = removal(browser)
    page = browser.get(path)
    assert title_of(page) == "Passkey entfernen"
    assert browser.submit(page, {}, path).status_code == 303
    assert "Mein Handy" not in browser.get("/de/zugang/").text
    assert sign_in(client(HOST), device).status_code == 422
    assert "Oder mit Passwort" not in client(HOST).get("/de/anmelden").text


def test_the_last_way_in_stays(citizen: Citizen, device: Authenticator, region: DatabaseCopy) -> None:
    browser = citizen.at(HOST)
    path = removal(browser)
    page = browser.get(path)
    with region.superuser() as connection:
        connection.execute("UPDATE accounts SET password_hash = NULL WHERE email = %s", [citizen.email])
    assert browser.submit(page, {}, path).status_code == 409
    assert "Das ist Ihr einziger Zugang" in browser.get(path).text
    assert add_passkey(browser, Authenticator(), "Zweiter").status_code == 303
    assert browser.submit(page, {}, path).status_code == 303


def test_nobody_removes_anothers(device: Authenticator, citizen: Citizen, stranger: Callable[[], Citizen],
                                 program: Any) -> None:  # fmt: skip
    path = removal(citizen.at(HOST))
    other = stranger()
    other.sign_up(program)
    assert other.at(HOST).get(path).status_code == 404


def test_a_passkey_shows_who_one_is_before_what_matters(
    citizen: Citizen,
    device: Authenticator,
    region: DatabaseCopy,
    stranger: Callable[[], Citizen],
    program: Any,
) -> None:
    browser, foreign = citizen.at(HOST), Authenticator()
    other = stranger()
    other.sign_up(program)
    add_passkey(other.at(HOST), foreign)
    with region.superuser() as connection:
        connection.execute("UPDATE sessions SET authenticated_at = now() - interval '40 minutes'")
    page = browser.follow(browser.get("/de/zugang/passkey"))
    assert title_of(page) == "Bitte bestätigen Sie, dass Sie es sind"
    before = browser.cookie("__Host-session")
    assert browser.submit(page, {"answer": foreign.get(asked(browser, page))}).status_code == 422
    done = browser.submit(page, {"answer": device.get(asked(browser, page))})
    assert done.headers["Location"] == "/de/zugang/passkey"
    assert browser.cookie("__Host-session") != before
    assert title_of(browser.follow(done)) == "Passkey anlegen"


def removal(browser: Browser) -> str:
    found = re.search(r'href="(/de/zugang/passkey/[0-9a-f-]{36})"', browser.get("/de/zugang/").text)
    assert found
    return found[1]


_TEXTS = st.text(max_size=40) | st.sampled_from(["AA", "_-", "konto.localhost", "public-key"])
_ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=8,
)
_PARTS = ("clientDataJSON", "authenticatorData", "signature", "userHandle")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answer=st.text(max_size=200)
    | _ANSWERS.map(json.dumps)
    | st.fixed_dictionaries(
        {
            "id": _TEXTS,
            "rawId": _TEXTS,
            "type": st.just("public-key") | _TEXTS,
            "response": st.fixed_dictionaries(dict.fromkeys(_PARTS, _TEXTS)) | _ANSWERS,
        }
    ).map(json.dumps)
)
def test_whatever_is_sent_is_an_answer_that_does_not_hold(database: Database, answer: str) -> None:
    with pytest.raises(InvalidPasskeyError):
        check_passkey(database, PARTY, b"challenge", answer, clock.now())


@pytest.mark.parametrize("answer", ["[" * 5000, "{}" * 9000, '{"id": "' + "A" * 17000 + '"}'])
def test_what_is_deep_or_long_is_refused(database: Database, answer: str) -> None:
    with pytest.raises(InvalidPasskeyError):
        check_passkey(database, PARTY, b"challenge", answer, clock.now())


def test_codes_go_on_counting_beside_a_passkey(
    citizen: Citizen, device: Authenticator, client: Client
) -> None:
    secret, _ = set_up_app(citizen.at(HOST))
    browser = client(HOST)
    page = browser.submit(browser.get("/de/anmelden"), {"email": citizen.email, "password": PASSWORD})
    assert browser.submit(browser.follow(page), {"code": code_of(secret, 1)}).status_code == 303
