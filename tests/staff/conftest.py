"""People of two towns, and looking behind row security."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.staff.models import Staff
from kreisportal.staff.queries import active_member
from kreisportal.staff.sign_in import Locksmith
from tests.support.server import DatabaseCopy
from tests.support.staff import Person, add_person

Audit = Callable[[Person], list[tuple[str, dict[str, Any]]]]


@pytest.fixture
def person(database: Database, locksmith: Locksmith, towns: dict[str, int]) -> Person:
    """Somebody at Vechta."""
    return add_person(database, locksmith, towns["vechta"])


@pytest.fixture
def context(person: Person) -> Context:
    """Vechta's desk with this person."""
    return Context(ActorKind.STAFF, person.tenant_id, staff_id=person.id)


@pytest.fixture
def audit_of(region: DatabaseCopy) -> Audit:
    """What the audit says of a person: (action, data), oldest first."""

    def read(person: Person) -> list[tuple[str, dict[str, Any]]]:
        query = "SELECT action, data FROM audit_entries WHERE subject_id = %s ORDER BY id"
        with region.superuser() as connection:
            return connection.execute(query, [str(person.id)]).fetchall()

    return read


@pytest.fixture
def row_of(database: Database) -> Callable[[Person], Staff]:
    """A person's row."""

    def read(person: Person) -> Staff:
        with database.transaction(Context(ActorKind.STAFF, person.tenant_id)) as session:
            found = active_member(session, person.id)
        assert found is not None
        return found

    return read
