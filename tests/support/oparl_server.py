"""A council information system of a town that does not exist, on this machine: OParl 1.1 with lists of several pages.

What it answers is made up, in the shape that the specification gives it. ``answers`` replaces what comes at a path.
"""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Obj = dict[str, Any]
Answer = Callable[[BaseHTTPRequestHandler], None] | bytes | Obj | tuple[int, str]
"""What comes at a path: bytes or an object with 200; a status with the address it leads to; or whatever is done there."""

_SCHEMA = "https://schema.oparl.org/1.1"
_PAGE = 2
DAY = datetime.datetime(2026, 12, 1, 10, tzinfo=datetime.UTC)
"""The day on which the lists say what they say."""


class Council:
    """The system. ``base`` is its address, ``asked`` what was asked for; lists may be changed, and answers set."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.asked: list[str] = []
        self.answers: dict[str, Answer] = {}
        self.bodies = [self.body("1", "Stadt Musterfeld")]
        self.meetings = self._meetings()
        self.papers = self._papers()
        self.filters = True

    def body(self, number: str, name: str) -> Obj:
        """A body whose lists are those of the system."""
        return {
            **self.thing("Body", number),
            "name": name,
            "meeting": f"{self.base}/meetings",
            "paper": f"{self.base}/papers?body={number}",
        }

    def thing(self, kind: str, number: str) -> Obj:
        """What each object begins with."""
        return {"id": f"{self.base}/{kind.lower()}/{number}", "type": f"{_SCHEMA}/{kind}"}

    def meeting(self, number: str, days: int, committee: str = "rat", **more: Any) -> Obj:
        """A meeting in so many days, at six in the evening."""
        day = (DAY + datetime.timedelta(days=days)).date()
        return {
            **self.thing("Meeting", number),
            "name": f"{number}. Sitzung",
            "start": f"{day}T18:00:00+01:00",
            "organization": [f"{self.base}/organization/{committee}"],
            "modified": "2026-11-01T12:00:00+01:00",
            **more,
        }

    def paper(self, number: str, date: str, name: str, **more: Any) -> Obj:
        """A paper of a day."""
        return {
            **self.thing("Paper", number),
            "name": name,
            "reference": f"2026/{number}",
            "date": date,
            "modified": f"{date}T12:00:00+01:00",
            **more,
        }

    def _meetings(self) -> list[Obj]:
        room = {
            "room": "Ratssaal",
            "streetAddress": "Am Markt 1",
            "postalCode": "49999",
            "locality": "Musterfeld",
        }
        return [
            self.meeting("3", 9, "bau", cancelled=True),
            self.meeting("1", -3),
            self.meeting(
                "4", 2, location=room, end="2026-12-03T20:30:00+01:00", web="https://rat.musterfeld.example/4"
            ),
            self.meeting("2", 0, name="Sondersitzung"),
            self.meeting("5", 30, deleted=True),
        ]

    def _papers(self) -> list[Obj]:
        return [
            self.paper("7", "2026-10-02", "Bänke am Fluss"),
            self.paper("9", "2026-11-27", "Haushalt 2027", paperType="Beschlussvorlage"),
            self.paper("8", "2026-11-05", "Radweg zur Schule", web="https://rat.musterfeld.example/v/8"),
        ]

    def answer(self, path: str, query: dict[str, list[str]]) -> Answer | None:
        """What comes at a path, if it was not replaced."""
        names = {"rat": "Rat der Stadt Musterfeld", "bau": "Bauausschuss"}
        kind, _, number = path.strip("/").partition("/")
        if kind == "system":
            return {**self.thing("System", "1"), "oparlVersion": f"{_SCHEMA}/", "body": f"{self.base}/bodies"}
        if kind == "body":
            return next((each for each in self.bodies if each["id"].endswith(path)), None)
        if kind == "organization" and number in names:
            return {**self.thing("Organization", number), "name": names[number]}
        lists = {"bodies": self.bodies, "meetings": self.meetings, "papers": self.papers}
        return self._page(path, lists[kind], query) if kind in lists else None

    def _page(self, path: str, items: list[Obj], query: dict[str, list[str]]) -> Obj:
        since = query.get("modified_since", [""])[0] if self.filters else ""
        found = [
            each
            for each in items
            if not since
            or datetime.datetime.fromisoformat(each["modified"]) >= datetime.datetime.fromisoformat(since)
        ]
        first = int(query.get("page", ["1"])[0])
        links = {"first": f"{self.base}{path}"}
        if first * _PAGE < len(found):
            links["next"] = f"{path}?page={first + 1}" + (
                f"&modified_since={since.replace('+', '%2B')}" if since else ""
            )
        return {"data": found[(first - 1) * _PAGE : first * _PAGE], "links": links, "pagination": {}}


class _Handler(BaseHTTPRequestHandler):
    council: Council

    def do_GET(self) -> None:
        """Answer."""
        parts = urlsplit(self.path)
        self.council.asked.append(self.path)
        known = self.council.answers.get(parts.path)
        found = known if known is not None else self.council.answer(parts.path, parse_qs(parts.query))
        if callable(found):
            found(self)
        elif isinstance(found, tuple):
            self.say(b"", found[0], found[1])
        elif found is None:
            self.say(b"{}", 404)
        else:
            self.say(found if isinstance(found, bytes) else json.dumps(found).encode())

    def say(self, body: bytes, status: int = 200, location: str = "") -> None:
        """Send a whole answer."""
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def running_council(port: int = 0) -> Iterator[Council]:
    """The system, as long as the block lasts."""

    class Handler(_Handler):
        """Of this system alone: several may run at once."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        Handler.council = Council(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Handler.council
        server.shutdown()
        thread.join()
