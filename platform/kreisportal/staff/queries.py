"""Reading staff, always within the tenant that the transaction acts for."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.staff.models import Staff


def active_member(session: Session, staff_id: uuid.UUID) -> Staff | None:
    """The member of staff with this id, unless switched off."""
    return session.scalar(select(Staff).where(Staff.id == staff_id, Staff.active))


def by_email(session: Session, email: str) -> Staff | None:
    """The member of staff with this address (compared without case), unless switched off."""
    return session.scalar(select(Staff).where(Staff.email == email.strip().lower(), Staff.active))


def all_members(session: Session) -> list[Staff]:
    """All active staff of the tenant by name."""
    return list(session.scalars(select(Staff).where(Staff.active).order_by(Staff.name)))
