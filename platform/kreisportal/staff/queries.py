"""Reading staff, always within the tenant that the transaction acts for."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.staff.models import Staff


def active_member(session: Session, staff_id: uuid.UUID, *, to_change: bool = False) -> Staff | None:
    """The member of staff with this id, unless switched off. ``to_change`` keeps others from changing it meanwhile."""
    query = select(Staff).where(Staff.id == staff_id, Staff.active)
    return session.scalar(query.with_for_update() if to_change else query)


def by_email(session: Session, email: str) -> Staff | None:
    """The member of staff with this address (compared without case), unless switched off."""
    return session.scalar(select(Staff).where(Staff.email == normalised_email(email), Staff.active))


def by_invitation(
    session: Session, token_digest: bytes, now: datetime.datetime, *, to_change: bool = False
) -> Staff | None:
    """The member of staff whose open invitation has this digest."""
    query = select(Staff).where(
        Staff.invitation_digest == token_digest, Staff.invitation_expires_at > now, Staff.active
    )
    return session.scalar(query.with_for_update() if to_change else query)


def all_members(session: Session) -> list[Staff]:
    """All active staff of the tenant by name."""
    return list(session.scalars(select(Staff).where(Staff.active).order_by(Staff.name)))


def normalised_email(email: str) -> str:
    """An address as it is kept and compared: without case and white space, and without NUL, which no column takes."""
    return email.strip().lower().replace("\0", "")
