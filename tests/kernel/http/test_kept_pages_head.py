"""Kept pages asked for their headers only: those of the page, whether it lies ready or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from kreisportal.kernel import clock
from kreisportal.kernel.http.kept_pages import KeptPages
from tests.kernel.http.kept_site import NOW, TEXT, App, Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.fixture(autouse=True)
def _clock() -> Iterable[None]:
    with clock.frozen(NOW):
        yield


def test_head_is_get_without_a_body() -> None:
    site = Site()
    page = site.get(HTTP_ACCEPT_ENCODING="br")
    head = site.get(HTTP_ACCEPT_ENCODING="br", REQUEST_METHOD="HEAD")
    assert (head.status, head.headers, head.body) == (page.status, page.headers, b"")
    assert site.app.calls == 1


@pytest.mark.parametrize("query", ["", "q=hund"])
def test_head_of_a_page_that_nobody_has_asked_for_has_the_same_headers_and_makes_it(query: str) -> None:
    site = Site(App(answers_query=True))
    head = site.get(QUERY_STRING=query, REQUEST_METHOD="HEAD")
    page = site.get(QUERY_STRING=query)
    assert (head.status, head.headers, head.body) == (page.status, page.headers, b"")
    assert head.header("ETag")
    assert head.header("Vary")
    assert page.body == TEXT
    assert site.app.calls == 1


def test_head_of_what_is_not_kept_has_its_headers_no_body_and_closes_it() -> None:
    site = Site(App(until=None, headers=[("X-Own", "1")]))
    head = site.get(REQUEST_METHOD="HEAD")
    assert (head.status, head.headers, head.body) == ("200 OK", site.get().headers, b"")
    assert site.app.bodies[0].closed
    assert site.app.calls == 2


def test_head_leaves_the_method_as_it_came() -> None:
    site = Site(App(status="404 Not Found"))
    seen: list[WSGIEnvironment] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.append(environ)
        return site.app(environ, start_response)

    site.kept = KeptPages(app, lambda *_: 1, 1000)
    assert site.get(REQUEST_METHOD="HEAD").body == b""
    assert seen[0]["REQUEST_METHOD"] == "HEAD"
