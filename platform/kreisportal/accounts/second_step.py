"""The second factor of an account: set up with an app, asked for after the password, switched off with both.

Wrong codes are counted as wrong passwords are: who has signed in at this browser before is counted apart, so that
whoever knows the password cannot lock its owner out.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from kreisportal.accounts.models import AccountSecondFactor
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.service import acting_for
from kreisportal.accounts.sign_in import REGION, is_known_here
from kreisportal.credentials import holders
from kreisportal.credentials.errors import LockedError, SealBrokenError, WrongCredentialsError
from kreisportal.credentials.keys import CredentialKeys
from kreisportal.credentials.lockout import limits_for, take_attempt, take_back
from kreisportal.kernel.database import Database
from kreisportal.kernel.errors import NotFoundError

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Attempting:
    """Who tries a code: the account, the network address, and the mark that the browser keeps."""

    account_id: uuid.UUID
    source: str
    mark: str | None = None


def factor_of(
    session: Session, account_id: uuid.UUID, *, to_change: bool = False
) -> AccountSecondFactor | None:
    """The account's row, held until the end of the transaction if it is to be changed."""
    return session.get(AccountSecondFactor, account_id, with_for_update=to_change or None)


def asks_for_code(session: Session, account_id: uuid.UUID) -> bool:
    """Whether the account has a second factor that counts."""
    factor = factor_of(session, account_id)
    return factor is not None and factor.is_on


def check_code(
    database: Database, keys: CredentialKeys, who: Attempting, typed: str, now: datetime.datetime
) -> None:
    """Try a code of the app; it counts once. Raises WrongCredentialsError or LockedError."""

    def use(factor: AccountSecondFactor) -> int | None:
        try:
            return holders.use_code(keys, factor, typed, now) or None
        except SealBrokenError as error:
            # The SECRET_KEY has changed: recovery codes and passkeys go on counting, and another app can be set up.
            _log.warning("a second factor cannot be opened", reason=str(error))
            return None

    _try(database, keys, who, use)


def check_recovery_code(database: Database, keys: CredentialKeys, who: Attempting, typed: str) -> int:
    """Try a recovery code, which is used up then; how many are left. Raises WrongCredentialsError or LockedError."""
    return _try(database, keys, who, lambda factor: holders.use_recovery_code(factor, typed))


def check_either(
    database: Database, keys: CredentialKeys, who: Attempting, typed: str, now: datetime.datetime
) -> str:
    """Try what may be a code of the app or a recovery code; how the session is called that follows.

    Raises WrongCredentialsError or LockedError.
    """
    if "".join(typed.split()).isdecimal():
        check_code(database, keys, who, typed, now)
        return "password+code"
    check_recovery_code(database, keys, who, typed)
    return "password+recovery"


def begin_set_up(session: Session, keys: CredentialKeys, account_id: uuid.UUID) -> None:
    """Begin to set up an app; one that counts goes on to count until the new one has shown a code."""
    factor = factor_of(session, account_id, to_change=True)
    if factor is None:
        factor = AccountSecondFactor(account_id=account_id, recovery_codes=[])
        session.add(factor)
    holders.begin_pending(keys, factor)


def secret_being_set_up(session: Session, keys: CredentialKeys, account_id: uuid.UUID) -> str | None:
    """The secret to be shown, or None if nothing was begun."""
    factor = factor_of(session, account_id)
    try:
        return holders.pending_secret(keys, factor) if factor else None
    except SealBrokenError:
        return None


def finish_set_up(
    session: Session, keys: CredentialKeys, account_id: uuid.UUID, typed: str, now: datetime.datetime
) -> list[str]:
    """Let the app count, if ``typed`` is a code of it; the recovery codes, shown only once.

    Raises InvalidInputError for ``code``, NotFoundError if nothing was begun.
    """
    factor = _needed(session, account_id)
    try:
        codes = holders.confirm_pending(keys, factor, typed, now)
    except SealBrokenError:
        raise NotFoundError from None
    factor.confirmed_at = now
    return codes


def renew_codes(session: Session, account_id: uuid.UUID) -> list[str]:
    """Ten new recovery codes in place of all that were left. Raises NotFoundError without a second factor."""
    factor = _needed(session, account_id)
    if not factor.is_on:
        raise NotFoundError
    return holders.renew_recovery_codes(factor)


def switch_off(session: Session, account_id: uuid.UUID) -> None:
    """No code is asked for any more. Password and code were asked for before."""
    factor = factor_of(session, account_id, to_change=True)
    if factor is not None:
        session.delete(factor)


def _needed(session: Session, account_id: uuid.UUID) -> AccountSecondFactor:
    factor = factor_of(session, account_id, to_change=True)
    if factor is None:
        raise NotFoundError
    return factor


def _try(
    database: Database,
    keys: CredentialKeys,
    who: Attempting,
    use: Callable[[AccountSecondFactor], int | None],
) -> int:
    """Count the attempt, then try; the row is held meanwhile, so that two at once cannot use the same code."""
    context = acting_for(who.account_id)
    with database.transaction(context) as session:
        account = own_account(session, who.account_id)
        whose = "account-code"
        if account is not None and is_known_here(keys, account.email, who.mark):
            whose = "account-code-device"
        limits = limits_for(keys, REGION, str(who.account_id), who.source, whose)
        attempt = take_attempt(session, limits)
    if attempt.refused_until:
        raise LockedError(attempt.refused_until)
    with database.transaction(context) as session:
        factor = factor_of(session, who.account_id, to_change=True)
        found = use(factor) if factor is not None and factor.is_on else None
        if found is None:
            raise WrongCredentialsError
        take_back(session, attempt)
    return found
