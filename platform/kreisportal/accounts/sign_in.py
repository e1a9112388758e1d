"""Signing in with address and password. Whatever is counted stays counted, also when the answer is no.

A lock-out must not be a weapon: who has signed in at this browser before is counted apart from strangers, so that
strangers' guesses slow down strangers only.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid

from kreisportal.accounts.queries import id_by_email, normalised, own_account
from kreisportal.accounts.service import acting_for
from kreisportal.credentials.errors import LockedError, WrongCredentialsError
from kreisportal.credentials.keys import CredentialKeys
from kreisportal.credentials.lockout import Limit, limits_for, take_attempt, take_back
from kreisportal.credentials.passwords import Passwords
from kreisportal.kernel.database import ActorKind, Context, Database

REGION = 0
"""The number under which the region's own counts are kept; no tenant has it."""


def device_mark(keys: CredentialKeys, email: str) -> str:
    """What a browser keeps in which somebody has signed in: it proves that, and tells nobody the address."""
    return hmac.new(keys.naming, f"device {normalised(email)}".encode(), hashlib.sha256).hexdigest()


def check_password(
    database: Database,
    passwords: Passwords,
    keys: CredentialKeys,
    email: str,
    password: str,
    source: str,
    mark: str | None = None,
) -> uuid.UUID:
    """The account with this address and password. ``source`` is the network address, ``mark`` the browser's.

    An unknown address is answered like a wrong password, after the same work. Raises WrongCredentialsError or
    LockedError.
    """
    limits = _limits(keys, email, source, mark)
    nobody = Context(ActorKind.ACCOUNT)
    with database.transaction(nobody) as session:
        attempt = take_attempt(session, limits)
        account_id = None if attempt.refused_until else id_by_email(session, email)
    if attempt.refused_until:
        raise LockedError(attempt.refused_until)
    # An id that nobody has asks the database the same question.
    with database.transaction(acting_for(account_id or uuid.UUID(int=0))) as session:
        account = own_account(session, account_id or uuid.UUID(int=0))
        known = account.password_hash if account else None
    if not passwords.verify(known, password) or account_id is None or known is None:
        raise WrongCredentialsError
    better = passwords.hash(password) if passwords.outdated(known) else None
    with database.transaction(acting_for(account_id)) as session:
        take_back(session, attempt)
        account = own_account(session, account_id, to_change=True)
        if account is None or account.password_hash != known:
            raise WrongCredentialsError
        account.password_hash = better or known
    return account_id


def _limits(keys: CredentialKeys, email: str, source: str, mark: str | None) -> tuple[Limit, ...]:
    """Who has signed in here before has limits of their own for the account; the source counts for all."""
    whose = "account-device" if is_known_here(keys, email, mark) else "account"
    return limits_for(keys, REGION, normalised(email), source, whose)


def is_known_here(keys: CredentialKeys, email: str, mark: str | None) -> bool:
    """Whether a browser's mark says that the account with this address has signed in there."""
    return mark is not None and hmac.compare_digest(mark.encode(), device_mark(keys, email).encode())
