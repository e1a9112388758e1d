"""Identifiers: random ids, secrets that people may type, and their digests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import uuid

# Without 0/O, 1/I/L and U: what is left survives being read aloud and typed from paper.
TYPEABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_SECRET_LENGTH = 15
_GROUP = 5


def new_id() -> uuid.UUID:
    """A random id (UUID version 4): says nothing about how many there are."""
    return uuid.uuid4()


def new_token() -> str:
    """A 256-bit random token for a cookie or a link."""
    return secrets.token_urlsafe(32)


def new_secret() -> str:
    """A secret of 73 bits in three groups that a person can type, e.g. ``K7QDM-3XP9R-TAHW2``."""
    return _grouped("".join(secrets.choice(TYPEABLE) for _ in range(_SECRET_LENGTH)))


def derived_secret(key: str, purpose: str, subject: object) -> str:
    """A secret like ``new_secret``'s that can be told again: it follows from the program's key and a subject.

    So a confirmation can show it twice and a mail can name it, while the database holds only its digest.
    """
    seed = hmac.digest(key.encode(), f"{purpose}\0{subject}".encode(), "sha256")
    number = int.from_bytes(seed, "big")
    letters = []
    for _ in range(_SECRET_LENGTH):
        number, place = divmod(number, len(TYPEABLE))
        letters.append(TYPEABLE[place])
    return _grouped("".join(letters))


def derived_token(key: str, purpose: str, subject: object) -> str:
    """A token for a link that follows from the program's key and a subject (256 bits, URL-safe)."""
    seed = hmac.digest(key.encode(), f"{purpose}\0{subject}".encode(), "sha256")
    return base64.urlsafe_b64encode(seed).rstrip(b"=").decode()


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + _GROUP] for start in range(0, _SECRET_LENGTH, _GROUP))


def normalise_secret(typed: str) -> str:
    """What a person typed, without spaces, hyphens and case, so that it can be compared."""
    return "".join(letter for letter in typed.upper() if letter in TYPEABLE)


def digest(token: str) -> bytes:
    """SHA-256 of a token or normalised secret. Only this is stored; the tokens carry enough entropy."""
    return hashlib.sha256(token.encode()).digest()
