"""The access token that a request shows, in the place of a person who has signed in. Cookies count for nothing beside it."""

from __future__ import annotations

from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from kreisportal.access.policy_api import SCOPES
from kreisportal.kernel.database import Context
from kreisportal.kernel.rate_limits import hit_apart, key_of
from kreisportal.staff.access_tokens import Shown, use
from kreisportal.web.program import program
from kreisportal.web.rate_limits import seconds_until
from kreisportal.web.site import here

_SCHEME = "bearer"
_LONGEST = 200
MOST, SECONDS = 600, 60
"""So many requests a token may make in so many seconds."""


def require_token() -> None:
    """Raise unless the request shows a token of this very host's town that is for what the route asks.

    Raises Unauthorized, Forbidden, and TooManyRequests for one that is shown too often.
    """
    needed = SCOPES.get(request.endpoint or "")
    shown = _shown()
    # A route that nobody has named a scope for is for no token.
    if needed is None or needed not in shown.scopes:
        raise Forbidden
    tenant = here().tenant_or_none
    hits = hit_apart(program().database, key_of(tenant.id if tenant else None, "api", str(shown.id)), SECONDS)
    if hits.count > MOST:
        raise TooManyRequests(retry_after=seconds_until(hits.expires_at))
    g.shown_token = shown


def token_context() -> Context:
    """As whom the token acts that ``require_token`` has let through."""
    shown = g.shown_token
    assert isinstance(shown, Shown)  # noqa: S101 - set by the guard before any view; this tells mypy.
    return shown.context


def _shown() -> Shown:
    given = request.headers.get("Authorization", "")
    scheme, _, token = given.partition(" ")
    if scheme.lower() != _SCHEME or not token:
        raise Unauthorized(www_authenticate=_challenge())
    tenant = here().tenant_or_none
    found = use(program().database, token.strip()[:_LONGEST], tenant.id if tenant else None)
    if found is None:
        raise Unauthorized(www_authenticate=_challenge(error="invalid_token"))
    return found


def _challenge(**more: str) -> WWWAuthenticate:
    """What is asked for (RFC 6750, 3)."""
    return WWWAuthenticate(_SCHEME, {"realm": here().host, **more})
