"""Who works here: at a town's desk its staff, at the region's host those who run the region."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from kreisportal.access.roles import Role
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.context import REGION_VISITOR
from kreisportal.staff.queries import acting_member
from kreisportal.web.program import program
from kreisportal.web.site import here


@dataclass(frozen=True, slots=True)
class StaffMember:
    """The member of staff behind a session."""

    id: uuid.UUID
    name: str
    email: str
    roles: frozenset[Role]


def staff_visitor() -> Context:
    """Who is at this town's desk, or at the region's host, and has not said yet who they are."""
    return REGION_VISITOR if here().site == "region" else Context(ActorKind.STAFF, here().tenant.id)


def load_member(staff_id: uuid.UUID) -> StaffMember | None:
    """The member of staff with this id who works here, unless switched off."""
    context = replace(staff_visitor(), staff_id=staff_id)
    with program().database.transaction(context) as connection:
        member = acting_member(connection, context)
    if member is None:
        return None
    return StaffMember(member.id, member.name, member.email, frozenset(Role(role) for role in member.roles))
