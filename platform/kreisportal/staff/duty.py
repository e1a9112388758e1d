"""Who is there and who is away: leave, deputies, whose cases somebody has in their list, and who is told of a case."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.audit import service as audit
from kreisportal.i18n import gettext
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.staff.models import DepartmentMember, DepartmentService, Staff

LONGEST_LEAVE = datetime.timedelta(days=2 * 365)


@dataclass(frozen=True, slots=True)
class Leave:
    """When somebody is away, both days included, and who stands in for them."""

    first: datetime.date
    last: datetime.date
    deputy_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Duty:
    """What of the town's cases is somebody's work today.

    ``absent`` are the colleagues they stand in for. ``others`` are the services that only departments work to which
    neither they nor those belong; empty for who is in no department, whose work everything is. What a department works in
    which nobody is, is everybody's, so that no case is in nobody's list.
    """

    staff_id: uuid.UUID
    absent: tuple[Staff, ...]
    others: frozenset[str]

    @property
    def persons(self) -> tuple[uuid.UUID, ...]:
        """Whose cases are theirs: their own, and those of the absent."""
        return (self.staff_id, *(each.id for each in self.absent))


def own_row(session: Session, staff_id: uuid.UUID) -> Staff | None:
    """Whoever is signed in, as far as their own town knows them."""
    return session.scalar(select(Staff).where(Staff.id == staff_id))


def is_away(member: Staff, today: datetime.date) -> bool:
    """Whether somebody is on leave."""
    return member.leave_from is not None and member.leave_from <= today <= (member.leave_until or today)


def set_leave(session: Session, context: Context, staff_id: uuid.UUID, leave: Leave | None) -> None:
    """Somebody is away, or (None) is not. By who acts themselves or, after ``hold_admins``, by an admin.

    Raises NotFoundError for a deputy who works no cases here.
    """
    held = session.scalar(select(Staff).where(Staff.id == staff_id, Staff.active).with_for_update())
    if held is None or (
        leave and leave.deputy_id and leave.deputy_id not in possible_deputies(session, staff_id)
    ):
        raise NotFoundError
    held.leave_from, held.leave_until = (leave.first, leave.last) if leave else (None, None)
    held.deputy_id = leave.deputy_id if leave else None
    session.flush()
    data = {
        "from": leave.first.isoformat() if leave else None,
        "until": leave.last.isoformat() if leave else None,
        "deputy": str(leave.deputy_id) if leave and leave.deputy_id else None,
    }
    audit.record(session, context, "leave-set" if leave else "leave-taken-back", "staff", staff_id, **data)


def possible_deputies(session: Session, staff_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Who may stand in for somebody: everybody else who works cases, by id with their names."""
    return {each.id: each.name for each in _workers(session) if each.id != staff_id}


def leave_typed(typed: Mapping[str, str], today: datetime.date) -> Leave | None:
    """What was typed as ``leave_from``, ``leave_until`` and ``deputy``; None if all of it is empty.

    Raises InvalidInputError with a sentence at each field that does not fit.
    """
    words = {name: typed.get(name, "").strip() for name in ("leave_from", "leave_until", "deputy")}
    if not any(words.values()):
        return None
    faults: dict[str, list[str]] = {}
    first, last = (_day(name, words[name], faults) for name in ("leave_from", "leave_until"))
    if first and last:
        if last < first:
            faults["leave_until"] = [
                gettext("Dieser Tag liegt vor dem ersten. Geben Sie einen späteren ein.")
            ]
        elif last < today or last - first > LONGEST_LEAVE:
            faults["leave_until"] = [
                gettext("Geben Sie einen Tag ab heute ein, höchstens zwei Jahre nach dem ersten.")
            ]
    deputy = _id(words["deputy"], faults)
    if faults or first is None or last is None:
        raise InvalidInputError(faults)
    return Leave(first, last, deputy)


def duty_of(session: Session, staff_id: uuid.UUID, today: datetime.date) -> Duty:
    """What is somebody's work today."""
    stands_in = select(Staff).where(
        Staff.active, Staff.deputy_id == staff_id, Staff.leave_from <= today, Staff.leave_until >= today
    )
    absent = tuple(session.scalars(stands_in.order_by(Staff.name)))
    persons = [staff_id, *(each.id for each in absent)]
    rows = session.execute(
        select(DepartmentMember.department_id, DepartmentMember.staff_id).where(
            DepartmentMember.staff_id.in_(persons)
        )
    ).all()
    if staff_id not in {row.staff_id for row in rows}:
        return Duty(staff_id, absent, frozenset())
    of_others = select(DepartmentService.service_key).where(
        DepartmentService.department_id.not_in({row.department_id for row in rows}),
        DepartmentService.department_id.in_(_manned()),
    )
    return Duty(staff_id, absent, frozenset(session.scalars(of_others)))


def told_of(
    session: Session, service_key: str, assignee_id: uuid.UUID | None, today: datetime.date
) -> Sequence[Staff]:
    """Who is told that something has happened to a case of a service: whoever works on it, and their deputy if away.

    Without such a one it is the department that works the service, and all who work cases if nobody of it is there.
    """
    workers = {each.id: each for each in _workers(session)}
    department = select(DepartmentMember.staff_id).join(
        DepartmentService, DepartmentService.department_id == DepartmentMember.department_id
    )
    members = session.scalars(department.where(DepartmentService.service_key == service_key))
    for wanted in ([assignee_id] if assignee_id else [], members, workers):
        found = _present(workers, wanted, today)
        if found:
            return found
    return list(workers.values())


def _present(
    workers: Mapping[uuid.UUID, Staff], wanted: Iterable[uuid.UUID], today: datetime.date
) -> list[Staff]:
    """Those of ``wanted`` who are there, and the deputies who are there of those who are not; nobody twice."""
    found: dict[uuid.UUID, Staff] = {}
    for staff_id in wanted:
        member = workers.get(staff_id)
        if member is not None and is_away(member, today):
            member = workers.get(member.deputy_id) if member.deputy_id else None
        if member is not None and not is_away(member, today):
            found[member.id] = member
    return sorted(found.values(), key=lambda each: each.email)


def _manned() -> Select[uuid.UUID]:
    """The departments in which somebody works cases."""
    query = select(DepartmentMember.department_id).join(Staff, Staff.id == DepartmentMember.staff_id)
    return query.where(Staff.active, Staff.roles.contains([Role.CASEWORKER.value]))


def _workers(session: Session) -> Sequence[Staff]:
    query = select(Staff).where(Staff.active, Staff.roles.contains([Role.CASEWORKER.value]))
    return session.scalars(query.order_by(Staff.name, Staff.id)).all()


def _day(name: str, text: str, faults: dict[str, list[str]]) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        faults[name] = [gettext("Geben Sie einen Tag ein, zum Beispiel 24.12.2026.")]
        return None


def _id(text: str, faults: dict[str, list[str]]) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        faults["deputy"] = [gettext("Wählen Sie jemanden aus der Liste.")]
        return None
