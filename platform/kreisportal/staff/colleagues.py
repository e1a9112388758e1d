"""Who runs the region: listed, and let out again so that somebody who runs all of it is always left."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, NotFoundError
from kreisportal.staff import service
from kreisportal.staff.errors import LastOperatorError
from kreisportal.staff.models import RegionStaff


def all_region_members(session: Session) -> Sequence[RegionStaff]:
    """All whom the actor reaches, switched off or not, by name."""
    return session.scalars(select(RegionStaff).order_by(RegionStaff.name, RegionStaff.email)).all()


def other_member(session: Session, context: Context, member_id: uuid.UUID) -> RegionStaff:
    """Somebody whom the actor reaches, held until the end of the transaction.

    Raises NotFoundError, and ConflictError for oneself: one's own access is changed by oneself, with one's password.
    """
    if member_id == context.staff_id:
        raise ConflictError("the own access is not changed here")
    member = session.scalar(select(RegionStaff).where(RegionStaff.id == member_id).with_for_update())
    if member is None:
        raise NotFoundError
    return member


def switch_member(session: Session, context: Context, member: RegionStaff, *, on: bool) -> None:
    """Switch somebody's access off, which ends it at once, or on again. Raises LastOperatorError."""
    if not on and member.active:
        _leave_an_operator(session, member)
    service.change_member(session, context, member, active=on)


def _leave_an_operator(session: Session, member: RegionStaff) -> None:
    """Raises LastOperatorError if nobody who can sign in would be left to run the region.

    The rows are held, so that two who let each other out at the same time are not both gone.
    """
    query = select(RegionStaff).where(RegionStaff.district_id.is_(None), RegionStaff.active)
    operators = session.scalars(
        query.order_by(RegionStaff.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    able = [each.id for each in operators if each.enrolled]
    if able == [member.id]:
        raise LastOperatorError(f"{member.email} is the last who can run the region")
