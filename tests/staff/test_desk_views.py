"""The pages of signing in at a town's desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.staff.models import Staff
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
