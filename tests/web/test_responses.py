"""Headers of safety on every kind of answer, and who may store it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kreisportal.kernel.http.headers import HSTS, STATIC_HEADERS
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.web.program import Program
from kreisportal.web.site import keep
from tests.support.browser import Browser
from tests.web.small_app import with_views

Client = Callable[..., Browser]
PORTAL, DESK = "vechta.localhost", "verwaltung.vechta.localhost"
KINDS: dict[str, tuple[str, str, str, int]] = {
    "page": (PORTAL, "GET", "/de/", 200),
    "service": (PORTAL, "GET", "/de/leistungen/hund-anmelden", 200),
    "search": (PORTAL, "GET", "/de/suche?q=hund", 200),
    "suggestions": (PORTAL, "GET", "/de/suche/vorschlaege?q=hund", 200),
    "head": (PORTAL, "HEAD", "/de/kontakt", 200),
    "start": (PORTAL, "GET", "/", 302),
    "canonical": ("www.vechta.localhost", "GET", "/de/", 308),
    "slash": (PORTAL, "GET", "/de", 308),
    "missing": (PORTAL, "GET", "/de/nichts", 404),
    "wrong method": (PORTAL, "POST", "/de/suche", 405),
    "without a token": (PORTAL, "POST", "/de/vorgang", 400),
    "trace": (PORTAL, "TRACE", "/", 405),
    "nobody's": ("evil.example", "GET", "/", 421),
    "robots": (PORTAL, "GET", "/robots.txt", 200),
    "sitemap": (PORTAL, "GET", "/sitemap.xml", 200),
    "manifest": (PORTAL, "GET", "/manifest.webmanifest", 200),
    "security": (PORTAL, "GET", "/.well-known/security.txt", 200),
    "icon": (PORTAL, "GET", "/favicon.ico", 200),
    "missing file": (PORTAL, "GET", "/static/nothing.css", 404),
    "desk": (DESK, "GET", "/de/anmelden", 200),
    "desk, first sign in": (DESK, "GET", "/de/", 303),
}


def directives(policy: str) -> dict[str, str]:
    return dict([*part.strip().split(" ", 1), ""][:2] for part in policy.split(";"))  # type: ignore[misc]


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_carries_the_headers_of_safety(client: Client, kind: str) -> None:
    host, method, path, status = KINDS[kind]
    answer = client(host)._open(path, method=method)
    assert answer.status_code == status
    assert set(STATIC_HEADERS) <= set(answer.headers.items())
    assert HSTS in answer.headers.items()
    policy = directives(answer.headers["Content-Security-Policy"])
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in policy.get("script-src", "")
    if answer.content_type and answer.content_type.startswith("text/html"):
        assert (policy["base-uri"], policy["frame-ancestors"]) == ("'none'", "'none'")
        assert (policy["form-action"], policy["script-src"]) == ("'self'", "'self'")
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1


def test_over_http_nobody_is_told_to_use_https_for_ever(wsgi: Any) -> None:
    from werkzeug.test import Client as Plain

    for path in ("/de/", "/de/nichts"):
        answer = Plain(wsgi).get(path, base_url=f"http://{PORTAL}")
        assert HSTS[0] not in answer.headers


def test_a_page_that_is_known_is_answered_with_the_same_headers(client: Client) -> None:
    browser = client(PORTAL)
    page = browser.get("/de/themen")
    known = browser.get("/de/themen", headers={"If-None-Match": page.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    for name in ("Content-Security-Policy", "Cache-Control", "Vary", "ETag", *dict(STATIC_HEADERS)):
        assert known.headers[name] == page.headers[name]


def test_a_static_file_names_its_content_and_is_kept_for_ever(client: Client, program: Program) -> None:
    for name in program.static.values():
        answer = client(PORTAL).get(f"/static/{name}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert set(STATIC_HEADERS) <= set(answer.headers.items())
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        answer.close()


@pytest.mark.parametrize("kind", ["page", "service", "search", "head"])
def test_a_public_page_is_asked_for_again_each_time(client: Client, kind: str) -> None:
    host, method, path, _ = KINDS[kind]
    answer = client(host)._open(path, method=method)
    assert answer.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("kind", ["suggestions", "start", "missing", "without a token", "trace", "nobody's"])
def test_what_is_not_for_all_is_stored_nowhere(client: Client, kind: str) -> None:
    host, method, path, _ = KINDS[kind]
    assert client(host)._open(path, method=method).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/de/", "/de/leistungen/hund-anmelden", "/de/suche?q=hund"])
def test_a_page_for_somebody_with_a_session_is_stored_nowhere(client: Client, path: str) -> None:
    browser = client(PORTAL)
    browser.set_cookie(SESSION_COOKIE, "whatever")
    answer = browser.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_a_page_with_a_query_is_stored_nowhere(client: Client) -> None:
    assert client(PORTAL).get("/de/?utm_source=x").headers["Cache-Control"] == "no-store"


def test_a_view_may_let_a_form_lead_to_one_more_origin(program: Program) -> None:
    from flask import g

    def view() -> str:
        g.form_targets = ["https://konto.example"]
        return "x"

    with with_views(program, {"view": view}) as client:
        policy = directives(client().get("/test/view").headers["Content-Security-Policy"])
    assert policy["form-action"] == "'self' https://konto.example"


def test_a_view_may_be_stricter_and_is_not_overruled(program: Program) -> None:
    def view() -> tuple[str, dict[str, str]]:
        keep()
        return "x", {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "private"}

    with with_views(program, {"view": view}) as client:
        answer = client().get("/test/view")
    assert answer.headers.getlist("Content-Security-Policy") == ["default-src 'none'"]
    assert answer.headers["Cache-Control"] == "private"
