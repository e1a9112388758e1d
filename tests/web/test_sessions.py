"""Sessions: a random id in a cookie that is worth something at one host only, and never the same twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import jsonify, request

from kreisportal.access.who import Who
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.web import sessions
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy
from tests.web.small_app import with_views

Client = Callable[..., Browser]
CASE, DRAFT = uuid.uuid4(), uuid.uuid4()
PORTAL, OTHER = "vechta.localhost", "lohne.localhost"


def show() -> Any:
    session = sessions.current_session()
    granted = sorted([tenant, str(subject)] for tenant, subject in session.grants)
    return jsonify(known=session.token is not None, grants=granted)


def grant() -> str:
    sessions.grant(int(request.args["tenant"]), uuid.UUID(request.args["subject"]))
    return "ok"


def leave() -> str:
    sessions.close_session()
    return "ok"


def peek(subject: str) -> str:
    return str(sessions.current_session().tenant_of(uuid.UUID(subject)))


@pytest.fixture
def guests(program: Program) -> Iterator[Client]:
    """Browsers at portals with pages that grant, show and end sessions."""
    with with_views(program, {"show": show, "grant": grant, "leave": leave}) as client:
        yield client


def granted(browser: Browser) -> Any:
    return browser.get("/test/show").json


def give(browser: Browser, subject: uuid.UUID = CASE, tenant: int = 1) -> str:
    browser.get(f"/test/grant?tenant={tenant}&subject={subject}")
    token = browser.cookie(SESSION_COOKIE)
    assert token
    return token


def test_nobody_gets_a_cookie_for_looking(guests: Client) -> None:
    browser = guests(PORTAL)
    assert granted(browser) == {"known": False, "grants": []}
    assert browser.cookie(SESSION_COOKIE) is None


def test_a_grant_begins_a_session_with_a_safe_cookie(guests: Client) -> None:
    answer = guests(PORTAL).get(f"/test/grant?tenant=1&subject={CASE}")
    [cookie] = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(SESSION_COOKIE)]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"secure", "httponly", "path=/", "samesite=lax"}
    assert SESSION_COOKIE.startswith("__Host-")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]


def test_a_session_remembers_what_it_was_shown(guests: Client) -> None:
    browser = guests(PORTAL)
    give(browser)
    give(browser, DRAFT, 2)
    assert granted(browser) == {"known": True, "grants": sorted([[1, str(CASE)], [2, str(DRAFT)]])}


def test_a_session_is_worth_nothing_at_another_host(guests: Client) -> None:
    token = give(guests(PORTAL))
    thief = guests(OTHER)
    thief.set_cookie(SESSION_COOKIE, token)
    assert granted(thief) == {"known": False, "grants": []}


@pytest.mark.parametrize("token", ["", "x", "x" * 3000, "ü", "' OR true --", "\x7f"])
def test_a_made_up_cookie_is_nobodys(guests: Client, token: str) -> None:
    browser = guests(PORTAL)
    browser.set_cookie(SESSION_COOKIE, token)
    assert granted(browser) == {"known": False, "grants": []}


def test_showing_a_secret_changes_the_cookie(guests: Client) -> None:
    """Else whoever sat at the same computer before would see what the next person opens."""
    browser = guests(PORTAL)
    before = give(browser)
    after = give(browser, DRAFT)
    assert before != after
    left_behind = guests(PORTAL)
    left_behind.set_cookie(SESSION_COOKIE, before)
    assert granted(left_behind) == {"known": False, "grants": []}
    assert len(granted(browser)["grants"]) == 2


def test_a_planted_cookie_is_not_taken_over(guests: Client) -> None:
    browser = guests(PORTAL)
    browser.set_cookie(SESSION_COOKIE, "planted")
    assert give(browser) != "planted"


def test_leaving_ends_the_session_everywhere(guests: Client) -> None:
    browser = guests(PORTAL)
    token = give(browser)
    answer = browser.get("/test/leave")
    assert browser.cookie(SESSION_COOKIE) is None
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    copy = guests(PORTAL)
    copy.set_cookie(SESSION_COOKIE, token)
    assert granted(copy)["known"] is False


def test_the_database_holds_no_token(guests: Client, region: DatabaseCopy) -> None:
    token = give(guests(PORTAL))
    with region.superuser() as connection:
        rows = str(connection.execute("SELECT * FROM sessions").fetchall())
    assert token not in rows
    assert rows


def test_what_was_not_granted_is_not_found(program: Program) -> None:
    with with_views(program, {"grant": grant, "peek": lambda: peek(request.args["subject"])}) as client:
        browser = client(PORTAL)
        assert browser.get(f"/test/peek?subject={CASE}").status_code == 404
        give(browser, CASE, 7)
        assert browser.get(f"/test/peek?subject={CASE}").text == "7"
        assert browser.get(f"/test/peek?subject={DRAFT}").status_code == 404


def open_for_staff() -> str:
    staff_id = uuid.UUID(request.args["staff"])
    sessions.open_session(staff_id=staff_id, verified=request.args.get("verified") == "1")
    return "ok"


@pytest.fixture(scope="module")
def caseworker(region: DatabaseCopy) -> uuid.UUID:
    """A caseworker of Vechta."""
    staff_id = uuid.uuid4()
    with region.superuser() as connection:
        connection.execute(
            "INSERT INTO staff (tenant_id, id, email, name, roles, language, recovery_codes, failures, active)"
            " SELECT id, %s, 'case@vechta.example', 'N', '{caseworker}', 'de', '{}', 0, true FROM tenants"
            " WHERE slug = 'vechta'",
            (staff_id,),
        )
    return staff_id


def reached(program: Program, who: Who, staff_id: uuid.UUID, verified: bool) -> int:
    """The status of a page for ``who`` on the desk after signing in."""
    desk = f"verwaltung.{PORTAL}"
    with (
        with_views(program, {"open": open_for_staff}, site="desk") as client,
        with_views(program, {"page": lambda: "in"}, site="desk", who=who) as pages,
    ):
        browser = client(desk)
        browser.get(f"/test/open?staff={staff_id}&verified={int(verified)}")
        token = browser.cookie(SESSION_COOKIE)
        assert token
        visitor = pages(desk)
        visitor.set_cookie(SESSION_COOKIE, token)
        return visitor.get("/test/page").status_code


@pytest.mark.parametrize(
    ("who", "verified", "status"),
    [
        (Who.EVERYBODY, False, 200),
        (Who.STAFF_HALF, False, 200),
        (Who.STAFF_HALF, True, 200),
        (Who.STAFF, False, 303),
        (Who.STAFF, True, 200),
        (Who.CASEWORKER, False, 303),
        (Who.CASEWORKER, True, 200),
        (Who.TENANT_ADMIN, False, 303),
        (Who.TENANT_ADMIN, True, 403),
        (None, True, 404),
    ],
)
def test_each_page_is_for_those_whom_the_policy_names(
    program: Program, caseworker: uuid.UUID, who: Who, verified: bool, status: int
) -> None:
    assert reached(program, who, caseworker, verified) == status


@pytest.mark.parametrize("who", [Who.STAFF_HALF, Who.STAFF, Who.CASEWORKER, Who.TENANT_ADMIN])
def test_without_a_session_staff_pages_lead_to_signing_in(program: Program, who: Who) -> None:
    with with_views(program, {"page": lambda: "in"}, site="desk", who=who) as client:
        answer = client(f"verwaltung.{PORTAL}").get("/test/page")
    assert answer.status_code == 303
    assert answer.text != "in"


def test_on_a_site_without_signing_in_the_answer_is_an_error(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kreisportal.sso.views.register_sign_in", lambda *_: None)
    with with_views(program, {"page": lambda: "in"}, site="portal", who=Who.STAFF, fresh=True) as client:
        assert client(PORTAL).get("/test/page").status_code == 401


def test_a_person_of_another_town_is_nobody_here(program: Program, caseworker: uuid.UUID) -> None:
    with (
        with_views(program, {"open": open_for_staff}, site="desk") as client,
        with_views(program, {"page": lambda: "in"}, site="desk", who=Who.STAFF) as pages,
    ):
        elsewhere = client(f"verwaltung.{OTHER}")
        elsewhere.get(f"/test/open?staff={caseworker}&verified=1")
        token = elsewhere.cookie(SESSION_COOKIE)
        assert token
        for host in (f"verwaltung.{OTHER}", f"verwaltung.{PORTAL}"):
            visitor = pages(host)
            visitor.set_cookie(SESSION_COOKIE, token)
            assert visitor.get("/test/page").status_code == 303


@pytest.mark.parametrize(
    ("change", "status"),
    [("active = false", 303), ("roles = '{tenant_admin}'", 403), ("roles = '{}'", 403), ("name = 'N'", 200)],
)
def test_what_was_taken_away_is_gone_with_the_next_request(
    program: Program, region: DatabaseCopy, caseworker: uuid.UUID, change: str, status: int
) -> None:
    desk = f"verwaltung.{PORTAL}"
    views = {"open": open_for_staff}
    with (
        with_views(program, views, site="desk") as client,
        with_views(program, {"page": lambda: "in"}, site="desk", who=Who.CASEWORKER) as pages,
        region.superuser() as connection,
    ):
        browser = client(desk)
        browser.get(f"/test/open?staff={caseworker}&verified=1")
        visitor = pages(desk)
        visitor.set_cookie(SESSION_COOKIE, browser.cookie(SESSION_COOKIE) or "")
        assert visitor.get("/test/page").status_code == 200
        connection.execute(f"UPDATE staff SET {change} WHERE id = %s", (caseworker,))
        assert visitor.get("/test/page").status_code == status
        connection.execute(
            "UPDATE staff SET active = true, roles = '{caseworker}' WHERE id = %s", (caseworker,)
        )
