"""A browser without scripts, as far as signing in needs one: it keeps cookies by host and goes where it is led."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

from bench.load import fetch
from bench.wire import get, post

_FORM = re.compile(r'<form[^>]* method="post" action="([^"]+)"')
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_LED_ON = (301, 302, 303, 307, 308)
_MOST_LEADS = 10


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is shown, with its address."""

    address: str
    text: str


@dataclass(slots=True)
class Visitor:
    """Somebody at the program that listens on ``port``. ``seconds`` are those of each request so far."""

    port: int
    seconds: list[float] = field(default_factory=list)
    _jars: dict[str, dict[str, str]] = field(default_factory=dict)

    def cookies(self, host: str) -> str:
        """What is sent to a host along with every request."""
        return "; ".join(f"{name}={value}" for name, value in self._jars.get(host, {}).items())

    def open(self, address: str) -> Page:
        """The page at an address, or where that leads to. Raises RuntimeError unless the answer is a page."""
        return self._shown(address, self._get(address))

    def send(self, page: Page, **fields: str) -> Page:
        """Send the first form of a page; what comes of it. Raises RuntimeError as above."""
        main = page.text.partition("<main")[2]
        action, token = _FORM.search(main), _TOKEN.search(main)
        if action is None or token is None:
            raise RuntimeError(f"no form at {page.address}")
        address = urljoin(page.address, unescape(action[1]))
        host, path = _place(address)
        body = urlencode({"csrf_token": token[1], **fields}).encode()
        return self._shown(address, post(host, path, body, self.cookies(host)))

    def _get(self, address: str) -> bytes:
        host, path = _place(address)
        return get(host, path, self.cookies(host))

    def _shown(self, address: str, request: bytes) -> Page:
        for _ in range(_MOST_LEADS):
            begun = time.perf_counter()
            status, headers, body = fetch(self.port, request)
            self.seconds.append(time.perf_counter() - begun)
            self._keep(_place(address)[0], headers.get("set-cookie", ""))
            if status == 200:
                return Page(address, body.decode())
            if status not in _LED_ON:
                raise RuntimeError(f"{address} answers {status}")
            address = urljoin(address, headers["location"])
            request = self._get(address)
        raise RuntimeError(f"{address} leads in a circle")

    def _keep(self, host: str, lines: str) -> None:
        """What the answer wants to be kept, each cookie on a line; an empty one is taken away."""
        jar = self._jars.setdefault(host, {})
        for line in filter(None, lines.split("\n")):
            name, _, value = line.partition(";")[0].partition("=")
            if value:
                jar[name] = value
            else:
                jar.pop(name, None)


def _place(address: str) -> tuple[str, str]:
    """Host and path with query of an address."""
    parts = urlsplit(address)
    return parts.netloc, f"{parts.path}?{parts.query}" if parts.query else parts.path
