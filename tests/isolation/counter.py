"""Attacks on confirming at the counter who somebody is. Each says whether it came through; each brings its own case."""

from __future__ import annotations

import uuid

from kreisportal.cases import identity_checks
from kreisportal.cases.errors import OwnCaseError, SamePersonError
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.ids import new_id
from tests.isolation.town import Town
from tests.isolation.world import World
from tests.support.staff import Person


def _case(world: World, town: Town, email: str = "jemand@post.example") -> uuid.UUID:
    """An open case that nothing is asked about."""
    case_id = new_id()
    world.superuser.execute(
        "INSERT INTO cases (tenant_id, id, number, via_tenant_id, service_key, form_key, form_version, language, answers,"
        " draft_revision, applicant_name, email, secret_digest, receipt, state, received_at, due_on, events, last_hash)"
        " SELECT tenant_id, %s, %s, via_tenant_id, service_key, form_key, form_version, language, answers,"
        " draft_revision, 'Jemand', %s, secret_digest, receipt, 'new', now(), due_on, 0, %s FROM cases WHERE id = %s",
        (case_id, case_id.hex, email, bytes(32), town.open.id),
    )
    return case_id


def _as(person: Person) -> Context:
    return Context(ActorKind.STAFF, person.tenant_id, staff_id=person.id)


def _confirmed(world: World, case_id: uuid.UUID) -> bool:
    state = "SELECT state FROM identity_checks WHERE case_id = %s"
    found = world.superuser.execute(state, (case_id,)).fetchall()
    # What was made for this attack is taken away again.
    world.superuser.execute("DELETE FROM identity_checks WHERE case_id = %s", (case_id,))
    world.superuser.execute("DELETE FROM cases WHERE id = %s", (case_id,))
    return ("confirmed",) in found


def one_person_alone(world: World) -> bool:
    """Who has seen the person confirms it as well."""
    person, case_id = world.facts.a.caseworker, _case(world, world.facts.a)
    try:
        with world.program.database.transaction(_as(person)) as session:
            identity_checks.ask(session, _as(person), case_id, "passport")
        with world.program.database.transaction(_as(person)) as session:
            identity_checks.confirm(session, _as(person), case_id)
    except SamePersonError:
        pass
    return _confirmed(world, case_id)


def ones_own_case(world: World) -> bool:
    """A colleague asks, and who confirms is the applicant, by the address in the case."""
    colleague, person = world.facts.a.colleague, world.facts.a.caseworker
    case_id = _case(world, world.facts.a, person.email.upper())
    try:
        with world.program.database.transaction(_as(colleague)) as session:
            identity_checks.ask(session, _as(colleague), case_id, "passport")
        with world.program.database.transaction(_as(person)) as session:
            identity_checks.confirm(session, _as(person), case_id)
    except OwnCaseError:
        pass
    return _confirmed(world, case_id)
