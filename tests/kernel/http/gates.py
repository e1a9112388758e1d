"""A gate before an application that tells what it was given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kreisportal.kernel.http.gate import Gate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOSTS: dict[str, tuple[str, int | None, str | None]] = {
    "vechta.example": ("portal", 1, None),
    "www.vechta.example": ("portal", 1, "vechta.example"),
    "verwaltung.vechta.example": ("desk", 1, None),
    "region.example": ("region", None, None),
}


@dataclass
class Answer:
    """What came back: status, headers, body, and the environment the application got (None: it was not asked)."""

    status: int
    headers: dict[str, str]
    body: bytes
    inner: dict[str, Any] | None = None


@dataclass
class Door:
    """A gate with its options; ``ask`` knocks."""

    options: dict[str, Any] = field(default_factory=dict)

    def ask(self, host: str | None = "vechta.example", **more: Any) -> Answer:
        """Send a request; ``more`` are entries of the environment, with None taken out."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "RAW_URI": "/de/?q=1",
            "PATH_INFO": "/de/",
            "QUERY_STRING": "q=1",
            "REMOTE_ADDR": "203.0.113.7",
            "SERVER_PORT": "8000",
            "wsgi.url_scheme": "https",
            "HTTP_HOST": host,
            **more,
        }
        environ = {name: value for name, value in environ.items() if value is not None}
        seen: list[dict[str, Any]] = []
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            seen.append(dict(environ))
            start_response("200 OK", [])
            return [b"inside"]

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            started.append((status, headers))

        body = b"".join(Gate(app, HOSTS.get, **self.options)(environ, start))  # type: ignore[arg-type]
        [(status, headers)] = started
        assert len({name.lower() for name, _ in headers}) == len(headers), "a header stands there twice"
        return Answer(int(status[:3]), dict(headers), body, seen[0] if seen else None)
