"""Proof key for code exchange, method S256 (RFC 7636): who redeems a code must be who asked for it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from kreisportal.kernel.ids import new_token

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def new_verifier() -> str:
    """A verifier of 256 random bits."""
    return new_token()


def challenge_of(verifier: str) -> str:
    """The challenge that belongs to a verifier."""
    hashed = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def is_challenge(text: str) -> bool:
    """Whether a text can be a challenge of S256."""
    return _CHALLENGE.fullmatch(text) is not None


def matches(verifier: str, challenge: str) -> bool:
    """Whether a verifier is the one that a challenge was made from."""
    if _VERIFIER.fullmatch(verifier) is None:
        return False
    return hmac.compare_digest(challenge_of(verifier), challenge)
