"""Named errors of accounts."""

from __future__ import annotations

from kreisportal.kernel.errors import KreisportalError


class LinkGoneError(KreisportalError):
    """The mailed link was used, is too old, or there never was one."""

    code = "link-gone"
    status = 404


class InvalidPasskeyError(KreisportalError):
    """A passkey's answer that does not hold; ``reason`` is for logs. It does not tell whether the passkey is known."""

    code = "invalid-passkey"
    status = 422

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LastWayInError(KreisportalError):
    """Without this passkey or identity nobody could sign in to the account any more."""

    code = "last-way-in"
    status = 409


class IdentityGoneError(KreisportalError):
    """The identity that was waiting for an account was used, or has waited too long."""

    code = "identity-gone"
    status = 409


class IdentityTakenError(KreisportalError):
    """Another account has this identity, or this one has too many."""

    code = "identity-taken"
    status = 409


class AccountGoneError(KreisportalError):
    """The account was deleted meanwhile."""

    code = "account-gone"
    status = 404
