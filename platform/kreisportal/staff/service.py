"""Accounts of staff, of a town or of the region: invited, made one's own, changed, switched off.

Each act writes its audit entry with it.

``context`` says who acts: a member of staff, or the region at the command line. Everything happens in the
session's transaction.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.audit import service as audit
from kreisportal.credentials import holders, password_rules
from kreisportal.credentials.schemas import checked
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from kreisportal.kernel.ids import digest, new_id, new_token
from kreisportal.staff.errors import InvitationGoneError
from kreisportal.staff.models import Member, RegionStaff, Staff
from kreisportal.staff.queries import acting_member, by_invitation, normalised_email
from kreisportal.staff.schemas import NewMemberSchema, NewRegionMemberSchema
from kreisportal.staff.sign_in import Locksmith

INVITATION_DAYS = 7
_CLOSE_SESSIONS = text("SELECT definer.close_sessions_of_staff(:tenant, :staff)")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor that is being set up: its secret (base32), whose it is, and whether it is the first."""

    secret: str
    email: str
    first: bool


def add_member(
    session: Session, context: Context, tenant_id: int, new: dict[str, Any], now: datetime.datetime
) -> tuple[Staff, str]:
    """Add somebody (see NewMemberSchema) and invite them; the token of the invitation is known only here.

    Raises InvalidInputError, or ConflictError if the tenant has staff with this address.
    """
    fields = checked(NewMemberSchema(), new)
    if session.scalar(select(Staff.id).where(Staff.tenant_id == tenant_id, Staff.email == fields["email"])):
        raise ConflictError(f"there is staff with the address {fields['email']} already")
    member = Staff(tenant_id=tenant_id, **_columns(fields, sorted({role.value for role in fields["roles"]})))
    return member, _add(session, context, member, now)


def add_region_member(
    session: Session, context: Context, district_id: int | None, new: dict[str, Any], now: datetime.datetime
) -> tuple[RegionStaff, str]:
    """Add somebody who runs a district, or the whole region without one, and invite them.

    Raises InvalidInputError, or ConflictError if there is such staff with this address.
    """
    fields = checked(NewRegionMemberSchema(), new)
    if session.scalar(select(RegionStaff.id).where(RegionStaff.email == fields["email"])):
        raise ConflictError(f"there is staff of the region with the address {fields['email']} already")
    role = Role.OPERATOR if district_id is None else Role.DISTRICT_ADMIN
    member = RegionStaff(district_id=district_id, **_columns(fields, [role.value]))
    try:
        return member, _add(session, context, member, now)
    except IntegrityError as error:
        # It may be somebody's whom the actor does not reach.
        if "uq_region_staff_email" not in str(error.orig):
            raise
        raise ConflictError(f"there is staff of the region with the address {member.email} already") from None


def _columns(fields: dict[str, Any], roles: list[str]) -> dict[str, Any]:
    """The columns of somebody who is new and has neither password nor second factor yet."""
    return {
        "id": new_id(),
        "email": normalised_email(fields["email"]),
        "name": fields["name"],
        "roles": roles,
        "language": fields["language"],
        "recovery_codes": [],
        "failures": 0,
        "active": True,
    }


def _add(session: Session, context: Context, member: Member, now: datetime.datetime) -> str:
    """Add the row with an invitation, whose token is known only here."""
    session.add(member)
    token = _invite(member, now)
    session.flush()
    _record(session, context, "staff-added", member, roles=member.roles)
    return token


def invite_again(session: Session, context: Context, member: Member, now: datetime.datetime) -> str:
    """A new invitation, for somebody who has lost password or phone: both end now, and so do all sessions."""
    member.password_hash = member.totp_secret = member.totp_last_step = member.pending_totp_secret = None
    member.recovery_codes = []
    member.failures, member.locked_until = 0, None
    token = _invite(member, now)
    end_sessions(session, member)
    _record(session, context, "staff-invited", member)
    return token


def change_member(
    session: Session,
    context: Context,
    member: Member,
    *,
    roles: Iterable[Role] | None = None,
    active: bool | None = None,
) -> None:
    """Give other roles, or switch an account off or on. It holds from the person's next request on."""
    if roles is not None:
        member.roles = sorted({role.value for role in roles})
        _record(session, context, "staff-roles-changed", member, roles=member.roles)
    if active is not None and active != member.active:
        member.active = active
        _record(session, context, "staff-switched-on" if active else "staff-switched-off", member)
    if active is False:
        end_sessions(session, member)


def invited_member(
    session: Session, context: Context, token: str, now: datetime.datetime, *, to_change: bool = False
) -> Member:
    """Whom an invitation is for. Raises InvitationGoneError."""
    member = by_invitation(session, context, digest(token), now, to_change=to_change)
    if member is None:
        raise InvitationGoneError
    return member


def accept_invitation(
    session: Session,
    context: Context,
    locksmith: Locksmith,
    token: str,
    password: str,
    town_names: Iterable[str],
    now: datetime.datetime,
) -> Member:
    """Use an invitation up: the person has a password now and sets up the second factor next.

    Raises InvitationGoneError, or InvalidInputError for ``new_password``.
    """
    member = invited_member(session, context, token, now, to_change=True)
    _set_password(locksmith, member, password, town_names)
    member.invitation_digest = member.invitation_expires_at = None
    holders.begin_pending(locksmith.keys, member)
    end_sessions(session, member)
    _record(session, context, "invitation-accepted", member)
    return member


def change_password(
    session: Session, context: Context, locksmith: Locksmith, password: str, town_names: Iterable[str]
) -> None:
    """Set one's own new password; all sessions end. The old one was asked for before (``prove_password``).

    Raises InvalidInputError for ``new_password``.
    """
    member = _own(session, context)
    _set_password(locksmith, member, password, town_names)
    end_sessions(session, member)
    _record(session, context, "password-changed", member)


def begin_enrolment(session: Session, context: Context, locksmith: Locksmith) -> None:
    """Begin to set up another authenticator app; the present one counts until the new one has shown a code."""
    holders.begin_pending(locksmith.keys, _own(session, context))


def enrolment_of(
    session: Session, context: Context, locksmith: Locksmith, *, verified: bool
) -> Enrolment | None:
    """What is being set up, or None if nothing was begun.

    ``verified``: the second factor was shown in this session. Who has one must have shown it to see a new
    secret: NotAllowedError otherwise, because a password alone must not give a second factor.
    """
    member = _own(session, context, to_change=False)
    secret = _pending(locksmith, member, verified=verified)
    return Enrolment(secret, member.email, first=not member.enrolled) if secret else None


def confirm_enrolment(
    session: Session,
    context: Context,
    locksmith: Locksmith,
    typed: str,
    now: datetime.datetime,
    *,
    verified: bool,
) -> list[str]:
    """Let the new second factor count, if ``typed`` is a code of it; the new recovery codes, shown only once.

    All sessions end. Raises InvalidInputError for ``code``, NotAllowedError, NotFoundError if none was begun.
    """
    member = _own(session, context)
    secret = _pending(locksmith, member, verified=verified)
    if secret is None:
        raise NotFoundError
    first = not member.enrolled
    codes = holders.confirm_pending(locksmith.keys, member, typed, now)
    member.failures, member.locked_until = 0, None
    end_sessions(session, member)
    _record(session, context, "second-factor-enrolled", member, first=first)
    if not verified:
        _record(session, context, "signed-in", member, method="enrolment")
    return codes


def renew_recovery_codes(session: Session, context: Context) -> list[str]:
    """Ten new codes in place of all that were left."""
    member = _own(session, context)
    codes = holders.renew_recovery_codes(member)
    _record(session, context, "recovery-codes-renewed", member)
    return codes


def note_sign_out(session: Session, context: Context) -> None:
    """Write down that somebody signed out."""
    _record(session, context, "signed-out", _own(session, context))


def end_sessions(session: Session, member: Member) -> None:
    """End every session of a member of staff."""
    session.execute(_CLOSE_SESSIONS, {"tenant": member.tenant_id, "staff": member.id})


def _invite(member: Member, now: datetime.datetime) -> str:
    token = new_token()
    member.invitation_digest = digest(token)
    member.invitation_expires_at = now + datetime.timedelta(days=INVITATION_DAYS)
    return token


def _own(session: Session, context: Context, *, to_change: bool = True) -> Member:
    """The row of the person who acts, held until the end of the transaction if it is to be changed."""
    member = acting_member(session, context, to_change=to_change)
    if member is None:
        raise NotFoundError
    return member


def _pending(locksmith: Locksmith, member: Member, *, verified: bool) -> str | None:
    if member.enrolled and not verified:
        raise NotAllowedError
    return holders.pending_secret(locksmith.keys, member)


def _set_password(locksmith: Locksmith, member: Member, password: str, town_names: Iterable[str]) -> None:
    faults = password_rules.faults_of(password, [*town_names, member.name, member.email])
    if faults:
        raise InvalidInputError({"new_password": faults})
    member.password_hash = locksmith.passwords.hash(password)


def _record(session: Session, context: Context, action: str, member: Member, **data: Any) -> None:
    audit.record(session, context, action, "staff", member.id, tenant_id=member.tenant_id, **data)
