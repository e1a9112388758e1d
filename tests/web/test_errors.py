"""Errors become pages that say what to do, and nothing about the program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from flask import abort
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, TooManyRequests

from kreisportal.kernel import errors
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.web.small_app import with_views

Client = Callable[..., Browser]
SECRET = "postgresql://user:password@server"


def raising(error: Exception) -> Callable[[], str]:
    def view() -> str:
        raise error

    return view


VIEWS: dict[str, Callable[..., Any]] = {
    "missing": raising(errors.NotFoundError()),
    "forbidden": raising(errors.NotAllowedError()),
    "conflict": raising(errors.ConflictError()),
    "invalid": raising(errors.InvalidInputError({"name": [SECRET]})),
    "unavailable": raising(errors.UnavailableError("database")),
    "definition": raising(errors.DefinitionError([SECRET])),
    "database": raising(exc.OperationalError("SELECT", {}, Exception(SECRET))),
    "connection": raising(exc.InterfaceError("SELECT", {}, Exception(SECRET))),
    "pool": raising(exc.TimeoutError(SECRET)),
    "integrity": raising(exc.IntegrityError("INSERT", {}, Exception(SECRET))),
    "bug": raising(ZeroDivisionError(SECRET)),
    "unicode": raising(UnicodeDecodeError("utf-8", b"", 0, 1, SECRET)),
    "large": raising(RequestEntityTooLarge()),
    "often": raising(TooManyRequests()),
    "teapot": lambda: abort(418),
    "gone": lambda: abort(410),
    "bad": lambda: abort(400),
    "ok": lambda: "ok",
}
STATUS = {
    **{"missing": 404, "forbidden": 403, "conflict": 409, "invalid": 422, "unavailable": 503},
    **{"definition": 500, "database": 503, "connection": 503, "pool": 503, "integrity": 500, "bug": 500},
    **{"unicode": 500, "large": 413, "often": 429, "teapot": 418, "gone": 410, "bad": 400},
}


@pytest.fixture(scope="module")
def broken(program: Program) -> Iterator[Client]:
    """Browsers for the program with views that fail."""
    with with_views(program, VIEWS) as client:
        yield client


@pytest.mark.parametrize("name", STATUS)
def test_every_error_is_a_page_of_the_town(broken: Client, name: str) -> None:
    answer = broken().get(f"/test/{name}")
    assert answer.status_code == STATUS[name]
    assert answer.content_type == "text/html; charset=utf-8"
    assert "Stadt Vechta</title>" in answer.text
    assert re.search(r"<h1[^>]*>\s*\S", answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("name", STATUS)
def test_no_error_tells_of_the_program(broken: Client, name: str) -> None:
    answer = broken().get(f"/test/{name}")
    for word in (
        SECRET,
        "password",
        "Traceback",
        "File &#34;",
        ".py",
        "ZeroDivision",
        "sqlalchemy",
        "werkzeug",
    ):
        assert word not in answer.text
        assert word not in str(answer.headers)


@pytest.mark.parametrize("status", [403, 404, 409, 413, 422, 429, 500, 503])
def test_each_error_says_what_to_do_in_its_own_words(broken: Client, status: int) -> None:
    name = next(name for name, found in STATUS.items() if found == status)
    others = {n: broken().get(f"/test/{n}") for n in ("bad", "missing")}
    title = re.search(r"<title>([^<]+)</title>", broken().get(f"/test/{name}").text)
    assert title
    assert all(f"<title>{title[1]}<" not in page.text for n, page in others.items() if STATUS[n] != status)


def test_head_of_an_error_is_its_headers(broken: Client) -> None:
    answer = broken().get("/test/bug")
    head = broken()._open("/test/bug", method="HEAD")
    assert (head.status_code, head.data) == (500, b"")
    assert head.headers["Content-Type"] == answer.headers["Content-Type"]


def test_a_method_that_a_page_does_not_know_is_refused_with_those_that_it_does(broken: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        answer = broken()._open("/test/ok", method=method, headers={"Referer": "https://vechta.localhost/"})
        # Without a token even the question which methods there are is refused.
        assert answer.status_code in (400, 405)
    answer = broken()._open("/test/ok", method="OPTIONS")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_wrong_method_names_the_right_ones(broken: Client, program: Program) -> None:
    with with_views(program, {"only": lambda: "x"}, methods=["POST"]) as client:
        answer = client().get("/test/only")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    assert "Stadt Vechta</title>" in answer.text


def test_too_often_says_when_to_come_back(program: Program) -> None:
    with with_views(program, {"often": raising(TooManyRequests(retry_after=60))}) as client:
        assert client().get("/test/often").headers["Retry-After"] == "60"


def test_a_redirect_is_no_error(program: Program) -> None:
    def away() -> str:
        raise HTTPException(response=app_redirect())

    def app_redirect() -> Any:
        from werkzeug.utils import redirect

        return redirect("/de/", 303)

    with with_views(program, {"away": away}) as client:
        answer = client().get("/test/away")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/de/")


def test_when_the_error_page_breaks_there_is_a_plain_one(
    broken: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("kreisportal.web.errors.render_template", fail)
    answer = broken().get("/test/missing")
    assert answer.status_code == 404
    assert "<h1>404</h1>" in answer.text
    assert SECRET not in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_what_nobody_foresaw_is_logged_and_what_a_person_did_is_not(broken: Client) -> None:
    for name, logged in (
        ("bug", True),
        ("integrity", True),
        ("definition", True),
        ("missing", False),
        ("bad", False),
    ):
        with structlog.testing.capture_logs() as logs:
            broken().get(f"/test/{name}")
        assert bool([line for line in logs if line["log_level"] == "error"]) == logged, name


def test_the_database_away_is_not_called_a_fault_of_the_program(broken: Client) -> None:
    with structlog.testing.capture_logs() as logs:
        broken().get("/test/database")
    assert [line["event"] for line in logs] == []


def test_who_sent_too_much_is_led_back_to_the_form(broken: Client) -> None:
    page = broken().get(
        "/test/large", headers={"Referer": "https://vechta.localhost/test/ok?zurueck=a&seite=2"}
    )
    assert page.status_code == 413
    assert '<a href="/test/ok?zurueck=a&amp;seite=2">Zurück zum Formular</a>' in page.text
    assert "Zur Startseite" in page.text
    # Elsewhere there is no form to go back to.
    missing = broken().get("/test/missing", headers={"Referer": "https://vechta.localhost/test/ok"})
    assert "Zurück zum Formular" not in missing.text


@pytest.mark.parametrize(
    "before",
    [
        "",
        "https://evil.example/test/ok",
        "https://vechta.localhost.evil.example/test/ok",
        "https://vechta.localhost@evil.example/test/ok",
        "https://evil.example/?https://vechta.localhost/test/ok",
        "//evil.example/test/ok",
        "https://vechta.localhost//evil.example/test/ok",
        "https://vechta.localhost/\\evil.example/test/ok",
        "javascript:alert(1)",
        "https://[",
        'https://vechta.localhost/test/ok"><script>alert(1)</script>',
        # No page of ours: nothing there, or only something that takes forms.
        "https://vechta.localhost/nirgends",
        "https://vechta.localhost/de/vorgang/00000000-0000-4000-8000-000000000000/nachricht",
    ],
)
def test_nobody_is_led_anywhere_but_to_a_page_of_ours(broken: Client, before: str) -> None:
    page = broken().get("/test/large", headers={"Referer": before})
    assert page.status_code == 413
    assert "Zurück zum Formular" not in page.text
    assert "evil" not in page.text
    assert "alert(1)" not in page.text
    assert "Zur Startseite" in page.text
