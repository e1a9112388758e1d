"""Passwords: hashed with argon2id, tried in the same time whether there is one or not."""

from __future__ import annotations

import secrets
import unicodedata

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION, Type

STRONG = Parameters(
    type=Type.ID,
    version=ARGON2_VERSION,
    salt_len=16,
    hash_len=32,
    time_cost=2,
    memory_cost=47_104,
    parallelism=1,
)
"""What a password costs to try: 46 MiB and two passes, more than OWASP ASVS 5.0 asks for at least."""


class Passwords:
    """Hashes passwords and tries them. ``profile`` is another than ``STRONG`` in tests only."""

    def __init__(self, profile: Parameters = STRONG) -> None:
        self._hasher = PasswordHasher.from_parameters(profile)
        self._nobodys = self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """The hash to be kept, parameters and salt included."""
        return self._hasher.hash(_prepared(password))

    def verify(self, known: str | None, password: str) -> bool:
        """Whether ``password`` has the hash ``known``. Without one the answer is no, after the same work."""
        try:
            right = self._hasher.verify(known or self._nobodys, _prepared(password))
        except (VerificationError, InvalidHashError):
            return False
        return right and known is not None

    def outdated(self, known: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(known)


def _prepared(password: str) -> bytes:
    """A password as bytes: letters that look alike to the person (composed or not) are the same."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
