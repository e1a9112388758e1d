"""Reads what the program has left unread of a request, so that its answer arrives.

A server that closes a connection with data still coming in resets it, and the browser, or the proxy, throws away
the answer: a page that explains that a file is too large would never be seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CHUNK = 256 * 1024


def drained(app: WSGIApplication, limit: int) -> WSGIApplication:
    """``app``, after which up to ``limit`` bytes of the request are read and thrown away before the answer goes out.

    Only where the server says that the input has an end (gunicorn does): else reading might wait for ever.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        written = app(environ, start_response)
        has_body = environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
        if has_body and environ.get("wsgi.input_terminated"):
            left = limit
            while left > 0 and (chunk := environ["wsgi.input"].read(_CHUNK)):
                left -= len(chunk)
        return written

    return answer
