"""Signing in: password, then second factor. Whatever is counted stays counted, also when the answer is no.

These functions begin their transactions themselves, for two reasons: a refusal must not roll back what it has
counted, and no connection waits while a password is being tried.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from kreisportal.audit import service as audit
from kreisportal.credentials import holders
from kreisportal.credentials.errors import LockedError, WrongCredentialsError
from kreisportal.credentials.keys import CredentialKeys
from kreisportal.credentials.lockout import Attempt, delay_after, limits_for, take_attempt, take_back
from kreisportal.credentials.passwords import Passwords
from kreisportal.kernel.database import Context, Database
from kreisportal.staff.models import Member
from kreisportal.staff.queries import acting_member, by_email, normalised_email


@dataclass(frozen=True, slots=True)
class Locksmith:
    """What makes and tries keys: the passwords' hasher and the installation's keys."""

    passwords: Passwords
    keys: CredentialKeys


@dataclass(frozen=True, slots=True)
class PasswordAccepted:
    """The password was right. ``enrolled``: there is a second factor to be shown now; else it is to be set up."""

    staff_id: uuid.UUID
    enrolled: bool


@dataclass(frozen=True, slots=True)
class SecondFactorAccepted:
    """Signed in. ``codes_left`` is None unless a recovery code was used."""

    staff_id: uuid.UUID
    codes_left: int | None = None


def check_password(
    database: Database, locksmith: Locksmith, visitor: Context, email: str, password: str, source: str
) -> PasswordAccepted:
    """The first step, of who is ``visitor`` until then. ``source`` is the network address it comes from.

    An unknown address, one that is switched off and one that has no password yet are answered like a wrong
    password, after the same work. Raises WrongCredentialsError or LockedError.
    """
    limits = limits_for(locksmith.keys, visitor.tenant_id, normalised_email(email), source)
    with database.transaction(visitor) as session:
        attempt = take_attempt(session, limits)
        member = None if attempt.refused_until else by_email(session, visitor, email)
    if attempt.refused_until:
        raise LockedError(attempt.refused_until)
    known = member.password_hash if member else None
    right = locksmith.passwords.verify(known, password)
    if member is None or not right:
        with database.transaction(visitor) as session:
            _note_failure(session, visitor, member, attempt)
        raise WrongCredentialsError
    better = locksmith.passwords.hash(password) if known and locksmith.passwords.outdated(known) else None
    person = replace(visitor, staff_id=member.id)
    with database.transaction(person) as session:
        take_back(session, attempt)
        current = acting_member(session, person, to_change=True)
        if current is None or current.password_hash != known:
            raise WrongCredentialsError
        current.password_hash = better or known
        if not current.enrolled and current.pending_totp_secret is None:
            holders.begin_pending(locksmith.keys, current)
        return PasswordAccepted(current.id, current.enrolled)


def prove_password(
    database: Database, locksmith: Locksmith, context: Context, password: str, source: str
) -> None:
    """Ask a person who is signed in for the password again. Raises WrongCredentialsError or LockedError."""
    with database.transaction(context) as session:
        member = acting_member(session, context)
    if member is None:
        raise WrongCredentialsError
    check_password(database, locksmith, context, member.email, password, source)


def check_code(
    database: Database, locksmith: Locksmith, context: Context, typed: str, now: datetime.datetime
) -> SecondFactorAccepted:
    """The second step with a code of the app. Raises WrongCredentialsError or LockedError."""

    def use(member: Member) -> SecondFactorAccepted | None:
        if not holders.use_code(locksmith.keys, member, typed, now):
            return None
        return SecondFactorAccepted(member.id)

    return _second_step(database, context, now, use)


def check_recovery_code(
    database: Database, context: Context, typed: str, now: datetime.datetime
) -> SecondFactorAccepted:
    """The second step with a recovery code, which is then used up. Raises WrongCredentialsError or LockedError."""

    def use(member: Member) -> SecondFactorAccepted | None:
        left = holders.use_recovery_code(member, typed)
        return None if left is None else SecondFactorAccepted(member.id, left)

    return _second_step(database, context, now, use)


def _second_step(
    database: Database,
    context: Context,
    now: datetime.datetime,
    use: Callable[[Member], SecondFactorAccepted | None],
) -> SecondFactorAccepted:
    """Try the second factor; the row is held meanwhile, so that two at once cannot use the same code."""
    with database.transaction(context) as session:
        member = acting_member(session, context, to_change=True)
        if member is None:
            raise WrongCredentialsError
        if member.locked_until is not None and member.locked_until > now:
            raise LockedError(member.locked_until)
        accepted = use(member)
        if accepted is None:
            _count_wrong_code(session, context, member, now)
        else:
            member.failures, member.locked_until, member.pending_totp_secret = 0, None, None
            _note_success(session, context, accepted)
    if accepted is None:
        raise WrongCredentialsError
    return accepted


def _count_wrong_code(session: Session, context: Context, member: Member, now: datetime.datetime) -> None:
    member.failures += 1
    audit.record(session, context, "sign-in-failed", "staff", member.id, step="second-factor")
    delay = delay_after(member.failures)
    if delay:
        member.locked_until = now + datetime.timedelta(seconds=delay)
        audit.record(session, context, "locked", "staff", member.id, step="second-factor", seconds=delay)


def _note_success(session: Session, context: Context, accepted: SecondFactorAccepted) -> None:
    method = "app"
    if accepted.codes_left is not None:
        method = "recovery-code"
        audit.record(
            session, context, "recovery-code-used", "staff", accepted.staff_id, left=accepted.codes_left
        )
    audit.record(session, context, "signed-in", "staff", accepted.staff_id, method=method)


def _note_failure(session: Session, context: Context, member: Member | None, attempt: Attempt) -> None:
    """Write down a wrong password; of an address without an account only that there was one."""
    subject = member.id if member else "unknown"
    audit.record(session, context, "sign-in-failed", "staff", subject, step="password")
    for limit in attempt.locks:
        kind, who = ("staff", subject) if limit.forgets else ("source", limit.key.rpartition(":")[2][:16])
        audit.record(session, context, "locked", kind, who, step="password")
