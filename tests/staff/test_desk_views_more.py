"""The pages of signing in at a town's desk."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from kreisportal.access.roles import Role
from kreisportal.credentials.second_factor import code_at
from kreisportal.kernel import clock
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.staff import service
from kreisportal.staff.models import Staff
from tests.support.browser import Browser
from tests.support.staff import Person, sign_in

HOST = "verwaltung.vechta.localhost"
SESSION = "__Host-session"
PASSWORD = "blaue Gurken tanzen leise"
Client = Callable[..., Browser]

pytestmark = pytest.mark.usefixtures("end_delays")


@pytest.fixture
def browser(client: Client) -> Browser:
    """Somebody's browser at Vechta's desk."""
    return client(HOST)


def _location(response: TestResponse) -> str:
    assert response.status_code == 303, response.status
    return response.headers["Location"].removeprefix(f"https://{HOST}")


def _password(browser: Browser, person: Person, path: str = "/de/anmelden") -> TestResponse:
    return browser.submit(browser.get(path), {"email": person.email, "password": person.password})


@pytest.mark.parametrize("change", [{"active": False}, {"roles": [Role.TENANT_ADMIN]}])
def test_a_change_holds_from_the_next_request_on(
    browser: Browser, person: Person, database: Database, change: dict[str, Any]
) -> None:
    sign_in(browser, person)
    assert browser.get("/de/vorgaenge/").status_code == 200
    with database.transaction(REGION) as session:
        member = session.get_one(Staff, (person.tenant_id, person.id))
        service.change_member(session, REGION, member, **change)
    assert browser.get("/de/vorgaenge/").status_code == (303 if "active" in change else 403)


def test_an_invitation_from_the_link_to_the_desk(
    browser: Browser, database: Database, towns: dict[str, int], frozen: datetime
) -> None:
    new = {"email": "neu@rathaus.example", "name": "Nora Neu", "roles": ["caseworker"]}
    with database.transaction(REGION) as session:
        _, token = service.add_member(session, REGION, towns["vechta"], new, clock.now())
    page = browser.get(f"/de/einladung/{token}")
    assert "Nora Neu" in page.text
    short = browser.submit(page, {"new_password": "kurz", "repeated": "kurz"})
    assert short.status_code == 422
    assert "mindestens 12 Zeichen" in short.text
    differing = browser.submit(page, {"new_password": PASSWORD, "repeated": PASSWORD + "!"})
    assert "nicht dasselbe Passwort" in differing.text
    enrol = browser.follow(browser.submit(differing, {"new_password": PASSWORD, "repeated": PASSWORD}))
    assert 'src="data:image/svg+xml' in enrol.text
    (letters,) = re.findall(r'<code class="kp-number[^"]*" translate="no">([A-Z2-7 ]+)</code>', enrol.text)
    assert browser.get("/de/").status_code == 303
    assert browser.submit(enrol, {"code": "123456"}).status_code == 422
    codes = browser.submit(enrol, {"code": code_at(letters.replace(" ", ""), frozen)[0]})
    assert codes.status_code == 200
    assert codes.headers["Cache-Control"] == "no-store"
    shown = re.findall(r"<code[^>]*>([A-Z0-9-]{17})</code>", codes.text)
    assert len(shown) == 10
    (file,) = re.findall(r'href="data:text/plain;charset=utf-8,([^"]+)"', html.unescape(codes.text))
    assert all(code in file for code in shown)
    assert "Angemeldet als Nora Neu" in codes.text
    assert browser.get("/de/").status_code == 200
    assert browser.get(f"/de/einladung/{token}").status_code == 404


def test_who_left_after_the_password_sets_up_the_app_next_time(
    browser: Browser, client: Client, database: Database, towns: dict[str, int]
) -> None:
    new = {"email": "halb@rathaus.example", "name": "Hella Halb", "roles": ["caseworker"]}
    with database.transaction(REGION) as session:
        _, token = service.add_member(session, REGION, towns["vechta"], new, clock.now())
    browser.submit(browser.get(f"/de/einladung/{token}"), {"new_password": PASSWORD, "repeated": PASSWORD})
    again = client(HOST)
    first = again.submit(again.get("/de/anmelden"), {"email": "halb@rathaus.example", "password": PASSWORD})
    assert _location(first) == "/de/anmelden/einrichten"
    assert again.follow(first).status_code == 200
    assert again.get("/de/").status_code == 303


def test_an_invitation_that_is_gone_says_what_to_do(browser: Browser) -> None:
    page = browser.get("/de/einladung/nicht-mehr-da")
    assert page.status_code == 404
    assert "Diese Einladung gilt nicht mehr" in page.text
    known = browser.get("/de/anmelden")
    sent = browser.post(
        "/de/einladung/nicht-mehr-da",
        {**_hidden(known), "new_password": PASSWORD, "repeated": PASSWORD},
    )
    assert sent.status_code == 404


def _hidden(page: TestResponse) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))


def test_changing_the_password_ends_other_sessions(browser: Browser, person: Person, client: Client) -> None:
    other = client(HOST)
    other.submit(other.follow(_password(other, person)), {"code": person.recovery_codes[0]})
    with_recovery = client(HOST)
    page = with_recovery.follow(_password(with_recovery, person))
    with_recovery.submit(page, {"code": person.code()})
    form = with_recovery.get("/de/zugang/passwort")
    assert re.search(rf'name="email"[^>]*value="{person.email}"[^>]* readonly[ >]', form.text, re.S)
    values = {"new_password": PASSWORD, "repeated": PASSWORD}
    wrong = with_recovery.submit(form, {"old_password": "falsch", **values})
    assert wrong.status_code == 422
    assert "Das Passwort stimmt nicht." in wrong.text
    weak = with_recovery.submit(
        form, {"old_password": person.password, "new_password": "Vechta-2026-!", "repeated": "Vechta-2026-!"}
    )
    assert "leicht zu erraten" in weak.text
    before = with_recovery.cookie(SESSION)
    done = with_recovery.follow(with_recovery.submit(form, {"old_password": person.password, **values}))
    assert "Ihr Passwort ist geändert." in done.text
    assert with_recovery.cookie(SESSION) != before
    assert with_recovery.get("/de/").status_code == 200
    assert other.get("/de/").status_code == 303


def test_new_recovery_codes_need_the_password(browser: Browser, person: Person) -> None:
    sign_in(browser, person)
    page = browser.get("/de/zugang/ersatzcodes")
    refused = browser.submit(page, {"password": "falsch"})
    assert refused.status_code == 422
    shown = browser.submit(page, {"password": person.password})
    codes = re.findall(r"<code[^>]*>([A-Z0-9-]{17})</code>", shown.text)
    assert len(codes) == 10
    assert not set(codes) & set(person.recovery_codes)


def test_another_app_needs_the_password(browser: Browser, person: Person, frozen: datetime) -> None:
    sign_in(browser, person)
    page = browser.get("/de/zugang/app")
    assert browser.submit(page, {"password": "falsch"}).status_code == 422
    enrol = browser.follow(browser.submit(page, {"password": person.password}))
    (letters,) = re.findall(r'<code class="kp-number[^"]*" translate="no">([A-Z2-7 ]+)</code>', enrol.text)
    assert letters.replace(" ", "") != person.secret
    done = browser.submit(
        enrol, {"code": code_at(letters.replace(" ", ""), frozen + timedelta(seconds=30))[0]}
    )
    assert "Ihre Ersatzcodes" in done.text
    assert browser.get("/de/").status_code == 200


def test_the_account_page_warns_when_codes_run_out(
    browser: Browser, person: Person, database: Database
) -> None:
    sign_in(browser, person)
    assert "gehen zur Neige" not in browser.get("/de/zugang/").text
    with database.transaction(REGION) as session:
        member = session.get_one(Staff, (person.tenant_id, person.id))
        member.recovery_codes = member.recovery_codes[:2]
    page = browser.get("/de/zugang/")
    assert "gehen zur Neige" in page.text
    assert "Sachbearbeitung" in page.text


def test_pages_exist_in_english(browser: Browser, person: Person) -> None:
    page = browser.get("/en/anmelden")
    assert "Sign in to the administration" in page.text
    wrong = browser.submit(page, {"email": person.email, "password": "falsch"})
    assert "E-mail address or password is wrong." in wrong.text
    code = browser.follow(browser.submit(page, {"email": person.email, "password": person.password}))
    assert "Code from the app" in code.text
    assert "Hello, Erika Muster" in browser.follow(browser.submit(code, {"code": person.code()})).text


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/de/anmelden", {"email": "username", "password": "current-password"}),
        ("/de/anmelden/code", {"code": "one-time-code"}),
        (
            "/de/zugang/passwort",
            {"email": "username", "old_password": "current-password", "new_password": "new-password"},
        ),
    ],
)
def test_password_managers_know_what_to_fill_in(
    browser: Browser, person: Person, path: str, wanted: dict[str, str]
) -> None:
    if "zugang" in path:
        sign_in(browser, person)
    elif "code" in path:
        _password(browser, person)
    page = browser.get(path).text
    for name, fill in wanted.items():
        assert re.search(rf'<input[^>]*name="{name}"[^>]*autocomplete="{fill}"', page, re.S), name


def test_who_is_signed_in_skips_the_door(browser: Browser, person: Person) -> None:
    sign_in(browser, person)
    for path in (
        "/de/anmelden",
        "/de/anmelden/code",
        "/de/anmelden/ersatzcode",
        "/de/anmelden/einrichten",
    ):
        assert _location(browser.get(path)) == "/de/", path


def test_staff_pages_are_at_the_desk_only(client: Client) -> None:
    portal = client("vechta.localhost")
    for path in ("/de/zugang/", "/de/anmelden/code", "/de/einladung/x"):
        assert portal.get(path).status_code == 404, path
    # The portal's own way in leads to the account host, never to staff's.
    assert (
        portal.get("/de/anmelden").headers["Location"].startswith("https://konto.localhost/oidc/authorize?")
    )
