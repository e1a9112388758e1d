"""Departments of a town's administration: what they are called, who is in them, which services each works.

Acts are the tenant admin's, and hold the town's admins meanwhile as those on the team do.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from kreisportal.audit import service as audit
from kreisportal.i18n import gettext
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.kernel.ids import new_id
from kreisportal.staff.errors import DepartmentInUseError
from kreisportal.staff.models import Department, DepartmentMember, DepartmentService
from kreisportal.staff.team import hold_admins

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Unit:
    """A department with what is in it."""

    id: uuid.UUID
    name: str
    members: frozenset[uuid.UUID]
    services: frozenset[str]


def units(session: Session, tenant_id: int | None = None) -> list[Unit]:
    """All departments of the tenant by name: of the one that is named, where the actor reaches several."""
    members: dict[uuid.UUID, set[uuid.UUID]] = {}
    for department_id, staff_id in session.execute(
        select(DepartmentMember.department_id, DepartmentMember.staff_id).where(
            _of(DepartmentMember.tenant_id, tenant_id)
        )
    ):
        members.setdefault(department_id, set()).add(staff_id)
    services: dict[uuid.UUID, set[str]] = {}
    for department_id, key in session.execute(
        select(DepartmentService.department_id, DepartmentService.service_key).where(
            _of(DepartmentService.tenant_id, tenant_id)
        )
    ):
        services.setdefault(department_id, set()).add(key)
    rows = session.scalars(
        select(Department).where(_of(Department.tenant_id, tenant_id)).order_by(Department.name)
    ).all()
    return [
        Unit(row.id, row.name, frozenset(members.get(row.id, ())), frozenset(services.get(row.id, ())))
        for row in rows
    ]


def _of(column: InstrumentedAttribute[int], tenant_id: int | None) -> ColumnElement[bool]:
    return true() if tenant_id is None else column == tenant_id


def unit(session: Session, department_id: uuid.UUID) -> Unit:
    """A department of the tenant. Raises NotFoundError."""
    found = next((each for each in units(session) if each.id == department_id), None)
    if found is None:
        raise NotFoundError
    return found


def add(session: Session, context: Context, tenant_id: int, typed: str) -> uuid.UUID:
    """A new department, empty. Raises InvalidInputError for ``name``."""
    hold_admins(session, context)
    name = _name(session, typed, None)
    row = Department(tenant_id=tenant_id, id=new_id(), name=name)
    session.add(row)
    session.flush()
    audit.record(session, context, "department-added", "department", row.id)
    return row.id


def change(
    session: Session,
    context: Context,
    department_id: uuid.UUID,
    typed: str,
    services: Collection[str],
    known: Collection[str],
) -> list[str]:
    """Give another name, and let it work exactly these of the services that are ``known``; what of it has changed.

    A service that another department has worked is this one's from now on. Raises InvalidInputError for ``name``.
    """
    hold_admins(session, context)
    row = _row(session, department_id)
    name, before = _name(session, typed, department_id), unit(session, department_id).services
    changed = []
    if name != row.name:
        row.name = name
        audit.record(session, context, "department-renamed", "department", row.id)
        changed.append("name")
    wanted = frozenset(services) & frozenset(known)
    given, taken = wanted - before, (before & frozenset(known)) - wanted
    if given or taken:
        _give(session, row, given)
        session.execute(
            delete(DepartmentService).where(
                DepartmentService.department_id == row.id, DepartmentService.service_key.in_(taken)
            )
        )
        data = {"given": sorted(given), "taken": sorted(taken)}
        audit.record(session, context, "department-services-changed", "department", row.id, **data)
        changed.append("services")
    return changed


def _give(session: Session, row: Department, services: Collection[str]) -> None:
    if not services:
        return
    values = [
        {"tenant_id": row.tenant_id, "service_key": key, "department_id": row.id} for key in sorted(services)
    ]
    statement = insert(DepartmentService).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[DepartmentService.tenant_id, DepartmentService.service_key],
            set_={"department_id": statement.excluded.department_id},
        )
    )


def remove(session: Session, context: Context, department_id: uuid.UUID) -> str:
    """Remove a department that is empty; its name. Raises DepartmentInUseError."""
    hold_admins(session, context)
    row, found = _row(session, department_id), unit(session, department_id)
    if found.members or found.services:
        raise DepartmentInUseError
    session.delete(row)
    session.flush()
    audit.record(session, context, "department-removed", "department", department_id)
    return found.name


def departments_of(session: Session, staff_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """In which departments somebody works."""
    query = select(DepartmentMember.department_id).where(DepartmentMember.staff_id == staff_id)
    return frozenset(session.scalars(query))


def place(
    session: Session, context: Context, tenant_id: int, staff_id: uuid.UUID, wanted: Collection[uuid.UUID]
) -> bool:
    """Let somebody work in exactly these departments; whether that is a change. Raises NotFoundError for one unknown."""
    before, after = departments_of(session, staff_id), frozenset(wanted)
    if not after <= set(session.scalars(select(Department.id))):
        raise NotFoundError
    if before == after:
        return False
    session.execute(
        delete(DepartmentMember).where(
            DepartmentMember.staff_id == staff_id, DepartmentMember.department_id.in_(before - after)
        )
    )
    session.add_all(
        DepartmentMember(tenant_id=tenant_id, department_id=each, staff_id=staff_id)
        for each in after - before
    )
    session.flush()
    data = {"departments": sorted(str(each) for each in after)}
    audit.record(session, context, "staff-departments-changed", "staff", staff_id, **data)
    return True


def _row(session: Session, department_id: uuid.UUID) -> Department:
    found = session.scalar(select(Department).where(Department.id == department_id).with_for_update())
    if found is None:
        raise NotFoundError
    return found


def _name(session: Session, typed: str, own: uuid.UUID | None) -> str:
    """A name as it is kept. Raises InvalidInputError: it is missing, too long, or another department's."""
    name = " ".join(typed.split())
    others: Sequence[str] = session.scalars(
        select(Department.name).where(Department.id != (own or new_id()))
    ).all()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        sentence = gettext("Geben Sie einen Namen mit höchstens %(most)s Zeichen ein.", most=LONGEST_NAME)
        raise InvalidInputError({"name": [sentence]})
    if name.casefold() in {other.casefold() for other in others}:
        raise InvalidInputError({"name": [gettext("Eine Abteilung mit diesem Namen gibt es schon.")]})
    return name
