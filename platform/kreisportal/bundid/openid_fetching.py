"""Speaking with an OpenID provider over the network: with the host that is set and no other, and not for long."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from kreisportal.bundid.errors import ProviderAwayError
from kreisportal.kernel.http.outgoing import ask

PATIENCE = 5
"""Seconds for each step of a connection; somebody is waiting for the page."""

_LARGEST = 256 * 1024


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
    headers = {"Accept": "application/json"}
    if authorization is not None:
        headers["Authorization"] = authorization
    body = None if form is None else urlencode(form).encode()
    try:
        answer = ask(address, body=body, headers=headers, seconds=PATIENCE, largest=_LARGEST + 1)
    except (OSError, ValueError, HTTPException) as error:
        raise ProviderAwayError(type(error).__name__) from None
    return answer.status, _json(answer.content)


def _json(content: bytes) -> Any:
    if len(content) > _LARGEST:
        raise ProviderAwayError("too large an answer")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise ProviderAwayError("an answer that is no JSON") from None
