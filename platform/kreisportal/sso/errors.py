"""Named errors of sign-in across hosts."""

from __future__ import annotations

from kreisportal.kernel.errors import KreisportalError


class BadRequestError(KreisportalError):
    """An authorization request that cannot be trusted enough to lead back anywhere; ``reason`` is for logs."""

    code = "sign-in-request"
    status = 400

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InvalidGrantError(KreisportalError):
    """The code was used, is too old, was issued for another client, or is not this browser's (RFC 6749, 5.2)."""

    code = "invalid-grant"
    status = 400


class NoSigningKeyError(KreisportalError):
    """Nothing can be signed: there is no key, or it cannot be opened. The message says what to do."""

    code = "no-signing-key"
    status = 503
