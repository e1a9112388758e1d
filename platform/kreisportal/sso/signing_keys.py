"""Keys that tokens are signed with: made, published ahead, followed by the next one, and revoked when one leaks.

A key signs from its moment on until that of the next. It stays published until the last token that it has signed
is over; what it has signed can be told to be ours for a year, unless it was revoked.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.credentials.errors import SealBrokenError
from kreisportal.credentials.keys import CredentialKeys, derive, open_sealed, seal
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.sso.errors import NoSigningKeyError
from kreisportal.sso.models import SigningKey

ALGORITHM = "RS256"
TOKEN_SECONDS = 600
"""For how long a token is good at most that is signed here."""

_BITS = 3072
_SIGNS_FOR = datetime.timedelta(days=90)
_KNOWN_FOR = datetime.timedelta(days=365)
_AHEAD = datetime.timedelta(hours=24)
_AHEAD_BY_HAND = datetime.timedelta(hours=1)
_LAST_TOKEN = datetime.timedelta(seconds=TOKEN_SECONDS + 60)


class State(StrEnum):
    """What a key is for at the moment."""

    NEXT = "next"
    SIGNS = "signs"
    PUBLISHED = "published"
    RETIRED = "retired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key with its state."""

    row: SigningKey
    state: State


def known_keys(session: Session) -> list[KnownKey]:
    """All keys, the newest first."""
    rows = session.scalars(select(SigningKey).order_by(SigningKey.signs_from.desc(), SigningKey.kid)).all()
    return _with_states(rows, clock.now())


def _with_states(rows: Sequence[SigningKey], now: datetime.datetime) -> list[KnownKey]:
    """``rows`` are the newest first; each signs until the one before it in the list does."""
    found, until = [], None
    for row in rows:
        if row.revoked_at is not None:
            found.append(KnownKey(row, State.REVOKED))
            continue
        if row.signs_from > now:
            state = State.NEXT
        elif until is None or until > now:
            state = State.SIGNS
        else:
            state = State.PUBLISHED if until + _LAST_TOKEN > now else State.RETIRED
        found.append(KnownKey(row, state))
        until = row.signs_from
    return found


def published_keys(session: Session) -> dict[str, Any]:
    """The public keys that clients may meet, as a JSON Web Key Set (RFC 7517)."""
    shown = (State.NEXT, State.SIGNS, State.PUBLISHED)
    return {"keys": [known.row.public_key for known in known_keys(session) if known.state in shown]}


def keys_that_were_ours(session: Session) -> KeySet:
    """All public keys that a token may be signed with which somebody shows us again."""
    rows = [known.row.public_key for known in known_keys(session) if known.state is not State.REVOKED]
    return KeySet([RSAKey.import_key(row) for row in rows])


def signing_key(session: Session, secret_key: str) -> RSAKey:
    """The key that signs now, with its private part. Raises NoSigningKeyError."""
    row = next((known.row for known in known_keys(session) if known.state is State.SIGNS), None)
    if row is None:
        raise NoSigningKeyError("there is no key to sign with: kreisportal sso keys rotate")
    try:
        opened = open_sealed(_sealing(secret_key), row.sealed, "signing-key", row.kid)
    except SealBrokenError:
        raise NoSigningKeyError(
            "the key was sealed with another SECRET_KEY: kreisportal sso keys rotate --now"
        ) from None
    return RSAKey.import_key(json.loads(opened))


def rotate(session: Session, secret_key: str, *, at_once: bool = False) -> SigningKey:
    """Make the next key. Clients can see it for an hour before it signs, unless ``at_once`` or there is none."""
    signs = any(known.state is State.SIGNS for known in known_keys(session))
    ahead = _AHEAD_BY_HAND if signs and not at_once else datetime.timedelta()
    return _make(session, secret_key, clock.now() + ahead)


def revoke(session: Session, secret_key: str, kid: str) -> SigningKey:
    """Let nobody trust a key any more, from now on; the new one that signs at once. Raises NotFoundError."""
    row = session.get(SigningKey, kid)
    if row is None:
        raise NotFoundError(f"there is no key {kid}")
    row.revoked_at = row.revoked_at or clock.now()
    session.flush()
    return _make(session, secret_key, clock.now())


def ensure_key(session: Session, secret_key: str) -> None:
    """See to it that there is a key to sign with."""
    if not any(known.state is State.SIGNS for known in known_keys(session)):
        _make(session, secret_key, clock.now())


def keep_young(session: Session, secret_key: str) -> None:
    """Make the next key a day before the one that signs gets too old, and forget those of last year."""
    keys = known_keys(session)
    signs = next((known.row for known in keys if known.state is State.SIGNS), None)
    waits = any(known.state is State.NEXT for known in keys)
    if signs is not None and not waits and signs.signs_from + _SIGNS_FOR - _AHEAD < clock.now():
        _make(session, secret_key, clock.now() + _AHEAD)
    for known in keys:
        old = known.row.signs_from + _SIGNS_FOR + _KNOWN_FOR < clock.now()
        if old and known.state in (State.RETIRED, State.REVOKED):
            session.delete(known.row)
    session.flush()


def _make(session: Session, secret_key: str, signs_from: datetime.datetime) -> SigningKey:
    key = RSAKey.generate_key(_BITS, {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
    private, public = key.as_dict(private=True), key.as_dict(private=False)
    kid = str(public["kid"])
    sealed = seal(_sealing(secret_key), json.dumps(private), "signing-key", kid)
    row = SigningKey(kid=kid, public_key=public, sealed=sealed, created_at=clock.now(), signs_from=signs_from)
    session.add(row)
    session.flush()
    return row


def _sealing(secret_key: str) -> CredentialKeys:
    """Keys of their own, so that what seals people's secrets opens none of these."""
    purposes = ("kreisportal signing key seal", "kreisportal signing key names")
    return CredentialKeys(*(derive(secret_key, purpose, 32) for purpose in purposes))
