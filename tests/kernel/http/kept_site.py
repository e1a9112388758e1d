"""Kept pages before an application that counts how often it makes a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kreisportal.kernel.http.kept_pages import COUNTED, KEEP_QUERY, KEEP_UNTIL, KeptPages

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Headers = list[tuple[str, str]]
NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
TEXT = ("<!doctype html>Rathaus " * 50).encode()


@dataclass
class Body:
    """A body that knows whether it was closed, as the server must do."""

    parts: list[bytes]
    closed: bool = False

    def __iter__(self) -> Any:
        return iter(self.parts)

    def close(self) -> None:
        self.closed = True


@dataclass
class App:
    """An application whose page counts how often it was made; ``until`` is seconds from now, None is unmarked.

    ``answers_query`` marks it as the answer to its query string.
    """

    until: float | None = 3600
    status: str = "200 OK"
    headers: Headers = field(default_factory=list)
    text: bytes = TEXT
    counted: str | None = None
    answers_query: bool = False
    calls: int = 0
    bodies: list[Body] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.calls += 1
        if self.until is not None:
            environ[KEEP_UNTIL] = NOW.timestamp() + self.until
        if self.answers_query:
            environ[KEEP_QUERY] = True
        if self.counted is not None:
            environ[COUNTED] = self.counted
        length = ("Content-Length", str(len(self.text)))
        start_response(self.status, [("Content-Type", "text/html"), length, *self.headers])
        parts = [] if environ["REQUEST_METHOD"] == "HEAD" else [self.text[:9], self.text[9:]]
        self.bodies.append(Body(parts))
        return self.bodies[-1]


@dataclass
class Answer:
    status: str
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) < 2, name
        return found[0] if found else None


@dataclass
class Site:
    """Kept pages before an application; ``stamps`` are the revisions by tenant."""

    app: App = field(default_factory=App)
    budget: int = 1_000_000
    stamps: dict[int, int] = field(default_factory=lambda: {1: 1, 2: 1})

    def __post_init__(self) -> None:
        self.looks: list[str] = []
        self.kept = KeptPages(
            self.app, lambda site, tenant: self.stamps[tenant or 0], self.budget, self.looks.append
        )

    def get(self, path: str = "/de/", tenant: int = 1, **more: Any) -> Answer:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "wsgi.url_scheme": "https",
            "kreisportal.host": f"town{tenant}.example",
            "kreisportal.site": "portal",
            "kreisportal.tenant_id": tenant,
            **more,
        }
        started: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, _: Any = None) -> Callable[[bytes], object]:
            started.append((status, headers))
            return lambda _: None

        body = b"".join(self.kept(environ, start))  # type: ignore[arg-type]
        return Answer(*started[-1], body)


def is_kept(site: Site, **request: Any) -> bool:
    """Whether a second request of the same kind is answered without the application."""
    for _ in range(2):
        site.get(**request)
    return site.app.calls == 1
