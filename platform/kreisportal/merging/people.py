"""Who works at a town that becomes part of another one: some work there from then on, with their departments and leave."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.merging.departments import is_placed
from kreisportal.staff import service as staff_service
from kreisportal.staff.invitation_mails import MOVED_MAIL, Mailing, send_link
from kreisportal.staff.models import Staff
from kreisportal.tenancy.models import Tenant


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who works at the other town from now on; the token of the invitation is known only here.

    ``is_mailed``: a mail says so to them, with the link. There is none to an address that cannot be written to.
    """

    name: str
    email: str
    token: str
    is_mailed: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works at the town that goes. ``is_there``: with the same address they work at the other one as well."""

    id: uuid.UUID
    name: str
    email: str
    roles: tuple[str, ...]
    is_there: bool


def colleagues(session: Session, town_id: int, into_id: int) -> list[Colleague]:
    """Who works at a town, by name."""
    there = set(session.scalars(select(Staff.email).where(Staff.tenant_id == into_id, Staff.active)))
    query = select(Staff).where(Staff.tenant_id == town_id, Staff.active).order_by(Staff.name, Staff.email)
    return [
        Colleague(row.id, row.name, row.email, tuple(row.roles), row.email in there)
        for row in session.scalars(query)
    ]


def employ(
    session: Session,
    context: Context,
    town: Tenant,
    into: Tenant,
    chosen: Collection[uuid.UUID],
    now: datetime.datetime,
    mailing: Mailing | None,
) -> list[Invited]:
    """Give those who are chosen an account at the other town, with the same tasks; password and code are chosen anew.

    Whoever has worked there before, and was let out, begins anew like the others: what they once signed in with does
    not come back with the access. Whoever is away is away there, too.
    """
    taken = [
        each for each in colleagues(session, town.id, into.id) if each.id in chosen and not each.is_there
    ]
    invited = [_employ(session, context, into, each.id, now, mailing) for each in taken]
    _carry_leave(session, town, into, [each.id for each in taken], clock.today())
    return invited


def same_people(session: Session, town_id: int, into_id: int) -> dict[uuid.UUID, uuid.UUID]:
    """Who somebody of one town is at the other one, where they work at both."""
    there = {
        row.email: row.id
        for row in session.execute(
            select(Staff.email, Staff.id).where(Staff.tenant_id == into_id, Staff.active)
        )
    }
    here = session.execute(select(Staff.email, Staff.id).where(Staff.tenant_id == town_id, Staff.active))
    return {row.id: there[row.email] for row in here if row.email in there}


def who_joins(
    session: Session, town_id: int, into_id: int, invited: Sequence[Invited]
) -> Mapping[uuid.UUID, uuid.UUID]:
    """Whose departments go along: of those who come, and of those who are there in departments already.

    Who is there in none sees all cases, and goes on doing so.
    """
    emails = {each.email for each in invited}
    new = set(session.scalars(select(Staff.id).where(Staff.tenant_id == into_id, Staff.email.in_(emails))))
    return {
        before: after
        for before, after in same_people(session, town_id, into_id).items()
        if after in new or is_placed(session, into_id, after)
    }


def let_out(session: Session, context: Context, into: Tenant, emails: Collection[str]) -> None:
    """Those who came by a merge that is taken back work at their own town only, as before."""
    query = select(Staff).where(Staff.tenant_id == into.id, Staff.email.in_(emails))
    for member in session.scalars(query).all():
        member.leave_from = member.leave_until = member.deputy_id = None
        staff_service.change_member(session, context, member, active=False)


def _employ(
    session: Session,
    context: Context,
    into: Tenant,
    staff_id: uuid.UUID,
    now: datetime.datetime,
    mailing: Mailing | None,
) -> Invited:
    there = session.scalars(select(Staff).where(Staff.id == staff_id, Staff.tenant_id != into.id)).one()
    query = select(Staff).where(Staff.tenant_id == into.id, Staff.email == there.email)
    member = session.scalar(query)
    was_there = member is not None and member.password_hash is not None
    if member is not None:
        staff_service.change_member(
            session, context, member, roles=[Role(role) for role in there.roles], active=True
        )
        token = staff_service.invite_again(session, context, member, now)
    else:
        new = {name: getattr(there, name) for name in ("email", "name", "roles", "language")}
        member, token = staff_service.add_member(session, context, into.id, new, now)
    mailed = _mail(session, member, there.tenant_id, was_there, mailing) if mailing else None
    return Invited(there.name, there.email, mailed or token, mailed is not None)


def _mail(session: Session, member: Staff, from_id: int, was_there: bool, mailing: Mailing) -> str | None:
    """The token that is good now and stands in the mail; None if nothing can be written to the address."""
    try:
        return send_link(
            session, member, member.tenant_id, MOVED_MAIL, mailing, from_id=from_id, was_there=was_there
        )
    except InvalidInputError:
        return None


def _carry_leave(
    session: Session, town: Tenant, into: Tenant, taken: Sequence[uuid.UUID], today: datetime.date
) -> None:
    """Leave that is not over, and the deputy, if they work cases at the other town, too."""
    same = same_people(session, town.id, into.id)
    workers = set(
        session.scalars(
            select(Staff.id).where(
                Staff.tenant_id == into.id, Staff.active, Staff.roles.contains([Role.CASEWORKER.value])
            )
        )
    )
    away = select(Staff).where(
        Staff.tenant_id == town.id, Staff.id.in_(taken), Staff.leave_until.is_not(None)
    )
    for before in session.scalars(away).all():
        after = session.get_one(Staff, (into.id, same[before.id]))
        if before.leave_until is not None and before.leave_until >= today:
            deputy = same.get(before.deputy_id) if before.deputy_id else None
            after.leave_from, after.leave_until = before.leave_from, before.leave_until
            after.deputy_id = deputy if deputy in workers else None
    session.flush()
