"""What clients from outside are given: a code for a minute and one use, then a token that lives with the session."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.kernel.ids import digest, new_token
from kreisportal.sso.codes import LIFETIME
from kreisportal.sso.methods import methods_of
from kreisportal.sso.signing_keys import TOKEN_SECONDS

_ISSUE_CODE = text(
    "SELECT definer.issue_client_code(:digest, :session, :client, :redirect, :challenge, :nonce,"
    " CAST(:scopes AS text[]), :seconds)"
)
_USE_CODE = text("SELECT * FROM definer.use_client_code(:digest, :client)")
_ISSUE_TOKEN = text("SELECT definer.issue_client_token(:digest, :code, :seconds)")
_SUBJECT = text("SELECT definer.subject_at_client(:client)")
_READ_TOKEN = text("SELECT * FROM definer.read_client_token(:digest)")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asks a code for, as it was checked. ``session_digest`` is of the account session behind it."""

    client_id: str
    session_digest: bytes
    redirect_uri: str
    challenge: str
    nonce: str | None
    scopes: Sequence[str]


@dataclass(frozen=True, slots=True)
class UsedCode:
    """What a code was worth: whose account the client knows as ``subject``, and how that was proven.

    The names of its methods are those that Authlib asks for.
    """

    digest: bytes
    client_session_id: uuid.UUID
    account_id: uuid.UUID
    subject: str
    redirect_uri: str
    code_challenge: str
    nonce: str | None
    scopes: tuple[str, ...]
    trust: str
    authenticated_at: datetime.datetime
    means: str | None

    code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        """The address that the code was sent to."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """The scopes, with spaces between them."""
        return " ".join(self.scopes)

    def get_nonce(self) -> str | None:
        """What the client wants to find in the token again."""
        return self.nonce

    def get_auth_time(self) -> int:
        """When the person signed in, in seconds since 1970."""
        return int(self.authenticated_at.timestamp())

    def get_acr(self) -> str:
        """The level of trust."""
        return self.trust

    def get_amr(self) -> list[str]:
        """By what they did; nothing where that is not known."""
        return methods_of(self.means)


@dataclass(frozen=True, slots=True)
class Access:
    """What a token opens."""

    account_id: uuid.UUID
    client_id: str
    subject: str
    scopes: tuple[str, ...]


def issue_client_code(session: Session, wish: Wish) -> str:
    """A code, to be sent to the client by the browser. The database refuses one without an account's consent."""
    code = new_token()
    session.execute(
        _ISSUE_CODE,
        {
            "digest": digest(code),
            "session": wish.session_digest,
            "client": wish.client_id,
            "redirect": wish.redirect_uri,
            "challenge": wish.challenge,
            "nonce": wish.nonce,
            "scopes": list(wish.scopes),
            "seconds": LIFETIME,
        },
    )
    return code


def use_client_code(session: Session, code: str, client_id: str) -> UsedCode | None:
    """What a code is worth to this client; used up, whatever comes of it. Shown again, it takes back what it gave.

    To be committed also when it is worth nothing.
    """
    hashed = digest(code)
    row = session.execute(_USE_CODE, {"digest": hashed, "client": client_id}).one_or_none()
    if row is None:
        return None
    return UsedCode(
        hashed,
        row.client_session_id,
        row.account_id,
        row.subject,
        row.redirect_uri,
        row.challenge,
        row.nonce,
        tuple(row.scopes),
        row.trust,
        row.authenticated_at,
        row.means,
    )


def issue_client_token(session: Session, used: UsedCode) -> str:
    """A token for what the code was worth."""
    token = new_token()
    session.execute(_ISSUE_TOKEN, {"digest": digest(token), "code": used.digest, "seconds": TOKEN_SECONDS})
    return token


def read_client_token(session: Session, token: str) -> Access | None:
    """What a token opens; None once it is over, or the session or the consent behind it."""
    row = session.execute(_READ_TOKEN, {"digest": digest(token)}).one_or_none()
    return Access(row.account_id, row.client_id, row.subject, tuple(row.scopes)) if row else None


def subject_at_client(session: Session, client_id: str) -> str | None:
    """What a client knows the account by for which the transaction acts."""
    found: str | None = session.scalar(_SUBJECT, {"client": client_id})
    return found
