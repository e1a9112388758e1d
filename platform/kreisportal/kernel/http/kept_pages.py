"""Pages kept ready as bytes: most of all traffic is answered here, before Flask is entered.

Kept are only 200s to GET, without session cookie, that the view has marked for keeping. A page is thrown away when the
revision it was made from is no longer the newest, or its time is over. Pages that answer a query string are marked as
such, and lie on a shelf of their own: whoever asks for thousands of them pushes out no other page.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import brotli

from kreisportal.kernel import clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEEP_UNTIL = "kreisportal.keep_until"
"""A view puts here, in the WSGI environment, the instant (epoch seconds) until which its page is right."""

KEEP_QUERY = "kreisportal.keep_query"
"""A view puts this there too when its page is the answer to the query string, whoever asks."""

COUNTED = "kreisportal.counted"
"""A view puts here what is counted as looked at each time its page is shown; kept pages are counted as well."""

SESSION_COOKIE = "__Host-session"
_FOR_QUERIES = 16
"""The part of the budget for pages that answer a query string is one in so many."""

ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
    "br": lambda body: brotli.compress(body, quality=5),
}
_DROPPED = frozenset({"content-length", "content-encoding", "etag", "vary"})


@dataclass(frozen=True, slots=True)
class _Page:
    """``answers`` are body and headers by the encoding."""

    stamp: int
    until: float
    headers: list[tuple[str, str]]
    etag: str
    answers: dict[str, tuple[bytes, list[tuple[str, str]]]]
    counted: object = None

    @property
    def size(self) -> int:
        return sum(len(body) for body, _ in self.answers.values()) + 1000


class _Shelf:
    """Pages by host and address, as many as have room in ``budget`` bytes; what was made first goes first."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._size = 0
        self._pages: OrderedDict[tuple[str, str], _Page] = OrderedDict()
        self.get = self._pages.get

    def put(self, key: tuple[str, str], page: _Page) -> None:
        before = self._pages.pop(key, None)
        self._size += page.size - (before.size if before else 0)
        self._pages[key] = page
        while self._size > self._budget and self._pages:
            _, dropped = self._pages.popitem(last=False)
            self._size -= dropped.size


class KeptPages:
    """WSGI layer that answers from memory where it can and keeps what it may.

    ``stamp`` gives the newest revision that can show on a page of the host's site; ``budget`` is in bytes; ``count`` is
    told what is looked at.
    """

    def __init__(
        self,
        app: WSGIApplication,
        stamp: Callable[[str, int | None], int],
        budget: int,
        count: Callable[[Any], object] = lambda counted: None,
    ) -> None:
        self._app = app
        self._count = count
        self._stamp = stamp
        self._pages = _Shelf(budget - budget // _FOR_QUERIES)
        self._answers = _Shelf(budget // _FOR_QUERIES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or let the application answer and keep that if it may be kept."""
        if not may_keep(environ):
            return self._counted(environ, self._app(environ, start_response))
        # The path as it came, scheme in front: what was made for http is no answer on https (HSTS, links).
        address = f"{environ['wsgi.url_scheme']} {environ['PATH_INFO']}"
        if query := environ.get("QUERY_STRING"):
            shelf, key = self._answers, (environ["kreisportal.host"], f"{address}?{query}")
        else:
            shelf, key = self._pages, (environ["kreisportal.host"], address)
        stamp = self._stamp(environ["kreisportal.site"], environ["kreisportal.tenant_id"])
        page = shelf.get(key)
        if page is not None and page.stamp == stamp and page.until > clock.now().timestamp():
            if page.counted is not None and environ["REQUEST_METHOD"] == "GET":
                self._count(page.counted)
            return _answer(page, environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD":
            return self._app(environ, start_response)
        return self._counted(environ, self._make(shelf, key, stamp, environ, start_response))

    def _counted(self, environ: WSGIEnvironment, answered: Iterable[bytes]) -> Iterable[bytes]:
        """Count what the application has just shown."""
        counted = environ.get(COUNTED)
        if counted is not None and environ["REQUEST_METHOD"] == "GET":
            self._count(counted)
        return answered

    def _make(
        self,
        shelf: _Shelf,
        key: tuple[str, str],
        stamp: int,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        started: list[Any] = []

        def start(*arguments: Any) -> Callable[[bytes], object]:
            started.append(arguments)
            return _no_write

        written = self._app(environ, start)
        until = environ.get(KEEP_UNTIL)
        # An application may start again with an error; the last start counts.
        status, headers = started[-1][:2]
        if until is None or not is_kept(environ) or not status.startswith("200") or _is_personal(headers):
            start_response(*started[-1])
            return written
        try:
            body = b"".join(written)
        finally:
            close = getattr(written, "close", None)
            if close:
                close()
        # What few ask for is not worth the time of compressing it here; the proxy does.
        encodings = ENCODINGS if shelf is self._pages else {}
        page = _page(stamp, float(until), headers, body, environ.get(COUNTED), encodings)
        shelf.put(key, page)
        return _answer(page, environ, start_response)


def _no_write(_: bytes) -> None:
    raise RuntimeError("write() is not for pages")


def may_keep(environ: WSGIEnvironment) -> bool:
    """Whether the answer to a request may be given to others: it asks for a page, and says nothing of who asks."""
    return environ["REQUEST_METHOD"] in ("GET", "HEAD") and SESSION_COOKIE not in environ.get(
        "HTTP_COOKIE", ""
    )


def is_kept(environ: WSGIEnvironment) -> bool:
    """Whether a view has marked its page to be kept for this request: a page does not answer every query string."""
    return (
        KEEP_UNTIL in environ
        and may_keep(environ)
        and (KEEP_QUERY in environ or not environ.get("QUERY_STRING"))
    )


def _is_personal(headers: list[tuple[str, str]]) -> bool:
    """Whether an answer says that it is for one person: it sets a cookie, has looked at one, or must not be stored."""
    said = {name.lower(): value.lower() for name, value in headers}
    looked_at_cookie = {"cookie", "*"} & {part.strip() for part in said.get("vary", "").split(",")}
    storable = not any(word in said.get("cache-control", "") for word in ("no-store", "private"))
    return "set-cookie" in said or bool(looked_at_cookie) or not storable


def _page(
    stamp: int,
    until: float,
    headers: list[tuple[str, str]],
    body: bytes,
    counted: object,
    encodings: Mapping[str, Callable[[bytes], bytes]],
) -> _Page:
    # A weak tag, because one page has several encodings.
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    kept = [(name, value) for name, value in headers if name.lower() not in _DROPPED]
    kept += [("ETag", etag), ("Vary", ", ".join(_varies(headers)))]
    bodies = {"": body, **{encoding: encode(body) for encoding, encode in encodings.items()}}
    answers = {
        encoding: (content, [*kept, ("Content-Length", str(len(content))), *_encoded(encoding)])
        for encoding, content in bodies.items()
    }
    return _Page(stamp, until, kept, etag, answers, counted)


def _encoded(encoding: str) -> list[tuple[str, str]]:
    return [("Content-Encoding", encoding)] if encoding else []


def _varies(headers: list[tuple[str, str]]) -> list[str]:
    named = [part.strip() for name, value in headers if name.lower() == "vary" for part in value.split(",")]
    return list(dict.fromkeys(["Accept-Encoding", "Cookie", *named]))


def _answer(page: _Page, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None and (known.strip() == "*" or page.etag.removeprefix("W/") in known):
        start_response("304 Not Modified", page.headers)
        return []
    answers = page.answers
    body, headers = answers.get(_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))) or answers[""]
    # A list of its own, because who is told may change it.
    start_response("200 OK", headers.copy())
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@lru_cache(maxsize=512)
def _encoding(accepted: str) -> str:
    """The encoding that the client likes best; of equals the smallest, and none where it takes none of ours."""
    weights = dict(map(_weighted, accepted.lower().split(",")))
    others = weights.get("*", 0.0)
    best = max(("br", "gzip"), key=lambda name: weights.get(name, others))
    return best if weights.get(best, others) >= max(weights.get("identity", 0.0), 0.001) else ""


def _weighted(part: str) -> tuple[str, float]:
    """A name with its weight, e.g. ``gzip;q=0.5``; a weight that is no number counts as refused."""
    name, _, weight = part.partition(";")
    try:
        return name.strip(), float(weight.strip().removeprefix("q=")) if weight else 1.0
    except ValueError:
        return name.strip(), 0.0
