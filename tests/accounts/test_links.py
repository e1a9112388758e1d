"""Mailed links: who has an account is told in the mail only, and each link is worth something once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kreisportal.web.program import Program
from tests.accounts.people import HOST, PASSWORD, Citizen, mailed_token, title_of
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

Mails = Callable[[str], list[str]]


@pytest.fixture
def mails_to(region: DatabaseCopy) -> Mails:
    """The templates of the mails that wait to be sent to an address."""

    def read(address: str) -> list[str]:
        with region.superuser() as connection:
            rows = connection.execute(
                "SELECT template FROM mails WHERE recipient = %s ORDER BY created_at", [address]
            )
            return [template for (template,) in rows]

    return read


@pytest.mark.parametrize(
    ("page", "known", "template"),
    [
        ("registrieren", False, "account_sign_up"),
        ("registrieren", True, "account_exists"),
        ("passwort-vergessen", True, "account_password"),
        ("passwort-vergessen", False, "account_unknown"),
    ],
)
def test_the_page_says_the_same_whether_there_is_an_account(
    client: Callable[..., Browser],
    stranger: Callable[[], Citizen],
    program: Program,
    mails_to: Mails,
    page: str,
    known: bool,
    template: str,
) -> None:
    person = stranger()
    if known:
        person.sign_up(program)
    browser = client(HOST)
    answer = browser.submit(browser.get(f"/de/{page}"), {"email": person.email})
    assert (answer.status_code, title_of(answer)) == (200, "Sehen Sie in Ihr Postfach")
    assert mails_to(person.email) == [template]


def test_a_mailbox_is_not_bombed(
    client: Callable[..., Browser], stranger: Callable[[], Citizen], mails_to: Mails
) -> None:
    person, browser = stranger(), client(HOST)
    for _ in range(6):
        answer = browser.submit(browser.get("/de/registrieren"), {"email": person.email})
        assert title_of(answer) == "Sehen Sie in Ihr Postfach"
    assert len(mails_to(person.email)) == 3


@pytest.mark.parametrize("typed", ["", "keine", "a@b", "a@b.example\r\nBcc: c@d.example"])
def test_what_is_no_address_is_told_at_the_field(client: Callable[..., Browser], typed: str) -> None:
    browser = client(HOST)
    answer = browser.submit(browser.get("/de/registrieren"), {"email": typed})
    assert answer.status_code == 422
    assert "name@beispiel.de" in answer.text


def test_a_link_is_worth_something_once(program: Program, stranger: Callable[[], Citizen]) -> None:
    person = stranger()
    token = mailed_token(program, person.email)
    browser = person.at(HOST)
    page = browser.get(f"/de/link/{token}")
    assert browser.get(f"/de/link/{token}").status_code == 200, "looking at it uses nothing up"
    assert browser.submit(page, {"new_password": PASSWORD, "repeated": PASSWORD}).status_code == 303
    assert title_of(browser.get(f"/de/link/{token}")) == "Dieser Link gilt nicht mehr"
    again = browser.post(f"/de/link/{token}", {"new_password": PASSWORD, "repeated": PASSWORD})
    assert again.status_code in (400, 404)


def test_a_weak_password_does_not_use_the_link_up(program: Program, stranger: Callable[[], Citizen]) -> None:
    person = stranger()
    token = mailed_token(program, person.email)
    browser = person.at(HOST)
    weak = {"new_password": "passwort1234", "repeated": "passwort1234"}
    refused = browser.submit(browser.get(f"/de/link/{token}"), weak)
    assert refused.status_code == 422
    assert browser.get(f"/de/link/{token}").status_code == 200


def test_a_newer_link_to_an_address_ends_the_older_ones(
    program: Program, stranger: Callable[[], Citizen]
) -> None:
    person = stranger()
    older = mailed_token(program, person.email)
    person.sign_up(program)
    assert title_of(person.at(HOST).get(f"/de/link/{older}")) == "Dieser Link gilt nicht mehr"


def test_a_new_password_ends_all_sessions(
    program: Program, citizen: Citizen, client: Callable[..., Browser]
) -> None:
    citizen.sign_in_at("vechta")
    elsewhere = client(HOST)
    token = mailed_token(program, citizen.email)
    chosen = {"new_password": "Vier andere Woerter passen gut", "repeated": "Vier andere Woerter passen gut"}
    elsewhere.submit(elsewhere.get(f"/de/link/{token}"), chosen)
    assert citizen.at(HOST).get("/de/").status_code == 303
    assert citizen.email not in citizen.at("vechta.localhost").get("/de/kontakt").text
