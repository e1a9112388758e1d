"""Kept pages: what is kept, for whom and how long, and that nobody gets another's."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.kernel import clock
from kreisportal.kernel.http.kept_pages import KEEP_UNTIL, SESSION_COOKIE, KeptPages
from tests.kernel.http.kept_site import NOW, TEXT, App, Site, is_kept

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.fixture(autouse=True)
def _clock() -> Iterable[None]:
    with clock.frozen(NOW):
        yield


def test_a_marked_page_is_made_once() -> None:
    site = Site()
    assert [site.get().body for _ in range(3)] == [TEXT] * 3
    assert site.app.calls == 1


@pytest.mark.parametrize(
    "request_of",
    [
        {"QUERY_STRING": "q=hund"},
        {"HTTP_COOKIE": f"{SESSION_COOKIE}=x"},
        {"HTTP_COOKIE": f"a=b; {SESSION_COOKIE}=x; c=d"},
        {"HTTP_COOKIE": f'"{SESSION_COOKIE}"=x'},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "PUT"},
        {"REQUEST_METHOD": "OPTIONS"},
    ],
)
def test_a_request_that_says_who_or_what_is_never_answered_from_memory(request_of: dict[str, str]) -> None:
    assert not is_kept(Site(), **request_of)
    site = Site()
    site.get()
    site.get(**request_of)
    assert site.app.calls == 2
    assert is_kept(site) or site.app.calls == 2, "nor does it replace what is kept"


@pytest.mark.parametrize(
    "app",
    [
        App(until=None),
        App(until=0),
        App(until=-1),
        App(status="404 Not Found"),
        App(status="302 Found"),
        App(status="500 Internal Server Error"),
        App(headers=[("Set-Cookie", "a=b")]),
        App(headers=[("set-cookie", "a=b")]),
        App(headers=[("Vary", "Accept-Language, Cookie")]),
        App(headers=[("Vary", "*")]),
        App(headers=[("Cache-Control", "no-store")]),
        App(headers=[("Cache-Control", "private, max-age=60")]),
    ],
    ids=lambda app: f"{app.status} {app.until} {app.headers}",
)
def test_an_answer_that_is_not_for_everybody_is_not_kept(app: App) -> None:
    site = Site(app)
    answer = site.get()
    assert not is_kept(Site(App(app.until, app.status, app.headers)))
    assert (answer.status, answer.body) == (app.status, TEXT)


def test_what_is_not_kept_goes_through_unchanged() -> None:
    site = Site(App(until=None, headers=[("X-Own", "1")]))
    answer = site.get(HTTP_ACCEPT_ENCODING="gzip")
    assert answer.headers == [
        ("Content-Type", "text/html"),
        ("Content-Length", str(len(TEXT))),
        ("X-Own", "1"),
    ]
    assert answer.body == TEXT


def test_the_body_of_a_kept_page_is_closed() -> None:
    site = Site()
    site.get()
    assert site.app.bodies[0].closed


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/en/"},
        {"path": "/de"},
        {"tenant": 2},
        {"wsgi.url_scheme": "http"},
        {"kreisportal.host": "www.town1.example"},
    ],
)
def test_another_host_scheme_or_path_is_another_page(other: dict[str, Any]) -> None:
    site = Site()
    site.get()
    site.app.text = b"another"
    assert site.get(**other).body == b"another"
    assert site.get().body == TEXT


def test_a_path_cannot_pass_for_another_scheme() -> None:
    site = Site(App(text=b"plain"))
    site.get("s/de/", **{"wsgi.url_scheme": "http"})
    site.app.text = b"secure"
    assert site.get("/de/").body == b"secure"


def test_a_newer_revision_throws_the_page_away_for_its_tenant_only() -> None:
    site = Site()
    site.get(tenant=1)
    site.get(tenant=2)
    site.stamps[1] = 2
    site.app.text = b"new"
    assert site.get(tenant=1).body == b"new"
    assert site.get(tenant=2).body == TEXT
    assert site.app.calls == 3


def test_a_page_made_while_the_revision_changes_is_made_again() -> None:
    site = Site()

    def change_meanwhile(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        site.stamps[1] = 2
        return site.app(environ, start_response)

    site.kept = KeptPages(change_meanwhile, lambda _, tenant: site.stamps[tenant or 0], site.budget)
    site.get()
    site.get()
    assert site.app.calls == 2


def test_a_page_lasts_until_its_time_is_over() -> None:
    site = Site(App(until=60))
    site.get()
    with clock.frozen(NOW + timedelta(seconds=59)):
        site.get()
    assert site.app.calls == 1
    with clock.frozen(NOW + timedelta(seconds=60)):
        site.get()
    assert site.app.calls == 2


def test_the_pages_stay_within_the_budget() -> None:
    page = len(TEXT) + len(gzip.compress(TEXT, 6)) + len(brotli.compress(TEXT, quality=5)) + 1000
    # A sixteenth of it is for what answers a query string.
    site = Site(budget=4 * page)
    for number in range(10):
        site.get(f"/{number}")
    made = site.app.calls
    for number in (7, 8, 9):
        site.get(f"/{number}")
    assert site.app.calls == made
    site.get("/6")
    assert site.app.calls == made + 1


def test_the_answer_to_a_query_string_is_kept_if_it_is_one() -> None:
    assert not is_kept(Site(), QUERY_STRING="q=hund")
    site = Site(App(answers_query=True))
    assert is_kept(site, QUERY_STRING="q=hund")
    site.get(QUERY_STRING="q=katze")
    site.get()
    assert site.app.calls == 3, "each has its own"
    site.stamps[1] = 2
    assert site.get(QUERY_STRING="q=hund").header("ETag")
    assert site.app.calls == 4
    assert not is_kept(
        Site(App(answers_query=True)), QUERY_STRING="q=hund", HTTP_COOKIE=f"{SESSION_COOKIE}=x"
    )


def test_answers_to_query_strings_are_not_compressed_here() -> None:
    site = Site(App(answers_query=True))
    for _ in range(2):
        answer = site.get(QUERY_STRING="q=hund", HTTP_ACCEPT_ENCODING="br, gzip")
        assert (answer.header("Content-Encoding"), answer.body) == (None, TEXT)
    assert site.app.calls == 1


def test_answers_to_query_strings_push_out_no_other_page() -> None:
    site = Site(App(answers_query=True), budget=16 * 2 * (len(TEXT) + 1000))
    site.get()
    for number in range(50):
        site.get(QUERY_STRING=f"q={number}")
    assert site.app.calls == 51
    site.get()
    for number in (48, 49):
        site.get(QUERY_STRING=f"q={number}")
    assert site.app.calls == 51
    site.get(QUERY_STRING="q=47")
    assert site.app.calls == 52


def test_making_one_page_again_and_again_does_not_eat_the_budget() -> None:
    site = Site(budget=10_000)
    site.get("/other")
    for revision in range(50):
        site.stamps[1] = revision
        site.get()
    assert site.get().body == TEXT
    calls = site.app.calls
    site.get()
    assert site.app.calls == calls


def test_a_page_larger_than_the_budget_is_answered_all_the_same() -> None:
    site = Site(budget=10)
    assert site.get().body == site.get().body == TEXT
    assert site.app.calls == 2


def test_who_has_the_page_gets_304_without_a_body() -> None:
    site = Site()
    first = site.get()
    etag = first.header("ETag")
    assert etag is not None
    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        answer = site.get(HTTP_IF_NONE_MATCH=known)
        assert (answer.status, answer.body) == ("304 Not Modified", b"")
        assert answer.header("ETag") == etag
        assert answer.header("Content-Length") is None
    assert site.get(HTTP_IF_NONE_MATCH='"other"').status == "200 OK"


def test_another_text_has_another_tag_and_the_same_text_the_same() -> None:
    first = Site().get().header("ETag")
    assert Site().get().header("ETag") == first
    assert Site(App(text=b"other")).get().header("ETag") != first


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0,gzip;q=0", None),
        ("br; q=0.0, *", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("gzip;q=0.8, br;q=0.2", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("brotli, x-gzip", None),
        ("br;q=much", None),
    ],
)
def test_the_encoding_is_one_that_the_client_takes(accepted: str, encoding: str | None) -> None:
    assert Site().get(HTTP_ACCEPT_ENCODING=accepted).header("Content-Encoding") == encoding


def test_every_encoding_is_the_same_page() -> None:
    site = Site()
    plain, zipped, small = (site.get(HTTP_ACCEPT_ENCODING=name) for name in ("", "gzip", "br"))
    assert plain.body == gzip.decompress(zipped.body) == brotli.decompress(small.body) == TEXT
    assert len(small.body) < len(zipped.body) < len(plain.body)
    for answer in (plain, zipped, small):
        assert answer.header("Content-Length") == str(len(answer.body))
        assert answer.header("Vary") == "Accept-Encoding, Cookie"
    assert plain.header("ETag") == zipped.header("ETag") == small.header("ETag")


@given(st.text(st.characters(max_codepoint=0xFF), max_size=60))
def test_no_wish_for_an_encoding_breaks_the_page(accepted: str) -> None:
    with clock.frozen(NOW):
        answer = Site().get(HTTP_ACCEPT_ENCODING=accepted)
    decode = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}[
        answer.header("Content-Encoding")
    ]
    assert decode(answer.body) == TEXT


def test_the_headers_are_those_of_the_application() -> None:
    headers = [
        ("Content-Security-Policy", "default-src 'none'"),
        ("Vary", "Accept-Language"),
        ("Content-Language", "de"),
    ]
    site = Site(App(headers=headers))
    for _ in range(2):
        answer = site.get()
        assert answer.header("Content-Security-Policy") == "default-src 'none'"
        assert answer.header("Content-Language") == "de"
        assert answer.header("Content-Type") == "text/html"
        assert answer.header("Vary") == "Accept-Encoding, Cookie, Accept-Language"


def test_head_is_get_without_a_body() -> None:
    site = Site()
    page = site.get(HTTP_ACCEPT_ENCODING="br")
    head = site.get(HTTP_ACCEPT_ENCODING="br", REQUEST_METHOD="HEAD")
    assert (head.status, head.headers, head.body) == (page.status, page.headers, b"")
    assert site.app.calls == 1


def test_head_is_not_kept_as_an_empty_page() -> None:
    site = Site()
    assert site.get(REQUEST_METHOD="HEAD").body == b""
    assert site.get().body == TEXT


def test_an_application_that_begins_again_with_an_error_is_believed() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[KEEP_UNTIL] = NOW.timestamp() + 60
        start_response("200 OK", [])
        start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
        return [b"broken"]

    site = Site()
    site.kept = KeptPages(app, lambda *_: 1, 1000)
    assert (site.get().status, site.get().body) == ("500 Internal Server Error", b"broken")


def test_what_a_page_is_counted_as_is_counted_each_time_it_is_shown_kept_or_not() -> None:
    site = Site(App(counted="dog"))
    for request in ({}, {}, {"QUERY_STRING": "ort=1"}, {"HTTP_COOKIE": "__Host-session=x"}):
        site.get(**request)
    assert (site.looks, site.app.calls) == (["dog"] * 4, 3)
    # Whoever asks for the headers only has not looked.
    site.get(REQUEST_METHOD="HEAD")
    other = Site(App(counted="dog"))
    other.get(REQUEST_METHOD="HEAD")
    assert (len(site.looks), other.looks) == (4, [])
    plain = Site()
    plain.get()
    assert plain.looks == []
