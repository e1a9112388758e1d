"""How surely somebody is known, and by what: what a client from outside may ask for, and what the ID token says."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import TestResponse

from kreisportal.kernel import clock
from kreisportal.sso.methods import methods_of
from kreisportal.sso.pkce import new_verifier
from kreisportal.web.program import Program
from tests.accounts.people import HOST, PASSWORD, Citizen, code_of, set_up_app, title_of
from tests.bundid.conftest import citizen, invented, program, stranger
from tests.bundid.showing import begin_with
from tests.sso.outside import Outsider, register, said, sign_in_again, unsigned
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["citizen", "invented", "program", "stranger"]

pytestmark = pytest.mark.usefixtures("end_delays")

PAGE = "Bitte weisen Sie sich aus"


@pytest.fixture
def bus(program: Program, wsgi: WSGIApplication) -> Outsider:
    """A client that keeps a secret."""
    return register(program, wsgi)


@pytest.fixture
def known(
    program: Program, stranger: Callable[[], Citizen], invented: Callable[..., str]
) -> tuple[Citizen, str]:
    """Somebody whose account has an identity at the simulated provider, signed in "basic" by it; and whose that is."""
    person, who = stranger(), invented(person__given_names="Änne")
    begin_with(person.at(HOST), program, who, person.email, "basic")
    return person, who


def claims(client: Outsider, answer: TestResponse, verifier: str) -> dict[str, Any]:
    """What the ID token says for the code that an answer brings."""
    given = client.redeem(said(answer)["code"], verifier)
    assert given.status_code == 200, given.text
    return unsigned((given.json or {})["id_token"])


def to_page(person: Citizen, answer: TestResponse) -> TestResponse:
    """The page on which one shows who one is."""
    assert answer.headers["Location"].startswith("/de/anmelden/ausweisen?"), answer.headers["Location"]
    page = person.at(HOST).follow(answer)
    assert title_of(page) == PAGE
    return page


def linked(page: TestResponse, words: str) -> str:
    """Where a link on a page leads to."""
    found = re.search(rf'href="([^"]+)"><span class="kern-label">{words}', page.text)
    assert found, page.text
    return unescape(found[1])


def shows(person: Citizen, page: TestResponse, who: str, level: str) -> TestResponse:
    """Show it at the simulated provider; what the account host answers the client's request with then."""
    browser = person.at(HOST)
    choice = browser.follow(browser.get(linked(page, "Mit ")))
    done = browser.submit(choice, {"wer": who, "niveau": level})
    assert done.headers["Location"].startswith("/oidc/authorize?"), done.headers["Location"]
    return browser.follow(done)


def agrees(person: Citizen, answer: TestResponse) -> TestResponse:
    """Say yes where one is asked."""
    if answer.status_code == 303:
        answer = person.at(HOST).follow(answer)
    return person.at(HOST).submit(answer, {"antwort": "ja"})


def test_the_provider_tells_the_levels_that_can_be_shown_here(bus: Outsider) -> None:
    told = bus.open("/.well-known/openid-configuration").json or {}
    assert told["acr_values_supported"] == ["basic", "substantial", "high"]
    assert {"acr", "amr", "auth_time"} <= set(told["claims_supported"])
    assert told["claims_parameter_supported"] is False


def test_a_level_is_shown_and_then_told(bus: Outsider, known: tuple[Citizen, str]) -> None:
    person, who = known
    assert unsigned(bus.signs_in(person)["id_token"])["acr"] == "basic"
    verifier = new_verifier()
    page = to_page(person, bus.send(person, verifier, acr_values="substantial"))
    assert "substanziell" in page.text
    token = claims(bus, shows(person, page, who, "substantial"), verifier)
    assert (token["acr"], token["nonce"]) == ("substantial", "n-1")
    assert "amr" not in token, "what somebody does elsewhere is not known here"
    assert clock.now().timestamp() - token["auth_time"] < 60
    again = bus.send(person, verifier, acr_values="substantial")
    assert claims(bus, again, verifier)["acr"] == "substantial", "it is not asked for twice"


@pytest.mark.parametrize(
    ("wish", "needed"),
    [
        ("high substantial", "hoch"),
        ("substantial high", "substanziell"),
        ("urn:elsewhere high", "hoch"),
    ],
)
def test_the_first_level_that_is_known_is_asked_for(
    bus: Outsider, citizen: Citizen, wish: str, needed: str
) -> None:
    assert f"„{needed}“" in to_page(citizen, bus.send(citizen, new_verifier(), acr_values=wish)).text


@pytest.mark.parametrize("wish", ["basic", "high basic", "urn:elsewhere", ""])
def test_what_is_reached_or_unknown_is_not_asked_for(bus: Outsider, citizen: Citizen, wish: str) -> None:
    assert unsigned(bus.signs_in(citizen, acr_values=wish)["id_token"])["acr"] == "basic"


def test_one_can_go_on_without(bus: Outsider, citizen: Citizen) -> None:
    verifier = new_verifier()
    page = to_page(citizen, bus.send(citizen, verifier, acr_values="high", state="a & b"))
    answer = citizen.at(HOST).get(linked(page, "Ohne Nachweis weiter"))
    answer = agrees(citizen, answer)
    assert said(answer)["state"] == "a & b"
    assert claims(bus, answer, verifier)["acr"] == "basic"


def test_who_shows_less_is_asked_again(bus: Outsider, known: tuple[Citizen, str]) -> None:
    person, who = known
    page = to_page(person, bus.send(person, new_verifier(), acr_values="high"))
    to_page(person, shows(person, page, who, "substantial"))


def test_where_no_page_may_be_shown_the_level_that_is_there_is_told(bus: Outsider, citizen: Citizen) -> None:
    bus.signs_in(citizen)
    verifier = new_verifier()
    answer = bus.send(citizen, verifier, acr_values="high", prompt="none")
    assert claims(bus, answer, verifier)["acr"] == "basic"


def test_where_no_provider_reaches_it_the_level_that_is_there_is_told(
    bus: Outsider, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kreisportal.web.outside_ways.outside_ways", lambda level="basic": [])
    assert (bus.open("/.well-known/openid-configuration").json or {})["acr_values_supported"] == ["basic"]
    assert unsigned(bus.signs_in(citizen, acr_values="high")["id_token"])["acr"] == "basic"


@pytest.mark.parametrize("asks", [{"prompt": "login"}, {"max_age": "0"}])
def test_a_level_and_a_new_sign_in_are_one_way(
    bus: Outsider, known: tuple[Citizen, str], asks: dict[str, str]
) -> None:
    person, who = known
    bus.signs_in(person)
    verifier = new_verifier()
    page = to_page(person, bus.send(person, verifier, acr_values="substantial", **asks))
    token = claims(bus, shows(person, page, who, "substantial"), verifier)
    assert token["acr"] == "substantial"


def test_going_on_without_is_no_way_around_a_new_sign_in(
    bus: Outsider, citizen: Citizen, region: DatabaseCopy
) -> None:
    bus.signs_in(citizen)
    with region.superuser() as connection:
        connection.execute("UPDATE sessions SET authenticated_at = now() - interval '1 minute'")
    page = to_page(citizen, bus.send(citizen, new_verifier(), acr_values="high", prompt="login"))
    answer = citizen.at(HOST).get(linked(page, "Ohne Nachweis weiter"))
    assert answer.headers["Location"].startswith("/de/anmelden?")


def test_nobody_elses_level_is_raised(
    bus: Outsider, citizen: Citizen, stranger: Callable[[], Citizen], program: Program
) -> None:
    other = stranger()
    other.sign_up(program)
    hint = bus.signs_in(other)["id_token"]
    answer = bus.send(citizen, new_verifier(), acr_values="high", id_token_hint=hint)
    assert answer.headers["Location"].startswith("/de/anmelden?")


def test_who_may_choose_an_account_does_so_before_a_level_is_shown(bus: Outsider, citizen: Citizen) -> None:
    verifier = new_verifier()
    answer = bus.send(citizen, verifier, acr_values="high", prompt="select_account")
    assert answer.headers["Location"].startswith("/de/anmelden?")
    to_page(citizen, sign_in_again(citizen, answer))


def test_who_is_not_signed_in_shows_it_at_once(
    bus: Outsider, known: tuple[Citizen, str], stranger: Callable[[], Citizen]
) -> None:
    _, who = known
    fresh, verifier = stranger(), new_verifier()
    page = to_page(fresh, bus.send(fresh, verifier, acr_values="high"))
    assert claims(bus, agrees(fresh, shows(fresh, page, who, "high")), verifier)["acr"] == "high"


def test_a_token_says_by_what_one_signed_in(bus: Outsider, citizen: Citizen) -> None:
    own = citizen.at(HOST)
    assert unsigned(bus.signs_in(citizen)["id_token"])["amr"] == ["pwd"]
    secret, _ = set_up_app(own)
    verifier = new_verifier()
    page = own.follow(bus.send(citizen, verifier, prompt="login"))
    code_page = own.follow(own.submit(page, {"email": citizen.email, "password": PASSWORD}))
    done = own.submit(code_page, {"code": code_of(secret, 1)})
    assert claims(bus, own.follow(done), verifier)["amr"] == ["pwd", "otp", "mfa"]


@pytest.mark.parametrize(
    ("means", "methods"),
    [
        ("password", ["pwd"]),
        ("password+code", ["pwd", "otp", "mfa"]),
        ("password+recovery", ["pwd", "otp", "mfa"]),
        ("passkey", ["pop", "user", "mfa"]),
        ("outside:land", []),
        ("outside:land+code", ["otp"]),
        ("outside:land+recovery", ["otp"]),
        (None, []),
    ],
)
def test_means_in_the_words_of_clients(means: str | None, methods: list[str]) -> None:
    assert methods_of(means) == methods
