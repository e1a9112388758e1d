"""The pages of signing in at a town's desk."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from kreisportal.access.roles import Role
from kreisportal.kernel import clock
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.staff import service
from kreisportal.staff.models import Staff
from kreisportal.staff.second_factor import code_at
from tests.staff.conftest import Audit
from tests.support.browser import Browser, forms_of
from tests.support.server import DatabaseCopy
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


def test_password_and_code_lead_to_the_desk(browser: Browser, person: Person) -> None:
    first = _password(browser, person)
    assert _location(first) == "/de/anmelden/code"
    second = browser.submit(browser.follow(first), {"code": person.code()})
    assert _location(second) == "/de/"
    page = browser.follow(second)
    assert page.status_code == 200
    assert "Guten Tag, Erika Muster" in page.text
    assert "Angemeldet als Erika Muster" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_each_step_has_a_session_of_its_own(browser: Browser, person: Person, client: Client) -> None:
    browser.set_cookie(SESSION, "given-by-an-attacker")
    first = _password(browser, person)
    half = browser.cookie(SESSION)
    browser.submit(browser.follow(first), {"code": person.code()})
    whole = browser.cookie(SESSION)
    assert len({"given-by-an-attacker", half, whole}) == 3
    thief = client(HOST)
    thief.set_cookie(SESSION, half or "")
    assert "/de/anmelden" in _location(thief.get("/de/anmelden/code"))


def test_half_a_session_opens_nothing_but_the_second_step(browser: Browser, person: Person) -> None:
    _password(browser, person)
    for path in ("/de/", "/de/zugang/", "/de/zugang/passwort", "/de/vorgaenge/"):
        assert _location(browser.get(path)).startswith("/de/anmelden?next="), path
    assert browser.get("/de/anmelden/einrichten").status_code == 403


def test_half_a_session_ends_after_ten_minutes(
    browser: Browser, person: Person, region: DatabaseCopy
) -> None:
    page = browser.follow(_password(browser, person))
    with region.superuser() as connection:
        connection.execute(
            "UPDATE sessions SET seen_at = now() - interval '601 s' WHERE staff_id = %s", [person.id]
        )
    assert "/de/anmelden?next=" in _location(browser.submit(page, {"code": person.code()}))


def test_a_session_of_one_town_is_none_in_another(desk: Callable[..., Browser], client: Client) -> None:
    stolen = desk("vechta").cookie(SESSION)
    for host in ("verwaltung.cloppenburg.localhost", "verwaltung.lohne.localhost"):
        other = client(host)
        other.set_cookie(SESSION, stolen or "")
        assert other.get("/de/").status_code == 303


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": "", "password": "x"}, "email"),
        ({"email": "e@rathaus.example", "password": ""}, "password"),
        ({"email": "e@rathaus.example", "password": "falsch"}, "email"),
    ],
)
def test_what_is_wrong_stands_in_the_summary_and_at_the_field(
    browser: Browser, typed: dict[str, str], field: str
) -> None:
    page = browser.submit(browser.get("/de/anmelden"), typed)
    assert page.status_code == 422
    assert "<title>Fehler:" in page.text
    assert re.search(rf'data-error-summary>.*href="#{field}"', page.text, re.S)
    assert re.search(rf'id="{field}"[^>]*aria-describedby="{field}-error"', page.text, re.S)
    assert f'value="{typed["email"]}"' in page.text
    assert "falsch" not in page.text


def test_known_and_unknown_addresses_get_the_same_page(client: Client, person: Person) -> None:
    pages = []
    for email in (person.email, "n" * len(person.email.partition("@")[0]) + "@rathaus.example"):
        browser = client(HOST, address=f"192.0.2.{len(pages)}")
        form = browser.get("/de/anmelden")
        seen = [browser.submit(form, {"email": email, "password": "falsch"}) for _ in range(6)]
        pages.append([(page.status_code, _without(page.text, email)) for page in seen])
    assert [status for status, _ in pages[0]] == [422] * 5 + [429]
    assert pages[0] == pages[1]


def _without(text: str, *variable: str) -> str:
    for part in variable:
        text = text.replace(part, "")
    return re.sub(r'name="csrf_token" value="[^"]*"|ab \d\d:\d\d Uhr', "", text)


def test_the_delay_is_told_with_the_time(browser: Browser, person: Person) -> None:
    page = browser.get("/de/anmelden")
    for _ in range(5):
        browser.submit(page, {"email": person.email, "password": "falsch"})
    refused = browser.submit(page, {"email": person.email, "password": person.password})
    assert refused.status_code == 429
    assert re.search(r"Versuchen Sie es ab \d\d:\d\d Uhr noch einmal", refused.text)
    assert browser.cookie(SESSION) is None


def test_a_wrong_code_keeps_the_half_session(browser: Browser, person: Person) -> None:
    page = browser.follow(_password(browser, person))
    wrong = browser.submit(page, {"code": "000000"})
    assert wrong.status_code == 422
    assert "Dieser Code stimmt nicht" in wrong.text
    assert _location(browser.submit(wrong, {"code": person.code()})) == "/de/"


def test_a_recovery_code_instead_of_the_app(browser: Browser, person: Person) -> None:
    page = browser.follow(_password(browser, person, "/de/anmelden"))
    (path,) = re.findall(r'href="(/de/anmelden/ersatzcode)"', page.text)
    recovery = browser.get(path)
    assert browser.submit(recovery, {"code": "AAAAA-AAAAA-AAAAA"}).status_code == 422
    done = browser.follow(browser.submit(recovery, {"code": person.recovery_codes[0]}))
    assert "Sie haben noch 9 Ersatzcodes." in done.text


def test_one_is_led_back_to_where_one_wanted_to_go(browser: Browser, person: Person) -> None:
    wanted = "/de/zugang/passwort?x=1&y=%C3%BC"
    first = browser.get(wanted)
    assert _location(first) == f"/de/anmelden?next={quote(wanted, safe='/?')}"
    second = browser.submit(browser.follow(first), {"email": person.email, "password": person.password})
    third = browser.submit(browser.follow(second), {"code": person.code()})
    assert browser.follow(third).status_code == 200
    assert _location(third).startswith("/de/zugang/passwort?x=1")
    assert _location(browser.get(f"/de/anmelden?next={quote(wanted)}")).startswith("/de/zugang/passwort")


@pytest.mark.parametrize(
    "evil", ["//boese.example", "/\\boese.example", "https://boese.example", "/\t/boese.example"]
)
def test_nobody_is_led_elsewhere(browser: Browser, person: Person, evil: str) -> None:
    page = browser.get("/de/anmelden?next=" + quote(evil, safe=""))
    assert not any("boese" in form.action for form in forms_of(page.text))
    first = browser.submit(page, {"email": person.email, "password": person.password})
    assert "boese" not in _location(first)
    second = browser.submit(
        browser.get("/de/anmelden/code?next=" + quote(evil, safe="")), {"code": person.code()}
    )
    assert _location(second) == "/de/"
    assert _location(browser.get("/de/anmelden?next=" + quote(evil, safe=""))) == "/de/"


def test_a_form_sent_too_late_leads_back_to_its_page(
    browser: Browser, person: Person, region: DatabaseCopy
) -> None:
    sign_in(browser, person)
    page = browser.get("/de/zugang/passwort")
    with region.superuser() as connection:
        connection.execute("DELETE FROM sessions WHERE staff_id = %s", [person.id])
    late = browser.submit(page, {"old_password": "a", "new_password": "b", "repeated": "b"})
    assert _location(late) == "/de/anmelden?next=/de/zugang/passwort"


def test_forms_need_their_token(browser: Browser, person: Person) -> None:
    values = {"email": person.email, "password": person.password}
    assert browser.post("/de/anmelden", values).status_code == 400
    sign_in(browser, person)
    assert browser.post("/de/abmelden").status_code == 400
    assert browser.get("/de/").status_code == 200


def test_signing_out_ends_the_session(
    browser: Browser, person: Person, client: Client, audit_of: Audit
) -> None:
    sign_in(browser, person)
    kept = browser.cookie(SESSION)
    out = browser.submit(browser.get("/de/"), action="/abmelden")
    assert _location(out) == "/de/anmelden"
    assert "Sie sind abgemeldet." in browser.follow(out).text
    assert browser.get("/de/").status_code == 303
    thief = client(HOST)
    thief.set_cookie(SESSION, kept or "")
    assert thief.get("/de/").status_code == 303
    assert audit_of(person)[-1] == ("signed-out", {})


def test_who_was_switched_off_can_still_leave(browser: Browser, person: Person, database: Database) -> None:
    sign_in(browser, person)
    page = browser.get("/de/")
    with database.transaction(REGION) as session:
        session.get_one(Staff, (person.tenant_id, person.id)).active = False
    assert _location(browser.submit(page, action="/abmelden")) == "/de/anmelden"
    assert not browser.cookie(SESSION)


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
    (letters,) = re.findall(r'<code class="kp-number" translate="no">([A-Z2-7 ]+)</code>', enrol.text)
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
    (letters,) = re.findall(r'<code class="kp-number" translate="no">([A-Z2-7 ]+)</code>', enrol.text)
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
    for path in ("/de/anmelden", "/de/zugang/", "/de/anmelden/code"):
        assert portal.get(path).status_code == 404, path
