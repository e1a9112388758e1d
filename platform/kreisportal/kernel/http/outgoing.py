"""Asking a program of somebody else's over HTTP: at the address that was set, and nowhere it points to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, whichever it is, and at most so many bytes as were asked for."""

    status: int
    content: bytes


def ask(
    address: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float,
    largest: int,
) -> Answer:
    """Send ``body`` by POST, or without one ask by GET; each step of the connection has so many ``seconds``.

    No redirection is followed. A proxy is used where the process's environment names one (HTTPS_PROXY). Raises OSError
    when nobody answers, ValueError for an address that is not of HTTP, or for an answer that is not.
    """
    if not address.startswith(("https://", "http://")):
        raise ValueError("only HTTP is spoken")
    request = Request(address, body, {"User-Agent": "Kreisportal", **(headers or {})})  # noqa: S310 - see above.
    # Without the handlers for redirections and errors every answer is handed over as it is.
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    with opener.open(request, timeout=seconds) as answer:
        return Answer(int(answer.status), answer.read(largest))
