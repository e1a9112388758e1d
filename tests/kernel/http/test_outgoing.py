"""Asking others over HTTP: what they answer is handed over as it is, and nothing else is asked because they say so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from kreisportal.kernel.http.outgoing import ask


class Other(BaseHTTPRequestHandler):
    """Answers with the status that the path names, and says what it was asked."""

    asked: list[tuple[str, str, bytes, str]]

    def do_GET(self) -> None:
        """Answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.command, self.path, body, self.headers["User-Agent"]))
        self.send_response(int(self.path.strip("/")))
        self.send_header("Location", "/200")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def do_POST(self) -> None:
        """The same."""
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def other() -> Iterator[tuple[str, list[tuple[str, str, bytes, str]]]]:
    """A server's address, and what it was asked."""
    asked: list[tuple[str, str, bytes, str]] = []
    with HTTPServer(("127.0.0.1", 0), type("Noted", (Other,), {"asked": asked})) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_every_answer_is_handed_over_and_none_is_followed(other: Any, status: int) -> None:
    address, asked = other
    answer = ask(f"{address}/{status}", seconds=5, largest=100)
    assert (answer.status, answer.content) == (status, b"hello")
    assert asked == [("GET", f"/{status}", b"", "Kreisportal")]


def test_a_body_is_posted_and_no_more_is_read_than_asked_for(other: Any) -> None:
    address, asked = other
    answer = ask(f"{address}/200", body=b"a=b", headers={"User-Agent": "else"}, seconds=5, largest=2)
    assert answer.content == b"he"
    assert asked == [("POST", "/200", b"a=b", "else")]


def test_nobody_there_is_an_error_of_the_system() -> None:
    with HTTPServer(("127.0.0.1", 0), Other) as server:
        port = server.server_port
    with pytest.raises(OSError):
        ask(f"http://127.0.0.1:{port}/200", seconds=5, largest=1)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x", "", "//x", "HTTP"])
def test_nothing_but_http_is_spoken(address: str) -> None:
    with pytest.raises(ValueError, match="HTTP"):
        ask(address, seconds=1, largest=1)
