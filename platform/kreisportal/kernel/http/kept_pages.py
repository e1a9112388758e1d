"""Pages kept ready as bytes: most of all traffic is answered here, before Flask is entered.

Kept are only 200s to GET, without query string and session cookie, that the view has marked for keeping.
A page is thrown away when the revision it was made from is no longer the newest, or its time is over.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import brotli

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEEP_UNTIL = "kreisportal.keep_until"
"""A view puts here, in the WSGI environment, the instant (epoch seconds) until which its page is right."""

SESSION_COOKIE = "__Host-session"
_DROPPED = frozenset({"content-length", "content-encoding", "etag"})


@dataclass(frozen=True, slots=True)
class _Page:
    stamp: int
    until: float
    headers: list[tuple[str, str]]
    etag: str
    bodies: dict[str, bytes]

    @property
    def size(self) -> int:
        return sum(len(body) for body in self.bodies.values()) + 1000


class KeptPages:
    """WSGI layer that answers from memory where it can and keeps what it may.

    ``stamp`` gives the newest revision that can show on a page of the host's site; ``budget`` is in bytes.
    """

    def __init__(self, app: WSGIApplication, stamp: Callable[[str, int | None], int], budget: int) -> None:
        self._app = app
        self._stamp = stamp
        self._budget = budget
        self._size = 0
        self._pages: OrderedDict[tuple[str, str], _Page] = OrderedDict()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or let the application answer and keep that if it may be kept."""
        method = environ["REQUEST_METHOD"]
        if (
            method not in ("GET", "HEAD")
            or environ.get("QUERY_STRING")
            or SESSION_COOKIE in environ.get("HTTP_COOKIE", "")
        ):
            return self._app(environ, start_response)
        # The path as it came, scheme in front: what was made for http is no answer on https (HSTS, links).
        key = (environ["kreisportal.host"], environ["wsgi.url_scheme"] + environ["PATH_INFO"])
        stamp = self._stamp(environ["kreisportal.site"], environ["kreisportal.tenant_id"])
        page = self._pages.get(key)
        if page is not None and page.stamp == stamp and page.until > time.time():
            return _answer(page, environ, start_response)
        if method == "HEAD":
            return self._app(environ, start_response)
        return self._make(key, stamp, environ, start_response)

    def _make(
        self, key: tuple[str, str], stamp: int, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        started: list[Any] = []

        def start(*arguments: Any) -> Callable[[bytes], object]:
            started.append(arguments)
            return _no_write

        written = self._app(environ, start)
        until = environ.get(KEEP_UNTIL)
        status, headers = started[0][:2]
        sets_cookie = any(name.lower() == "set-cookie" for name, _ in headers)
        if until is None or sets_cookie or not status.startswith("200"):
            start_response(*started[0])
            return written
        try:
            body = b"".join(written)
        finally:
            close = getattr(written, "close", None)
            if close:
                close()
        page = _page(stamp, float(until), headers, body)
        self._keep(key, page)
        return _answer(page, environ, start_response)

    def _keep(self, key: tuple[str, str], page: _Page) -> None:
        before = self._pages.pop(key, None)
        self._size += page.size - (before.size if before else 0)
        self._pages[key] = page
        while self._size > self._budget and self._pages:
            _, dropped = self._pages.popitem(last=False)
            self._size -= dropped.size


def _no_write(_: bytes) -> None:
    raise RuntimeError("write() is not for pages")


def _page(stamp: int, until: float, headers: list[tuple[str, str]], body: bytes) -> _Page:
    etag = '"' + hashlib.sha256(body).hexdigest()[:24] + '"'
    kept = [(name, value) for name, value in headers if name.lower() not in _DROPPED]
    kept += [("ETag", etag), ("Vary", "Accept-Encoding, Cookie")]
    bodies = {"": body, "gzip": gzip.compress(body, 6, mtime=0), "br": brotli.compress(body, quality=5)}
    return _Page(stamp, until, kept, etag, bodies)


def _answer(page: _Page, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", page.headers)
        return [b""]
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    encoding = "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""
    body = page.bodies[encoding]
    headers = [*page.headers, ("Content-Length", str(len(body)))]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    start_response("200 OK", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
