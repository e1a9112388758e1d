"""The audit: who did what, in the transaction of the act, to be added to and never to be changed or read across."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from kreisportal.audit.service import record
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.tenancy.queries import load_records
from tests.support.server import DatabaseCopy


@pytest.fixture(scope="module")
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


@pytest.fixture(scope="module")
def towns(database: Database) -> tuple[int, int]:
    """The ids of Vechta and Cloppenburg."""
    with database.transaction(Context(ActorKind.ANONYMOUS)) as session:
        ids = {row.slug: row.id for row in load_records(session)}
    return ids["vechta"], ids["cloppenburg"]


def entries(superuser: psycopg.Connection, subject: uuid.UUID) -> list[tuple[object, ...]]:
    """What the audit says of a subject."""
    query = "SELECT tenant_id, actor, staff_id, action, subject_kind, data FROM audit_entries WHERE subject_id = %s"
    return superuser.execute(query + " ORDER BY id", (str(subject),)).fetchall()


def test_an_act_is_written_with_who_what_and_when(
    database: Database, superuser: psycopg.Connection, towns: tuple[int, int]
) -> None:
    subject, person = uuid.uuid4(), uuid.uuid4()
    context = Context(ActorKind.STAFF, towns[0], staff_id=person)
    with database.transaction(context) as session:
        record(session, context, "case.taken", "case", subject, sequence=2)
    assert entries(superuser, subject) == [(towns[0], "staff", person, "case.taken", "case", {"sequence": 2})]
    age = superuser.execute(
        "SELECT now() - at < interval '1 minute' FROM audit_entries WHERE subject_id = %s", (str(subject),)
    )
    assert age.fetchone() == (True,)


@pytest.mark.parametrize("actor", [ActorKind.APPLICANT, ActorKind.JOB, ActorKind.STAFF])
def test_each_who_acts_in_a_town_can_write_and_none_of_them_can_write_elsewhere(
    database: Database, superuser: psycopg.Connection, towns: tuple[int, int], actor: ActorKind
) -> None:
    subject = uuid.uuid4()
    context = Context(actor, towns[0], subject_id=subject)
    with database.transaction(context) as session:
        record(session, context, "case.read", "case", subject)
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        database.transaction(context) as session,
    ):
        record(session, context, "case.read", "case", subject, tenant_id=towns[1])
    assert [row[:2] for row in entries(superuser, subject)] == [(towns[0], actor.value)]


def test_an_act_that_did_not_happen_is_not_in_it(
    database: Database, superuser: psycopg.Connection, towns: tuple[int, int]
) -> None:
    subject = uuid.uuid4()
    context = Context(ActorKind.STAFF, towns[0])
    with pytest.raises(RuntimeError), database.transaction(context) as session:
        record(session, context, "case.taken", "case", subject)
        raise RuntimeError
    assert entries(superuser, subject) == []


def test_an_act_belongs_to_somebodys_audit(database: Database) -> None:
    context = Context(ActorKind.ANONYMOUS)
    with database.transaction(context) as session, pytest.raises(ValueError, match="belongs to a tenant"):
        record(session, context, "case.taken", "case", uuid.uuid4())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET action = 'nothing'",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
    ],
)
@pytest.mark.parametrize("actor", [ActorKind.STAFF, ActorKind.JOB, ActorKind.REGION])
def test_nobody_changes_what_is_written(
    database: Database, towns: tuple[int, int], statement: str, actor: ActorKind
) -> None:
    tenant = None if actor is ActorKind.REGION else towns[0]
    with pytest.raises(ProgrammingError, match="permission denied"):
        with database.transaction(Context(actor, tenant)) as session:
            session.execute(text(statement))


@pytest.mark.parametrize("actor", [ActorKind.APPLICANT, ActorKind.ANONYMOUS])
def test_citizens_read_none_of_it(database: Database, towns: tuple[int, int], actor: ActorKind) -> None:
    subject = uuid.uuid4()
    staff = Context(ActorKind.STAFF, towns[0])
    with database.transaction(staff) as session:
        record(session, staff, "case.taken", "case", subject)
    context = Context(actor, towns[0], subject_id=subject)
    with database.transaction(context) as session:
        assert session.execute(text("SELECT count(*) FROM audit_entries")).scalar() == 0
