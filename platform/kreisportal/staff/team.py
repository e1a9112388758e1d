"""A town's team as its tenant admins lead it: who is in it, and every act on a member.

An act holds the town's admins until the end of its transaction, so that two at once cannot leave the town without
one. Each is written down, and whoever is let in, or has to begin anew, is told by mail.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.audit import service as audit
from kreisportal.i18n import gettext
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from kreisportal.staff import duty, service
from kreisportal.staff.errors import LastAdminError, OwnAccessError
from kreisportal.staff.invitation_mails import INVITATION_MAIL, RESET_MAIL, Mailing, send_link
from kreisportal.staff.models import Staff


def members(session: Session) -> Sequence[Staff]:
    """Everybody of the tenant, also those whose access has ended."""
    return session.scalars(select(Staff).order_by(Staff.name, Staff.id)).all()


def member(session: Session, staff_id: uuid.UUID) -> Staff:
    """Somebody of the tenant, whether their access has ended or not. Raises NotFoundError."""
    found = session.scalar(select(Staff).where(Staff.id == staff_id))
    if found is None:
        raise NotFoundError
    return found


def invite(
    session: Session,
    context: Context,
    tenant_id: int,
    new: dict[str, Any],
    secret_key: str,
    now: datetime.datetime,
) -> Staff:
    """Let somebody new in (see NewMemberSchema): they get a link by mail. Raises InvalidInputError."""
    hold_admins(session, context)
    try:
        added, _ = service.add_member(session, context, tenant_id, new, now)
    except ConflictError:
        known = gettext("Mit dieser Adresse gibt es schon jemanden in der Liste.")
        raise InvalidInputError({"email": [known]}) from None
    send_link(session, added, added.tenant_id, INVITATION_MAIL, Mailing(secret_key))
    return added


def invite_again(
    session: Session, context: Context, staff_id: uuid.UUID, secret_key: str, now: datetime.datetime
) -> Staff:
    """A new link in place of the one before, for somebody who has not set up their access yet."""
    hold_admins(session, context)
    held = _other(session, context, staff_id)
    if held.enrolled or not held.active:
        raise NotFoundError
    service.invite_again(session, context, held, now)
    send_link(session, held, held.tenant_id, INVITATION_MAIL, Mailing(secret_key))
    return held


def reset(
    session: Session, context: Context, staff_id: uuid.UUID, secret_key: str, now: datetime.datetime
) -> Staff:
    """For somebody who has lost password, app or recovery codes: all three end, and so do their sessions.

    They get a link by mail, which nobody else sees. Raises OwnAccessError: one's own access is changed with one's own
    password.
    """
    hold_admins(session, context)
    held = _other(session, context, staff_id)
    if not held.enrolled or not held.active:
        raise NotFoundError
    service.invite_again(session, context, held, now)
    audit.record(session, context, "second-factor-reset", "staff", held.id)
    send_link(session, held, held.tenant_id, RESET_MAIL, Mailing(secret_key))
    return held


def change(
    session: Session, context: Context, staff_id: uuid.UUID, name: str, roles: Iterable[Role]
) -> list[str]:
    """Another name, other roles; what of it has changed. It holds from the person's next request on.

    Raises OwnAccessError for a role that somebody would give themselves, LastAdminError.
    """
    admins = hold_admins(session, context)
    held, wanted = _held(session, staff_id), sorted({role.value for role in roles})
    changed = []
    if wanted != sorted(held.roles):
        if held.id == context.staff_id and not set(wanted) <= set(held.roles):
            raise OwnAccessError
        if Role.TENANT_ADMIN.value not in wanted:
            _refuse_last(admins, held)
        service.change_member(session, context, held, roles=[Role(role) for role in wanted])
        changed.append("roles")
    if name != held.name:
        held.name = name
        audit.record(session, context, "staff-renamed", "staff", held.id)
        changed.append("name")
    return changed


def end(session: Session, context: Context, staff_id: uuid.UUID) -> Staff:
    """Somebody works here no more: all their sessions end now. Raises LastAdminError."""
    admins = hold_admins(session, context)
    held = _held(session, staff_id)
    _refuse_last(admins, held)
    service.change_member(session, context, held, active=False)
    return held


def restore(session: Session, context: Context, staff_id: uuid.UUID) -> Staff:
    """Somebody is back: with the password and the app that they had."""
    hold_admins(session, context)
    held = _held(session, staff_id)
    service.change_member(session, context, held, active=True)
    return held


def set_leave(session: Session, context: Context, staff_id: uuid.UUID, leave: duty.Leave | None) -> None:
    """Somebody is away, or not any more; see ``duty.set_leave``."""
    hold_admins(session, context)
    duty.set_leave(session, context, staff_id, leave)


def hold_admins(session: Session, context: Context) -> Sequence[Staff]:
    """The town's admins who can sign in, none of whom changes until the end of the transaction.

    Raises NotAllowedError if who acts is not among them: also one who has just been removed by another.
    """
    query = select(Staff).where(Staff.active, Staff.roles.contains([Role.TENANT_ADMIN.value]))
    locked = query.order_by(Staff.id).with_for_update().execution_options(populate_existing=True)
    found = [admin for admin in session.scalars(locked) if admin.enrolled]
    if context.staff_id not in {admin.id for admin in found}:
        raise NotAllowedError
    return found


def _held(session: Session, staff_id: uuid.UUID) -> Staff:
    query = select(Staff).where(Staff.id == staff_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError
    return found


def _other(session: Session, context: Context, staff_id: uuid.UUID) -> Staff:
    if staff_id == context.staff_id:
        raise OwnAccessError
    return _held(session, staff_id)


def _refuse_last(admins: Iterable[Staff], leaving: Staff) -> None:
    if not [admin for admin in admins if admin.id != leaving.id]:
        raise LastAdminError
