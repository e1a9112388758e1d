"""The departments of a town that becomes part of another one: taken over there with what they work and who comes along."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kreisportal.kernel.ids import new_id
from kreisportal.staff.departments import Unit, units
from kreisportal.staff.models import Department, DepartmentMember, DepartmentService

NOTHING: Mapping[str, Any] = {"added": [], "services": {}, "members": []}
"""What is noted of a merge that took no department over."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What becomes of the departments, in numbers.

    ``joined`` go into one of the same name, ``added`` are new there. ``services`` go with them; ``services_there`` are
    worked there already by a department, which keeps them. ``members`` are the people in them.
    """

    added: int
    joined: int
    services: int
    services_there: int
    members: int


def outlook_of(session: Session, town_id: int, into_id: int, staff: set[uuid.UUID]) -> Outlook:
    """The dry run; ``staff`` are those who work at the town that goes."""
    going, there = units(session, town_id), units(session, into_id)
    names, worked = {_key(each.name) for each in there}, _services(there)
    joined = sum(_key(each.name) in names for each in going)
    services = _services(going)
    members = {member for each in going for member in each.members}
    return Outlook(
        len(going) - joined, joined, len(services - worked), len(services & worked), len(members & staff)
    )


def carry_over(
    session: Session, town_id: int, into_id: int, people: Mapping[uuid.UUID, uuid.UUID]
) -> dict[str, Any]:
    """Take the departments over; what was added there, to be noted for ``take_away``.

    ``people`` says who somebody of the town is at the other one. A service that a department there works stays with it.
    """
    there = {_key(each.name): each for each in units(session, into_id)}
    worked = _services(there.values())
    added: list[str] = []
    services: dict[str, str] = {}
    members: list[list[str]] = []
    for unit in units(session, town_id):
        known = there.get(_key(unit.name))
        own_id = known.id if known else new_id()
        if known is None:
            session.add(Department(tenant_id=into_id, id=own_id, name=unit.name))
            session.flush()
            added.append(str(own_id))
        services |= {key: str(own_id) for key in sorted(unit.services - worked)}
        newly = {people[each] for each in unit.members if each in people}
        members += [[str(own_id), str(each)] for each in newly - (known.members if known else set())]
    session.add_all(
        DepartmentService(tenant_id=into_id, service_key=key, department_id=uuid.UUID(own))
        for key, own in services.items()
    )
    session.add_all(
        DepartmentMember(tenant_id=into_id, department_id=uuid.UUID(own), staff_id=uuid.UUID(member))
        for own, member in members
    )
    session.flush()
    return {"added": added, "services": services, "members": members}


def take_away(session: Session, into_id: int, noted: Mapping[str, Any]) -> None:
    """Undo it. What the town has done meanwhile stays: what another department works now, a department with others in it."""
    for own, member in noted["members"]:
        session.execute(
            delete(DepartmentMember).where(
                DepartmentMember.tenant_id == into_id,
                DepartmentMember.department_id == uuid.UUID(own),
                DepartmentMember.staff_id == uuid.UUID(member),
            )
        )
    for key, own in noted["services"].items():
        session.execute(
            delete(DepartmentService).where(
                DepartmentService.tenant_id == into_id,
                DepartmentService.department_id == uuid.UUID(own),
                DepartmentService.service_key == key,
            )
        )
    in_use = {each.id for each in units(session, into_id) if each.members or each.services}
    empty = {uuid.UUID(each) for each in noted["added"]} - in_use
    session.execute(delete(Department).where(Department.tenant_id == into_id, Department.id.in_(empty)))


def is_placed(session: Session, tenant_id: int, staff_id: uuid.UUID) -> bool:
    """Whether somebody is in a department; who is in none sees all cases."""
    query = select(DepartmentMember.staff_id).where(
        DepartmentMember.tenant_id == tenant_id, DepartmentMember.staff_id == staff_id
    )
    return session.scalar(query.limit(1)) is not None


def _services(of: Iterable[Unit]) -> set[str]:
    return {key for each in of for key in each.services}


def _key(name: str) -> str:
    """A name as departments are told apart by it."""
    return name.casefold()
