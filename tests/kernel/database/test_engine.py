"""Transactions: the context lasts as long as they do, and the program refuses roles that nothing binds."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from kreisportal.kernel.database import ActorKind, Context, Database, check_role
from kreisportal.kernel.database.context import ANONYMOUS, REGION
from kreisportal.kernel.database.engine import AWAY, UnsafeRoleError
from kreisportal.kernel.database.roles import BACKUP, OWNER
from kreisportal.kernel.errors import UnavailableError
from tests.kernel.database.world import A, B, fill
from tests.support.server import DatabaseCopy

ROWS = text("SELECT count(*) FROM offers")
BACKEND = text("SELECT pg_backend_pid()")
STAFF = Context(ActorKind.STAFF, A, staff_id=uuid.uuid4())


@pytest.fixture(scope="module")
def one_connection(schema: DatabaseCopy) -> Iterator[Database]:
    """A database whose pool holds a single connection, so that whoever comes next gets the same one."""
    with schema.superuser() as connection:
        fill(connection)
    opened = Database(schema.url(), pool_size=1)
    yield opened
    opened.close()


def setting(session: Session, name: str) -> str | None:
    value: str | None = session.scalar(text("SELECT current_setting(:name, true)"), {"name": name})
    return value


def test_a_context_is_set_as_a_whole(one_connection: Database) -> None:
    context = Context(ActorKind.STAFF, A, uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), "client", uuid.uuid4())
    with one_connection.transaction(context) as session:
        assert {name: setting(session, name) for name in context.settings()} == context.settings()
    assert context.settings() == {
        "kreisportal.actor": "staff",
        "kreisportal.tenant_id": str(A),
        "kreisportal.account_id": str(context.account_id),
        "kreisportal.staff_id": str(context.staff_id),
        "kreisportal.subject_id": str(context.subject_id),
        "kreisportal.client_id": "client",
        "kreisportal.mandate_id": str(context.mandate_id),
    }


def test_the_next_one_in_the_same_connection_is_nobody(one_connection: Database) -> None:
    with one_connection.transaction(STAFF) as session:
        backend = session.scalar(BACKEND)
        assert session.scalar(ROWS) == 1
    with one_connection.engine.connect() as connection:
        assert connection.scalar(BACKEND) == backend
        assert connection.scalar(ROWS) == 0


def test_after_a_commit_inside_the_block_nobody_is_set(one_connection: Database) -> None:
    with one_connection.transaction(STAFF) as session:
        session.commit()
        assert not setting(session, "kreisportal.actor")
        assert session.scalar(ROWS) == 0


def test_a_savepoint_rolled_back_leaves_the_context(one_connection: Database) -> None:
    with one_connection.transaction(STAFF) as session:
        session.begin_nested().rollback()
        assert setting(session, "kreisportal.tenant_id") == str(A)


def test_an_error_undoes_everything_and_leaves_a_clean_connection(one_connection: Database) -> None:
    with pytest.raises(RuntimeError, match="midway"), one_connection.transaction(STAFF) as session:
        session.execute(text("DELETE FROM offers"))
        raise RuntimeError("midway")
    with one_connection.transaction(STAFF) as session:
        assert session.scalar(ROWS) == 1


def test_a_broken_off_request_leaves_a_clean_connection(one_connection: Database) -> None:
    with pytest.raises(GeneratorExit), one_connection.transaction(STAFF) as session:
        session.execute(text("DELETE FROM offers"))
        raise GeneratorExit
    with one_connection.engine.connect() as connection:
        assert connection.scalar(ROWS) == 0
    with one_connection.transaction(Context(ActorKind.STAFF, A)) as session:
        assert session.scalar(ROWS) == 1


def test_towns_take_turns_in_one_connection_without_mixing(one_connection: Database) -> None:
    for town in (A, B, A):
        with one_connection.transaction(Context(ActorKind.JOB, town)) as session:
            assert session.scalars(text("SELECT tenant_id FROM offers")).all() == [town]


@pytest.mark.parametrize("actor", [ActorKind.APPLICANT, ActorKind.STAFF, ActorKind.JOB, ActorKind.TOKEN])
def test_who_acts_for_a_tenant_names_it(actor: ActorKind) -> None:
    with pytest.raises(ValueError, match="acts for a tenant"):
        Context(actor)


def test_anonymous_and_region_stand_for_no_tenant() -> None:
    assert ANONYMOUS.settings()["kreisportal.tenant_id"] == REGION.settings()["kreisportal.tenant_id"] == ""


def test_a_server_that_does_not_answer_is_unavailable() -> None:
    database = Database("postgresql://somebody@127.0.0.1:1/nothing", connect_timeout=1)
    with pytest.raises(UnavailableError), database.transaction(ANONYMOUS):
        pass
    with pytest.raises(UnavailableError):
        check_role(database)
    database.close()


def test_a_busy_pool_is_unavailable(schema: DatabaseCopy) -> None:
    database = Database(schema.url(), pool_size=1, pool_timeout=0.05)
    everybody = [database.transaction(ANONYMOUS) for _ in range(3)]
    with everybody[0], everybody[1], pytest.raises(UnavailableError), everybody[2]:
        pass
    database.close()


def test_a_statement_that_takes_too_long_is_broken_off(schema: DatabaseCopy) -> None:
    impatient = Database(schema.url(), pool_size=1, statement_seconds=0.05)
    with pytest.raises(AWAY), impatient.transaction(ANONYMOUS) as session:
        session.execute(text("SELECT pg_sleep(30)"))
    with pytest.raises(UnavailableError):
        impatient.call(text("SELECT pg_sleep(30)"), {})
    with impatient.transaction(ANONYMOUS) as session:
        assert setting(session, "statement_timeout") == "50ms", "the connection goes on"
    impatient.close()


@pytest.fixture
def broken(schema: DatabaseCopy) -> Iterator[Database]:
    """A database all of whose connections broke while they lay in the pool."""
    database = Database(schema.url(), pool_size=2)
    with database.transaction(ANONYMOUS), database.transaction(ANONYMOUS):
        pass
    with schema.superuser() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'kreisportal_app' AND state = 'idle'"
        )
    yield database
    database.close()


def test_a_connection_that_broke_in_the_pool_is_replaced(broken: Database) -> None:
    with broken.transaction(Context(ActorKind.JOB, A)) as session:
        assert setting(session, "kreisportal.tenant_id") == str(A)
        with broken.transaction(Context(ActorKind.JOB, B)) as another:
            assert setting(another, "kreisportal.tenant_id") == str(B)


def test_a_single_call_bears_a_connection_that_broke_in_the_pool(broken: Database) -> None:
    assert broken.call(text("SELECT CAST(:one AS int) AS one"), {"one": 1}) == (1,)


def test_a_single_call_acts_for_nobody_and_is_done_at_once(one_connection: Database) -> None:
    with one_connection.transaction(STAFF) as session:
        assert session.scalar(ROWS) == 1
    assert one_connection.call(ROWS, {}) == (0,)
    assert one_connection.call(text("SELECT current_setting('kreisportal.actor', true)"), {}) in [
        (None,),
        ("",),
    ]
    first = one_connection.call(text("SELECT hits FROM definer.hit_rate_limit('0:once', 60, 1)"), {})
    again = one_connection.call(text("SELECT hits FROM definer.hit_rate_limit('0:once', 60, 1)"), {})
    assert (first, again) == ((1,), (2,))


def test_a_single_call_without_a_server_is_unavailable() -> None:
    database = Database("postgresql://somebody@127.0.0.1:1/nothing", connect_timeout=1)
    with pytest.raises(UnavailableError):
        database.call(text("SELECT 1"), {})
    database.close()


def test_an_error_of_a_single_call_is_told_as_it_is(one_connection: Database) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        one_connection.call(text("SELECT * FROM sessions"), {})


def test_nothing_but_plain_words_gets_into_a_context(one_connection: Database) -> None:
    odd = Context(ActorKind.STAFF, "1', true); DROP TABLE offers; --")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="nothing but words"), one_connection.transaction(odd):
        pass


def test_the_role_of_the_application_is_accepted(one_connection: Database) -> None:
    check_role(one_connection)


@pytest.mark.parametrize(
    ("role", "reason"), [("superuser", "superuser"), (OWNER, "owns tables"), (BACKUP, "BYPASSRLS")]
)
def test_a_role_that_nothing_binds_is_refused(schema: DatabaseCopy, role: str, reason: str) -> None:
    database = Database(schema.url(schema.server.superuser if role == "superuser" else role))
    with pytest.raises(UnsafeRoleError, match=reason):
        check_role(database)
    database.close()


@pytest.mark.parametrize("statement", ["TRUNCATE offers", "CREATE TEMP TABLE t ()", "DROP TABLE offers"])
def test_the_application_cannot_get_around_row_security(one_connection: Database, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        one_connection.transaction(STAFF) as session,
    ):
        session.execute(text(statement))


def test_the_application_cannot_become_another_role(one_connection: Database) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        one_connection.transaction(STAFF) as session,
    ):
        session.execute(text("SET ROLE kreisportal_definer"))
