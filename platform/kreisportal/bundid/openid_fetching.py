"""Speaking with an OpenID provider over the network: with the host that is set and no other, and not for long."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode, urlsplit

from kreisportal.bundid.errors import ProviderAwayError

PATIENCE = 5
"""Seconds for each step of a connection; somebody is waiting for the page."""

_LARGEST = 256 * 1024


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Nothing is asked for elsewhere because the provider says so."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def same_origin(address: object, issuer: str) -> bool:
    """Whether an address is at the issuer's own host, by the same scheme and port."""
    if not isinstance(address, str):
        return False
    try:
        one, other = urlsplit(address), urlsplit(issuer)
        return (one.scheme, one.hostname, one.port, one.username) == (
            other.scheme,
            other.hostname,
            other.port,
            None,
        )
    except ValueError:
        return False


def fetch(
    address: str, issuer: str, form: dict[str, str] | None = None, authorization: str | None = None
) -> tuple[int, Any]:
    """Ask the provider at ``issuer`` for JSON, by POST with a ``form``: status and content.

    An error in JSON is an answer, too. Raises ProviderAwayError.
    """
    if not same_origin(address, issuer):
        raise ProviderAwayError("an address that is not the issuer's")
    headers = {"Accept": "application/json", "User-Agent": "Kreisportal"}
    if authorization is not None:
        headers["Authorization"] = authorization
    body = None if form is None else urlencode(form).encode()
    # The scheme is the issuer's, which the settings hold to https (in a demonstration also http).
    request = urllib.request.Request(address, body, headers)  # noqa: S310
    # No proxy of the environment comes between, and no handler for files or other schemes is used.
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            return int(answer.status), _json(answer.read(_LARGEST + 1))
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _json(error.read(_LARGEST + 1))
    except (OSError, ValueError) as error:
        raise ProviderAwayError(type(error).__name__) from None


def _json(content: bytes) -> Any:
    if len(content) > _LARGEST:
        raise ProviderAwayError("too large an answer")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise ProviderAwayError("an answer that is no JSON") from None
