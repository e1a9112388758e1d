"""Whoever has a second factor, staff or an account: setting it up, and using its codes, each once.

The row is held by the caller meanwhile, so that two at once cannot use the same code.
"""

from __future__ import annotations

import datetime
from typing import Protocol

from kreisportal.credentials import second_factor
from kreisportal.credentials.keys import CredentialKeys, open_sealed, seal
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError


class Holder(Protocol):
    """A row with a second factor: secrets are sealed for ``owner``, of recovery codes there are digests."""

    totp_secret: bytes | None
    totp_last_step: int | None
    pending_totp_secret: bytes | None
    recovery_codes: list[str]

    @property
    def owner(self) -> tuple[object, ...]:
        """Whose the secrets are: sealed for one they do not open for another."""


def use_code(keys: CredentialKeys, holder: Holder, typed: str, now: datetime.datetime) -> bool:
    """Whether ``typed`` is a code of the app that was not used before; then it is used now."""
    if holder.totp_secret is None:
        return False
    secret = open_sealed(keys, holder.totp_secret, *holder.owner)
    step = second_factor.matching_step(secret, typed, holder.totp_last_step, now)
    if step is None:
        return False
    holder.totp_last_step = step
    return True


def use_recovery_code(holder: Holder, typed: str) -> int | None:
    """How many recovery codes are left after ``typed`` was used up; None if it is none of them."""
    used = second_factor.matching_recovery_code(holder.recovery_codes, typed)
    if used is None:
        return None
    holder.recovery_codes = [code for code in holder.recovery_codes if code != used]
    return len(holder.recovery_codes)


def begin_pending(keys: CredentialKeys, holder: Holder) -> None:
    """Lay a new secret beside the one that counts; it counts once a code of it was shown."""
    holder.pending_totp_secret = seal(keys, second_factor.new_totp_secret(), *holder.owner)


def pending_secret(keys: CredentialKeys, holder: Holder) -> str | None:
    """The secret that is being set up, or None."""
    sealed = holder.pending_totp_secret
    return None if sealed is None else open_sealed(keys, sealed, *holder.owner)


def confirm_pending(keys: CredentialKeys, holder: Holder, typed: str, now: datetime.datetime) -> list[str]:
    """Let the new secret count, if ``typed`` is a code of it; the new recovery codes, known only here.

    Raises InvalidInputError for ``code``, also if nothing is being set up.
    """
    secret = pending_secret(keys, holder)
    step = None if secret is None else second_factor.matching_step(secret, typed, None, now)
    if step is None:
        raise InvalidInputError(
            {"code": [gettext("Dieser Code stimmt nicht. Geben Sie den Code ein, den die App jetzt zeigt.")]}
        )
    holder.totp_secret, holder.pending_totp_secret = holder.pending_totp_secret, None
    holder.totp_last_step = step
    return renew_recovery_codes(holder)


def renew_recovery_codes(holder: Holder) -> list[str]:
    """Ten new codes in place of all that were left."""
    codes, holder.recovery_codes = second_factor.new_recovery_codes()
    return codes
