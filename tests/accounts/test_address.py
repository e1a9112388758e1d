"""Another address: confirmed at the new one by who is signed in, undone from the old one by who reads it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from kreisportal.accounts.address import address_token
from kreisportal.web.program import Program
from tests.accounts.people import HOST, PASSWORD, Citizen, add_passkey, mailed_token, set_up_app, title_of
from tests.support.authenticator import Authenticator
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy
from tests.support.statements import statements_sent

pytestmark = pytest.mark.usefixtures("end_delays")

Client = Callable[..., Browser]
Token = Callable[[str, str], str]
NOTICE = "account_address_changed"


@pytest.fixture
def token(region: DatabaseCopy, program: Program) -> Token:
    """The token in the newest mail of a template to an address."""

    def read(email: str, template: str) -> str:
        with region.superuser() as connection:
            row = connection.execute(
                "SELECT data->>'link_id' FROM mails WHERE recipient = %s AND template = %s"
                " ORDER BY created_at DESC",
                [email, template],
            ).fetchone()
        assert row, f"no {template} to {email}"
        return address_token(program.settings.secret_key, uuid.UUID(row[0]))

    return read


def ask(browser: Browser, email: str) -> TestResponse:
    return browser.submit(browser.get("/de/zugang/adresse"), {"email": email}, "zugang/adresse")


def change(citizen: Citizen, new: str, token: Token) -> TestResponse:
    own = citizen.at(HOST)
    ask(own, new)
    path = f"/de/zugang/adresse/{token(new, 'account_address')}"
    return own.submit(own.get(path), {}, path)


def sign_in(browser: Browser, email: str, password: str = PASSWORD) -> int:
    return browser.submit(browser.get("/de/anmelden"), {"email": email, "password": password}).status_code


def is_in(browser: Browser) -> bool:
    return browser.get("/de/").status_code == 200


def undo(client: Client, path: str) -> TestResponse:
    browser = client(HOST)
    return browser.submit(browser.get(path), {}, path)


def test_the_new_address_counts_once_its_link_is_opened(
    citizen: Citizen, client: Client, token: Token
) -> None:
    elsewhere, own, new = client(HOST), citizen.at(HOST), f"neu-{citizen.email}"
    assert sign_in(elsewhere, citizen.email) == 303
    assert title_of(ask(own, new.upper())) == "Sehen Sie in Ihr Postfach"
    assert sign_in(client(HOST), new) == 422
    path = f"/de/zugang/adresse/{token(new, 'account_address')}"
    page = own.get(path)
    assert own.get(path).status_code == 200, "looking at it uses nothing up"
    before = own.cookie("__Host-session")
    assert own.submit(page, {}, path).status_code == 303
    assert new in own.get("/de/zugang/").text
    assert before == own.cookie("__Host-session")
    assert not is_in(elsewhere), "others are signed out"
    assert (sign_in(client(HOST), new), sign_in(client(HOST), citizen.email)) == (303, 422)
    assert title_of(own.get(path)) == "Dieser Link gilt nicht mehr"


def test_the_page_says_the_same_whether_an_account_has_the_address(
    citizen: Citizen, stranger: Callable[[], Citizen], program: Program, region: DatabaseCopy
) -> None:
    other, own = stranger(), citizen.at(HOST)
    other.sign_up(program)
    free = f"frei-{other.email}"
    answers = [ask(own, email) for email in (other.email, free)]
    told = [
        answer.text.replace(free, "X").replace(other.email, "X").split("csrf_token")[0] for answer in answers
    ]
    assert told[0] == told[1]
    with region.superuser() as connection:
        rows = connection.execute(
            "SELECT recipient, template FROM mails WHERE recipient = ANY (%s)", [[other.email, free]]
        )
        assert dict(rows.fetchall()) == {other.email: "account_address_taken", free: "account_address"}


def test_asking_costs_the_same_whether_an_account_has_the_address(
    citizen: Citizen, stranger: Callable[[], Citizen], program: Program
) -> None:
    """Counted in statements, which is what the time is made of."""
    other, own = stranger(), citizen.at(HOST)
    other.sign_up(program)
    counts = []
    for email in (other.email, f"frei-{other.email}"):
        page = own.get("/de/zugang/adresse")
        with statements_sent() as statements:
            own.submit(page, {"email": email}, "zugang/adresse")
        counts.append(statements)
    assert counts[0] == counts[1]


def test_an_address_that_was_taken_meanwhile_is_not_given(
    citizen: Citizen, stranger: Callable[[], Citizen], program: Program, token: Token
) -> None:
    other, own = stranger(), citizen.at(HOST)
    ask(own, other.email)
    path = f"/de/zugang/adresse/{token(other.email, 'account_address')}"
    page = own.get(path)
    other.sign_up(program)
    assert own.submit(page, {}, path).status_code == 404
    assert citizen.email in own.get("/de/zugang/").text


def test_a_link_is_nothing_to_another_account(
    citizen: Citizen, stranger: Callable[[], Citizen], program: Program, token: Token
) -> None:
    other, new = stranger(), f"neu-{citizen.email}"
    other.sign_up(program)
    ask(citizen.at(HOST), new)
    path = f"/de/zugang/adresse/{token(new, 'account_address')}"
    assert other.at(HOST).get(path).status_code == 404
    page = other.at(HOST).get("/de/zugang/adresse")
    assert other.at(HOST).submit(page, {"email": "x@y.example"}, "adresse").status_code == 200
    token_of_form = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    assert other.at(HOST).post(path, {"csrf_token": token_of_form}).status_code == 404
    assert other.email in other.at(HOST).get("/de/zugang/").text


def test_the_old_address_takes_the_account_back(citizen: Citizen, client: Client, token: Token) -> None:
    """A thief at an open screen changes the address and adds ways in; the owner's mailbox undoes all of it."""
    thief, old = citizen.at(HOST), citizen.email
    change(citizen, f"dieb-{old}", token)
    device = Authenticator()
    add_passkey(thief, device)
    set_up_app(thief)
    change(citizen, f"zweit-{old}", token)
    done = undo(client, f"/de/adresse-zurueck/{token(old, NOTICE)}")
    assert (done.status_code, done.headers["Location"]) == (303, "/de/passwort-vergessen")
    assert not is_in(thief)
    assert sign_in(client(HOST), old) == 422, "the password that the thief knows"
    path = f"/de/adresse-zurueck/{token(f'dieb-{old}', NOTICE)}"
    assert title_of(client(HOST).get(path)) == "Dieser Link gilt nicht mehr", "nor does the thief's undo it"


def test_a_link_back_that_is_over_speaks_of_no_other_account(citizen: Citizen, client: Client) -> None:
    """Nobody need be signed in for it, and who is had better not be told that it is another account's."""
    for browser, way in ((citizen.at(HOST), "/de/zugang/"), (client(HOST), "/de/anmelden")):
        page = browser.get("/de/adresse-zurueck/vorbei")
        assert page.status_code == 404
        assert "älter als 7 Tage" in page.text
        assert "anderen Konto" not in page.text
        assert f'href="{way}"' in page.text.split("<main", 1)[1]


def test_what_was_there_before_the_change_stays(
    citizen: Citizen, client: Client, token: Token, program: Program
) -> None:
    """Who reads the old mailbox only does not get around a second factor."""
    own = citizen.at(HOST)
    set_up_app(own)
    change(citizen, f"neu-{citizen.email}", token)
    undo(client, f"/de/adresse-zurueck/{token(citizen.email, NOTICE)}")
    browser, new = client(HOST), "Vier andere Woerter passen gut"
    page = browser.get(f"/de/link/{mailed_token(program, citizen.email)}")
    page = browser.follow(browser.submit(page, {"new_password": new, "repeated": new}))
    assert title_of(page) == "Code eingeben"


@pytest.mark.parametrize("typed", ["", "keine", "a@b", "a@b.example\r\nBcc: c@d.example"])
def test_what_is_no_address_is_told_at_the_field(citizen: Citizen, typed: str) -> None:
    answer = ask(citizen.at(HOST), typed)
    assert answer.status_code == 422
    assert "name@beispiel.de" in answer.text


def test_ones_own_address_is_no_new_one(citizen: Citizen) -> None:
    assert "Das ist schon Ihre Adresse." in ask(citizen.at(HOST), citizen.email).text
