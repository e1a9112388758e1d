"""Telling clients that a session has ended (OpenID Connect Back-Channel Logout 1.0).

The database itself notes who is to be told, in the transaction that ends the session, whatever ends it, and puts the
job in. The job is tried again for some hours; then the client learns it from its own sessions' end.
"""

from __future__ import annotations

import logging
import uuid
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from sqlalchemy import text

from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.kernel import clock
from kreisportal.kernel.errors import KreisportalError
from kreisportal.kernel.http.outgoing import ask
from kreisportal.notifications.addresses import region_address
from kreisportal.sso.models import ClientLogout
from kreisportal.sso.signing_keys import ALGORITHM, keep_young, signing_key
from kreisportal.tenancy.queries import load_region_hosts

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TELL = "sso.tell_client_of_end"
_TOKEN_SECONDS = 120
_PATIENCE = 10
_TIDY = text("SELECT definer.tidy_client_codes()")
_TIDY_ACCOUNTS = text("SELECT definer.tidy_accounts()")
_FORGET = text("DELETE FROM client_logouts WHERE created_at < now() - interval '2 days'")
_log = logging.getLogger(__name__)


class ClientNotToldError(KreisportalError):
    """A client could not be told, or did not take it; it will be tried again."""

    code = "client-not-told"


def register(registry: JobRegistry) -> None:
    """Register the jobs of signing in elsewhere."""
    registry.region(TELL, tell_client_of_end)
    registry.region("sso.keep_keys_young", keep_keys_young, "7 * * * *")
    registry.region("sso.tidy", tidy, "*/10 * * * *")


def tell_client_of_end(runtime: Runtime, logout_id: uuid.UUID) -> None:
    """Send one logout token. What was told is forgotten; one that is told twice does no harm."""
    with runtime.region() as session:
        waiting = session.get(ClientLogout, logout_id)
        issuer = region_address(runtime.settings, load_region_hosts(session), "account")
        if waiting is None or issuer is None:
            return
        key = signing_key(session, runtime.settings.secret_key)
        token = jwt.encode(
            {"alg": ALGORITHM, "kid": str(key.kid), "typ": "logout+jwt"},
            _claims(issuer, waiting),
            key,
            [ALGORITHM],
        )
        url, client_id = waiting.logout_url, waiting.client_id
    _post(url, token, client_id)
    with runtime.region() as session:
        told = session.get(ClientLogout, logout_id)
        if told is not None:
            session.delete(told)


def keep_keys_young(runtime: Runtime) -> None:
    """Make the next key before the one that signs gets too old."""
    with runtime.region() as session:
        keep_young(session, runtime.settings.secret_key)


def tidy(runtime: Runtime) -> None:
    """Forget codes, links and logouts that are over."""
    with runtime.region() as session:
        for statement in (_TIDY, _TIDY_ACCOUNTS, _FORGET):
            session.execute(statement)


def _claims(issuer: str, waiting: ClientLogout) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {
        "iss": issuer,
        "aud": waiting.client_id,
        "iat": now,
        "exp": now + _TOKEN_SECONDS,
        "jti": str(waiting.id),
        "sub": waiting.subject,
        "sid": str(waiting.client_session_id),
        "events": {EVENT: {}},
    }


def _post(url: str, token: str, client_id: str) -> None:
    """Send the token. Raises ClientNotToldError; logged is the client only, never who was signed out."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"logout_token": token}).encode()
    try:
        answer = ask(url, body=body, headers=headers, seconds=_PATIENCE, largest=0)
    except (OSError, ValueError, HTTPException) as error:
        _log.warning("client %s could not be told of a session's end: %s", client_id, type(error).__name__)
        raise ClientNotToldError(client_id) from None
    if not 200 <= answer.status < 300:
        _log.warning("client %s did not take a session's end: status %s", client_id, answer.status)
        raise ClientNotToldError(client_id)
    _log.info("client %s was told of a session's end", client_id)
