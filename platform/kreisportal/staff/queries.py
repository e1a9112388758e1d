"""Reading staff: a town's within the tenant that the transaction acts for, the region's where the region acts."""

from __future__ import annotations

import datetime
import uuid
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import NotFoundError
from kreisportal.staff.models import Member, RegionStaff, Staff


def table_of(context: Context) -> type[Member]:
    """Among whom the person of a context is to be found."""
    return RegionStaff if context.actor is ActorKind.REGION else Staff


def active_member(session: Session, staff_id: uuid.UUID, *, to_change: bool = False) -> Staff | None:
    """The town's member of staff with this id, unless switched off; held if they are ``to_change``."""
    query = select(Staff).where(Staff.id == staff_id, Staff.active)
    return session.scalar(query.with_for_update() if to_change else query)


def acting_member(session: Session, context: Context, *, to_change: bool = False) -> Member | None:
    """Who a context names, of a town or of the region, unless switched off; held if they are ``to_change``."""
    table = table_of(context)
    query = select(table).where(table.id == context.staff_id, table.active)
    return cast("Member | None", session.scalar(query.with_for_update() if to_change else query))


def region_member(session: Session, context: Context) -> RegionStaff:
    """Who a context of the region names. Raises NotFoundError for somebody who is switched off."""
    member = session.scalar(select(RegionStaff).where(RegionStaff.id == context.staff_id, RegionStaff.active))
    if member is None:
        raise NotFoundError
    return member


def by_email(session: Session, context: Context, email: str) -> Member | None:
    """The member of staff with this address (compared without case), unless switched off."""
    table = table_of(context)
    query = select(table).where(table.email == normalised_email(email), table.active)
    return cast("Member | None", session.scalar(query))


def by_invitation(
    session: Session,
    context: Context,
    token_digest: bytes,
    now: datetime.datetime,
    *,
    to_change: bool = False,
) -> Member | None:
    """The member of staff whose open invitation has this digest."""
    table = table_of(context)
    query = select(table).where(
        table.invitation_digest == token_digest, table.invitation_expires_at > now, table.active
    )
    return cast("Member | None", session.scalar(query.with_for_update() if to_change else query))


def all_members(session: Session) -> list[Staff]:
    """All active staff of the tenant by name."""
    return list(session.scalars(select(Staff).where(Staff.active).order_by(Staff.name)))


def region_names(session: Session) -> dict[uuid.UUID, str]:
    """The names of those who run the region, as far as the actor sees them."""
    rows = session.execute(select(RegionStaff.id, RegionStaff.name))
    return {row.id: row.name for row in rows}


def normalised_email(email: str) -> str:
    """An address as it is kept and compared: without case and white space, and without NUL, which no column takes."""
    return email.strip().lower().replace("\0", "")
