"""Finding a case by its secret and passing one on: what the definer's functions do and refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.roles import APPLICATION
from tests.kernel.database.world import CONTEXTS, A, B, fill, uid
from tests.support.server import DatabaseCopy

CASE = uid("A own case")
SECRET = b"A own case"
COUNTS = "SELECT (SELECT count(*) FROM case_events WHERE tenant_id = {0} AND case_id = '{1}'),"
COUNTS += " (SELECT count(*) FROM documents WHERE tenant_id = {0} AND case_id = '{1}')"


@pytest.fixture(scope="module")
def filled(schema: DatabaseCopy) -> Iterator[Connection]:
    """A superuser's connection to two towns."""
    with schema.superuser() as connection:
        fill(connection)
        yield connection


@pytest.fixture
def app(filled: Connection) -> Iterator[Connection]:
    """A connection that acts as the application; what it does is undone."""
    with filled.transaction(force_rollback=True):
        filled.execute(f"SET LOCAL ROLE {APPLICATION}")
        yield filled


def act(app: Connection, context: Context | None) -> None:
    for name, value in (context or Context(ActorKind.ANONYMOUS)).settings().items():
        app.execute("SELECT set_config(%s, %s, true)", (name, value))


def staff(town: int) -> Context:
    return Context(ActorKind.STAFF, town)


def pass_on(app: Connection, source: int, target: int, case: object = CASE) -> None:
    act(app, staff(source))
    app.execute("SELECT definer.pass_case_on(%s, %s, %s)", (source, case, target))


def found(app: Connection, secret: bytes = SECRET, number: str = "A own case") -> Any:
    query = "SELECT tenant_id, first_tenant_id FROM definer.case_by_secret(%s, %s)"
    return app.execute(query, (number, secret)).fetchall()


def as_superuser(app: Connection, statement: str) -> Any:
    app.execute("RESET ROLE")
    result = app.execute(statement)
    rows = result.fetchall() if result.description else []
    app.execute(f"SET LOCAL ROLE {APPLICATION}")
    return rows


def test_a_case_is_found_by_number_and_secret_together(app: Connection) -> None:
    assert found(app) == [(A, A)]
    assert found(app, secret=b"B own case") == []
    assert found(app, number="A other case") == []


def test_a_draft_is_found_by_its_mailed_link_until_it_expires(app: Connection) -> None:
    query = "SELECT id FROM definer.draft_by_resume_digest('link')"
    draft = uid("A own draft")
    as_superuser(app, f"UPDATE drafts SET resume_digest = 'link' WHERE id = '{draft}'")
    assert app.execute(query).fetchall() == [(draft,)]
    as_superuser(app, f"UPDATE drafts SET expires_at = now() WHERE id = '{draft}'")
    assert app.execute(query).fetchall() == []


def test_a_case_is_found_by_the_link_that_confirms_its_address(app: Connection) -> None:
    as_superuser(app, f"UPDATE cases SET confirm_digest = 'link' WHERE id = '{CASE}'")
    query = "SELECT tenant_id, id FROM definer.case_by_confirm_digest(%s)"
    assert app.execute(query, (b"link",)).fetchall() == [(A, CASE)]
    assert app.execute(query, (b"other",)).fetchall() == []


def test_passing_on_closes_here_and_opens_there_with_all_of_it(app: Connection) -> None:
    pass_on(app, A, B)
    both = as_superuser(
        app,
        "SELECT tenant_id, state, number, came_from_id, went_to_id, secret_digest, closed_at IS NULL"
        f" FROM cases WHERE id = '{CASE}' ORDER BY tenant_id",
    )
    assert both == [
        (A, "passed_on", "A own case", None, B, SECRET, False),
        (B, "new", "A own case", A, None, SECRET, True),
    ]
    received = f"SELECT count(DISTINCT (received_at, due_on, last_hash)) FROM cases WHERE id = '{CASE}'"
    assert as_superuser(app, received) == [(1,)]
    assert as_superuser(app, COUNTS.format(B, CASE)) == [(2, 3)]


def test_who_passed_a_case_on_keeps_nothing_personal_of_it(app: Connection) -> None:
    personal = ("answers", "applicant_name", "search_text", "email", "email_confirmed_at", "confirm_digest")
    as_superuser(
        app,
        "UPDATE cases SET answers = '{\"a\": 1}', applicant_name = 'Anne', search_text = 'anne', email = 'a@b.example',"
        f" email_confirmed_at = now(), confirm_digest = 'd', unread = true WHERE id = '{CASE}'",
    )
    as_superuser(app, f"UPDATE case_events SET content = '{{}}', salt = 's' WHERE case_id = '{CASE}'")
    as_superuser(app, f"UPDATE mails SET state = 'sent' WHERE case_id = '{CASE}'")
    pass_on(app, A, B)
    kept = f"SELECT tenant_id FROM cases WHERE id = '{CASE}' AND num_nonnulls({', '.join(personal)}) > 0"
    assert as_superuser(app, kept) == [(B,)]
    events = f"SELECT DISTINCT tenant_id, content, salt FROM case_events WHERE case_id = '{CASE}' ORDER BY 1"
    assert as_superuser(app, events) == [(A, None, None), (B, {}, b"s")]
    assert as_superuser(app, COUNTS.format(A, CASE)) == [(2, 0)]
    assert as_superuser(app, f"SELECT count(*) FROM mails WHERE case_id = '{CASE}'") == [(0,)]
    assert as_superuser(app, f"SELECT unread FROM cases WHERE id = '{CASE}'") == [(False,), (False,)]


def test_a_mail_that_waits_is_still_sent_by_who_passed_the_case_on(app: Connection) -> None:
    pass_on(app, A, B)
    assert as_superuser(app, f"SELECT tenant_id, state FROM mails WHERE case_id = '{CASE}'") == [
        (A, "queued")
    ]


def test_a_case_that_comes_back_brings_its_content_along(app: Connection) -> None:
    as_superuser(app, f"UPDATE case_events SET content = '{{}}', salt = 's' WHERE case_id = '{CASE}'")
    as_superuser(app, f"UPDATE cases SET answers = '{{}}', applicant_name = 'Anne' WHERE id = '{CASE}'")
    pass_on(app, A, B)
    pass_on(app, B, A)
    row = as_superuser(
        app, f"SELECT answers, applicant_name FROM cases WHERE tenant_id = {A} AND id = '{CASE}'"
    )
    assert row == [({}, "Anne")]
    events = f"SELECT DISTINCT tenant_id, content, salt FROM case_events WHERE case_id = '{CASE}' ORDER BY 1"
    assert as_superuser(app, events) == [(A, {}, b"s"), (B, None, None)]
    assert as_superuser(app, COUNTS.format(A, CASE)) == [(2, 3)]


def test_the_citizens_secret_leads_to_where_the_case_is(app: Connection) -> None:
    pass_on(app, A, B)
    assert found(app) == [(B, A)]


def test_a_case_may_come_back_and_go_again(app: Connection) -> None:
    for source, target in ((A, B), (B, A), (A, B)):
        pass_on(app, source, target)
        assert found(app) == [(target, A)]
    states = as_superuser(
        app, f"SELECT tenant_id, state, went_to_id FROM cases WHERE id = '{CASE}' ORDER BY 1"
    )
    assert states == [(A, "passed_on", B), (B, "new", None)]


def test_a_case_that_comes_back_is_as_the_neighbour_left_it(app: Connection) -> None:
    pass_on(app, A, B)
    as_superuser(
        app,
        "UPDATE cases SET events = 7, last_hash = 'seven', due_on = '2030-01-02', email = 'new@citizen.example'"
        f" WHERE tenant_id = {B} AND id = '{CASE}'",
    )
    as_superuser(
        app,
        "INSERT INTO case_events (tenant_id, case_id, sequence, at, kind, actor, is_public, data, previous_hash,"
        f" hash) VALUES ({B}, '{CASE}', 3, now(), 'note', 'staff', false, '{{}}', '', '')",
    )
    pass_on(app, B, A)
    row = as_superuser(
        app,
        "SELECT state, events, last_hash, due_on::text, email, closed_at, assignee_id FROM cases"
        f" WHERE tenant_id = {A} AND id = '{CASE}'",
    )
    assert row == [("new", 7, b"seven", "2030-01-02", "new@citizen.example", None, None)]
    assert as_superuser(app, COUNTS.format(A, CASE)) == [(3, 3)]


@pytest.mark.parametrize("who", [name for name in CONTEXTS if name != "staff"])
def test_only_staff_pass_a_case_on(app: Connection, who: str) -> None:
    act(app, CONTEXTS[who])
    with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
        app.execute("SELECT definer.pass_case_on(%s, %s, %s)", (A, CASE, B))


def test_staff_of_another_town_cannot_take_a_case_away(app: Connection) -> None:
    act(app, staff(B))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
        app.execute("SELECT definer.pass_case_on(%s, %s, %s)", (A, CASE, B))


def test_a_neighbours_case_cannot_be_passed_on_as_ones_own(app: Connection) -> None:
    with pytest.raises(psycopg.errors.NoDataFound), app.transaction():
        pass_on(app, A, B, uid("B own case"))


@pytest.mark.parametrize("state", ["decided", "withdrawn", "passed_on"])
def test_a_closed_case_stays_where_it_is(app: Connection, state: str) -> None:
    as_superuser(app, f"UPDATE cases SET state = '{state}' WHERE id = '{CASE}'")
    with pytest.raises(psycopg.errors.NoDataFound), app.transaction():
        pass_on(app, A, B)


@pytest.mark.parametrize("change", ["has_portal = false", "state = 'closed'", "state = 'preparing'"])
def test_a_case_goes_only_to_who_can_work_it(app: Connection, change: str) -> None:
    as_superuser(app, f"UPDATE tenants SET {change} WHERE id = {B}")
    with pytest.raises(psycopg.errors.NoDataFound), app.transaction():
        pass_on(app, A, B)


def test_a_case_goes_to_no_unknown_town(app: Connection) -> None:
    with pytest.raises(psycopg.errors.NoDataFound), app.transaction():
        pass_on(app, A, 77)


def test_a_case_cannot_be_passed_on_to_the_town_that_has_it(app: Connection) -> None:
    with pytest.raises(psycopg.errors.NoDataFound), app.transaction():
        pass_on(app, A, A)
    assert as_superuser(app, f"SELECT state FROM cases WHERE id = '{CASE}'") == [("new",)]
