"""Attacks on signing in across hosts: strange addresses, codes of others, used, replayed or at the wrong town."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.kernel.errors import KreisportalError
from kreisportal.sso.errors import BadRequestError
from kreisportal.sso.pkce import challenge_of, matches, new_verifier
from kreisportal.sso.requests import read_request
from kreisportal.web.program import Program
from tests.accounts.conftest import citizen, stranger
from tests.accounts.people import HOST, Citizen, title_of
from tests.support.browser import Browser

__all__ = ["citizen", "stranger"]

VECHTA, CLOPPENBURG = "vechta.localhost", "cloppenburg.localhost"


def asked(verifier: str | None = None, **changes: str) -> dict[str, str]:
    """An authorization request of Vechta's portal."""
    return {
        "response_type": "code",
        "client_id": "portal:vechta",
        "redirect_uri": f"https://{VECHTA}/anmelden/zurueck",
        "scope": "openid",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge_of(verifier or new_verifier()),
        "code_challenge_method": "S256",
        **changes,
    }


def code_for(citizen: Citizen, start: str) -> str:
    """The code that the account host gives for a sign-in that was begun at ``start``; nobody redeems it."""
    answer = citizen.go(start)
    while "code=" not in answer.headers.get("Location", ""):
        if answer.status_code == 200:
            answer = citizen.at(HOST).submit(answer, {"antwort": "ja"})
        else:
            answer = citizen.at(HOST).follow(answer)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/anmelden/zurueck"},
        {"redirect_uri": f"https://{VECHTA}/anmelden/zurueck/"},
        {"redirect_uri": f"https://{VECHTA}/anmelden/zurueck?x=1"},
        {"redirect_uri": f"http://{VECHTA}/anmelden/zurueck"},
        {"redirect_uri": f"https://{VECHTA}@evil.example/anmelden/zurueck"},
        {"redirect_uri": f"https://{CLOPPENBURG}/anmelden/zurueck"},
        {"client_id": "portal:nowhere"},
        {"client_id": "portal:garrel"},
        {"client_id": ""},
        {"response_type": "token"},
        {"scope": "profile"},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"state": ""},
        {"nonce": "x" * 201},
        {"state": "a\nb"},
    ],
)
def test_a_request_that_is_not_a_towns_leads_nowhere(
    citizen: Citizen, program: Program, changes: dict[str, str]
) -> None:
    answer = citizen.at(HOST).get(f"/oidc/authorize?{urlencode(asked(**changes))}")
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    with pytest.raises(BadRequestError):
        read_request(program.settings, program.keeper.current.registry, asked(**changes))


@given(st.dictionaries(st.sampled_from(sorted(asked())), st.text(max_size=60)))
def test_whatever_is_asked_is_answered_or_refused(program: Program, changes: dict[str, str]) -> None:
    try:
        found = read_request(program.settings, program.keeper.current.registry, asked(**changes))
    except KreisportalError:
        return
    assert found.client.redirect_uri == f"https://{VECHTA}/anmelden/zurueck"


def test_a_code_is_worth_nothing_in_another_browser(citizen: Citizen, client: Callable[..., Browser]) -> None:
    """Sign-in forgery: a code of one's own, put under somebody else's fingers."""
    start = citizen.at(VECHTA).get("/de/anmelden").headers["Location"]
    code = code_for(citizen, start)
    state = parse_qs(urlsplit(start).query)["state"][0]
    victim = client(VECHTA)
    for _ in range(2):
        answer = victim.get(f"/anmelden/zurueck?{urlencode({'code': code, 'state': state})}")
        assert (answer.status_code, title_of(answer)) == (400, "Die Anmeldung hat nicht geklappt")
        victim.get("/de/anmelden")
    assert victim.cookie("__Host-session") is None


def test_a_code_is_worth_something_once(citizen: Citizen) -> None:
    browser = citizen.at(VECHTA)
    start = browser.get("/de/anmelden").headers["Location"]
    query = urlencode(
        {"code": code_for(citizen, start), "state": parse_qs(urlsplit(start).query)["state"][0]}
    )
    before = browser.cookie("__Host-csrf")
    assert browser.get(f"/anmelden/zurueck?{query}").status_code == 303
    assert before is not None
    browser.set_cookie("__Host-csrf", before)
    assert browser.get(f"/anmelden/zurueck?{query}").status_code == 400


def test_a_code_of_one_town_is_worth_nothing_at_another(citizen: Citizen) -> None:
    vechta = citizen.at(VECHTA).get("/de/anmelden").headers["Location"]
    code = code_for(citizen, vechta)
    browser = citizen.at(CLOPPENBURG)
    start = browser.get("/de/anmelden").headers["Location"]
    state = parse_qs(urlsplit(start).query)["state"][0]
    answer = browser.get(f"/anmelden/zurueck?{urlencode({'code': code, 'state': state})}")
    assert title_of(answer) == "Die Anmeldung hat nicht geklappt"
    assert not (browser.cookie("__Host-session") or "").startswith("a.")


def test_a_session_of_one_town_is_worth_nothing_at_another(
    citizen: Citizen, client: Callable[..., Browser]
) -> None:
    citizen.sign_in_at("vechta")
    token = citizen.at(VECHTA).cookie("__Host-session")
    assert token is not None
    for host, page in ((CLOPPENBURG, "/de/kontakt"), (HOST, "/de/")):
        other = client(host)
        other.set_cookie("__Host-session", token)
        assert citizen.email not in other.get(page).text


def test_a_verifier_fits_its_own_challenge_only() -> None:
    one, other = new_verifier(), new_verifier()
    assert matches(one, challenge_of(one))
    assert not matches(other, challenge_of(one))
    assert not matches("short", challenge_of(one))
