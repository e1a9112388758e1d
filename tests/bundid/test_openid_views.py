"""Signing in with an account elsewhere: bound to the browser, to one provider and one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from werkzeug.test import TestResponse

from kreisportal.app import create_app, create_program, create_wsgi
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.accounts.people import HOST, Citizen, mailed_token, title_of
from tests.bundid.provider_of_ours import Liar, lying
from tests.bundid.showing import is_in
from tests.support.browser import Browser
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

pytestmark = pytest.mark.usefixtures("end_delays")

Client = Callable[..., Browser]


@pytest.fixture(scope="module")
def liar() -> Iterator[Liar]:
    """A provider that is set up under two keys."""
    with lying() as found:
        yield found


@pytest.fixture(scope="module")
def program(region: DatabaseCopy, liar: Liar, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program in production, with providers."""
    settings = settings_for(region, tmp_path_factory.mktemp("data"))
    providers = (liar.settings(), liar.settings(key="bund", issuer="http://127.0.0.1:9"))
    made = create_program(replace(settings, openid_providers=providers))
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def wsgi(program: Program, locksmith: Locksmith) -> WSGIApplication:
    """The program behind all its layers."""
    return create_wsgi(program, create_app(program, locksmith.passwords))


def begin(browser: Browser, liar: Liar, subject: str, wanted: str = "") -> dict[str, str]:
    """Begin to sign in; what the provider was asked."""
    liar.claims = {"sub": subject}
    answer = browser.get(f"/de/anmelden/mit/land?{urlencode({'next': wanted})}")
    assert answer.status_code == 303, answer.text
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    liar.nonce = asked["nonce"]
    return asked


def come_back(browser: Browser, asked: dict[str, str], key: str = "land", **changes: str) -> TestResponse:
    return browser.get(
        f"/anmelden/zurueck/{key}?{urlencode({'code': 'c', 'state': asked['state'], **changes})}"
    )


def refused(answer: TestResponse) -> bool:
    return "nicht-geklappt" in answer.headers.get("Location", "")


def test_the_page_names_the_providers_that_are_set_up(client: Client) -> None:
    page = client(HOST).get("/de/anmelden")
    assert "Mit Landeskonto anmelden" in page.text
    assert "Simulation" not in page.text
    assert "Sign in with Land&#39;s account" in client(HOST).get("/en/anmelden").text


def test_from_there_and_back_to_an_account(
    client: Client, liar: Liar, program: Program, stranger: Callable[[], Citizen]
) -> None:
    browser, person = client(HOST), stranger()
    asked = begin(browser, liar, person.email)
    assert asked["redirect_uri"] == f"https://{HOST}/anmelden/zurueck/land"
    assert come_back(browser, asked).headers["Location"] == "/de/anmelden/unbekannt"
    link = browser.get(f"/de/link/{mailed_token(program, person.email)}")
    browser.submit(link, {}, "ohne-passwort")
    other = client(HOST)
    asked = begin(other, liar, person.email, "/de/einstellungen")
    assert come_back(other, asked).headers["Location"] == "/de/einstellungen"
    assert is_in(other)


def test_an_answer_is_taken_once_and_by_the_browser_that_asked(client: Client, liar: Liar) -> None:
    browser, victim = client(HOST), client(HOST)
    asked = begin(browser, liar, "angreifer")
    assert refused(come_back(victim, asked)), "the code of one who wants another to be signed in as him"
    begin(victim, liar, "opfer")
    assert refused(come_back(victim, asked)), "also while the other is signing in"
    liar.nonce, liar.claims = asked["nonce"], {"sub": "angreifer"}
    assert not refused(come_back(browser, asked))
    assert refused(come_back(browser, asked)), "again"


def test_an_answer_of_another_provider_is_refused(client: Client, liar: Liar) -> None:
    browser = client(HOST)
    asked = begin(browser, liar, "anna")
    assert refused(come_back(browser, asked, "bund")), "mixed up by the address"
    asked = begin(browser, liar, "anna")
    assert refused(come_back(browser, asked, iss="https://evil.example")), "mixed up by its word"
    asked = begin(browser, liar, "anna")
    liar.nonce = "of another sign-in"
    assert refused(come_back(browser, asked))
    assert browser.get("/anmelden/zurueck/nobody").status_code == 404
    asked = begin(browser, liar, "anna")
    assert not refused(come_back(browser, asked, iss=liar.issuer))


def test_who_says_no_there_is_told_so_here(client: Client, liar: Liar) -> None:
    browser = client(HOST)
    asked = begin(browser, liar, "anna")
    page = browser.follow(come_back(browser, asked, error="access_denied"))
    assert page.status_code == 200
    assert "abgebrochen" in page.text


def test_a_provider_that_is_away_is_told_in_words(client: Client) -> None:
    browser = client(HOST)
    page = browser.follow(browser.get("/de/anmelden/mit/bund"))
    assert page.status_code == 422
    assert "antwortet gerade nicht" in page.text
    assert title_of(page) == "Die Anmeldung hat nicht geklappt"


def test_who_is_signed_in_shows_it_anew(citizen: Citizen, liar: Liar) -> None:
    own = citizen.at(HOST)
    asked = begin(own, liar, citizen.email)
    assert (asked["prompt"], asked["max_age"]) == ("login", "900")
    liar.claims = {"sub": citizen.email, "auth_time": 1}
    assert refused(come_back(own, asked)), "somebody at an open screen, who is still signed in there"
    assert own.get("/de/zugang/anbieter/verbinden").headers["Location"] == "/de/zugang/"


def test_another_account_meanwhile_is_not_joined(
    citizen: Citizen, liar: Liar, program: Program, stranger: Callable[[], Citizen]
) -> None:
    """Begun by one person and come back while another is signed in, e.g. in another tab."""
    own, other = citizen.at(HOST), stranger()
    other.sign_up(program)
    asked = begin(own, liar, citizen.email)
    own.set_cookie("__Host-session", other.at(HOST).cookie("__Host-session") or "")
    assert refused(come_back(own, asked))
    own.set_cookie("__Host-session", "")
    assert refused(come_back(own, asked))
