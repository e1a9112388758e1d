"""Authorization codes: for one client, one browser and one use within a minute."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.kernel.ids import digest, new_token
from kreisportal.sso.clients import Client
from kreisportal.sso.errors import InvalidGrantError
from kreisportal.sso.pkce import matches
from kreisportal.sso.requests import AuthorizationRequest

LIFETIME = 60
"""Seconds within which a code must be redeemed."""

_ISSUE = text(
    "SELECT definer.issue_sign_in_code(:digest, :session, :client, :redirect, :challenge, :nonce, :seconds)"
)
_USE = text("SELECT * FROM definer.use_sign_in_code(:digest)")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code was worth: whose account, and the account session under which the client's will stand."""

    account_id: uuid.UUID
    session_digest: bytes
    nonce: str


def issue_code(session: Session, session_digest: bytes, request: AuthorizationRequest) -> str:
    """A code for the account session with this digest, to be sent to the client by the browser."""
    code = new_token()
    session.execute(
        _ISSUE,
        {
            "digest": digest(code),
            "session": session_digest,
            "client": request.client.id,
            "redirect": request.client.redirect_uri,
            "challenge": request.challenge,
            "nonce": request.nonce,
            "seconds": LIFETIME,
        },
    )
    return code


def redeem_code(session: Session, code: str, client: Client, verifier: str) -> Grant:
    """What a code is worth to a client that can show the verifier. Whatever comes of it, the code is used up then.

    To be committed also when it raises InvalidGrantError, which is why it does so only after the use.
    """
    row = session.execute(_USE, {"digest": digest(code)}).one_or_none()
    session.commit()
    if row is None or row.expired:
        raise InvalidGrantError
    if (row.client_id, row.redirect_uri) != (client.id, client.redirect_uri):
        raise InvalidGrantError
    if not matches(verifier, row.challenge):
        raise InvalidGrantError
    return Grant(row.account_id, bytes(row.session_digest), row.nonce)
