"""Takeouts, and erasing what is an account's: what the definer's functions do and refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.context import ANONYMOUS, REGION
from kreisportal.kernel.database.roles import APPLICATION
from tests.kernel.database.world import A, B, fill, uid
from tests.migrations.test_case_functions import act, as_superuser
from tests.support.server import DatabaseCopy

OWN, ANOTHER = uid("account"), uid("another account")
JOB, ACCOUNT = Context(ActorKind.JOB, A), Context(ActorKind.ACCOUNT, account_id=OWN)
STRANGERS = (
    Context(ActorKind.ACCOUNT, account_id=ANOTHER),
    Context(ActorKind.APPLICANT, A, account_id=OWN, subject_id=uid("A other case")),
    Context(ActorKind.STAFF, A, account_id=OWN),
    Context(ActorKind.JOB, A, account_id=OWN),
    ANONYMOUS,
)
ERASING = (
    "erase_drafts_of_account",
    "release_cases_of_account",
    "erase_traces_of_account",
    "addresses_of_account",
)

_MAIL = """
INSERT INTO mails (tenant_id, id, case_id, recipient, language, template, data, state, attempts, created_at)
    VALUES (%s, gen_random_uuid(), %s, '%s', 'de', '%s', '{}', 'sent', 1, now() - interval '1 day')
"""


@pytest.fixture(scope="module")
def filled(schema: DatabaseCopy) -> Iterator[Connection]:
    """A superuser's connection to two towns and two accounts."""
    with schema.superuser() as connection:
        fill(connection)
        yield connection


@pytest.fixture
def app(filled: Connection) -> Iterator[Connection]:
    """A connection that acts as the application; what it does is undone."""
    with filled.transaction(force_rollback=True):
        filled.execute(f"SET LOCAL ROLE {APPLICATION}")
        yield filled


def call(app: Connection, function: str, account: object = OWN) -> list[Any]:
    return app.execute(f"SELECT * FROM definer.{function}(%s)", (account,)).fetchall()


def takeout_of(app: Connection, account: object = OWN) -> Any:
    ((found,),) = as_superuser(app, f"SELECT id FROM account_takeouts WHERE account_id = '{account}'")
    return found


def test_a_job_begins_a_takeout_that_waits_or_was_left(app: Connection) -> None:
    takeout = takeout_of(app)
    act(app, JOB)
    for attempt in (1, 2):
        assert call(app, "begin_takeout", takeout) == [(OWN, "account: takeout", attempt)]
    for state in ("ready", "failed"):
        as_superuser(app, f"UPDATE account_takeouts SET state = '{state}'")
        assert call(app, "begin_takeout", takeout) == []
    assert call(app, "begin_takeout", uid("none")) == []


@pytest.mark.parametrize("context", [ACCOUNT, *STRANGERS[:3], ANONYMOUS, REGION], ids=lambda each: each.actor)
def test_nobody_but_a_job_learns_whose_a_takeout_is(app: Connection, context: Context) -> None:
    takeout = takeout_of(app)
    act(app, context)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
        call(app, "begin_takeout", takeout)


def test_takeouts_that_are_over_are_removed_by_the_region(app: Connection) -> None:
    over, there = takeout_of(app), takeout_of(app, ANOTHER)
    as_superuser(app, f"UPDATE account_takeouts SET expires_at = now() WHERE id = '{over}'")
    act(app, JOB)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
        app.execute("SELECT definer.tidy_takeouts()")
    act(app, REGION)
    found = dict(app.execute("SELECT id, gone FROM definer.tidy_takeouts()").fetchall())
    assert found == {over: True, there: False}
    assert as_superuser(app, "SELECT id FROM account_takeouts") == [(there,)]


@pytest.mark.parametrize("context", STRANGERS, ids=lambda each: each.actor)
@pytest.mark.parametrize("function", ERASING)
def test_an_account_is_erased_by_itself_only(app: Connection, function: str, context: Context) -> None:
    act(app, context)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
        call(app, function)


def test_drafts_of_all_towns_go_with_their_files_and_mails(app: Connection) -> None:
    mails = (
        "INSERT INTO mails SELECT tenant_id, gen_random_uuid(), NULL, 'x@x.example', 'de', 'resume_draft',"
    )
    mails += " jsonb_build_object('draft_id', id), 'sent', 1 FROM drafts"
    as_superuser(app, mails)
    act(app, ACCOUNT)
    rows = call(app, "erase_drafts_of_account")
    assert {(tenant, draft, len(files)) for tenant, draft, files in rows} == {
        (A, uid("A other draft"), 1),
        (B, uid("B other draft"), 1),
    }
    assert {row for (row,) in as_superuser(app, "SELECT email FROM drafts")} == {"A own draft", "B own draft"}
    left = as_superuser(app, "SELECT count(*) FROM documents WHERE name LIKE '%other draft%'")
    told = as_superuser(app, "SELECT count(*) FROM mails WHERE template = 'resume_draft'")
    assert (left, told) == ([(0,)], [(2,)])


def test_cases_of_all_towns_are_let_go_of_and_stay(app: Connection) -> None:
    before = as_superuser(app, "SELECT count(*) FROM cases")
    act(app, ACCOUNT)
    assert call(app, "release_cases_of_account") == [(2,)]
    owners = as_superuser(app, "SELECT DISTINCT account_id FROM cases WHERE account_id IS NOT NULL")
    assert owners == [(ANOTHER,)]
    assert as_superuser(app, "SELECT count(*) FROM cases") == before


def test_of_mails_go_those_to_the_address_and_about_other_addresses_for_it(app: Connection) -> None:
    """A mail about a case stays with the case, and what somebody else was written stays theirs."""
    mails = (
        ("account", "account_sign_up", None),
        ("ACCOUNT", "account_password", None),
        ("new", "account_address", None),
        ("new", "account_sign_up", None),
        ("old", "account_address_changed", None),
        ("another account", "account_sign_up", None),
        ("account", "application_received", uid("A other case")),
    )
    for recipient, template, case in mails:
        about = f"'{case}'" if case else "NULL"
        as_superuser(app, _MAIL % (A, about, recipient, template))
    for purpose, email in (("confirm", "new"), ("undo", "old")):
        app.execute(
            "SELECT definer.add_address_link(%s, %s, %s, %s, 60)", (email.encode(), OWN, purpose, email)
        )
    app.execute("SELECT definer.add_account_link('own', 'sign-up', 'account', NULL, NULL, 60)")
    app.execute("SELECT definer.add_account_link('other', 'sign-up', 'other', NULL, NULL, 60)")
    act(app, ACCOUNT)
    assert {row[:2] for row in call(app, "addresses_of_account")} == {("confirm", "new"), ("undo", "old")}
    assert call(app, "erase_traces_of_account") == [(0, 4)]
    query = "SELECT recipient, template FROM mails WHERE state = 'sent'"
    assert set(as_superuser(app, query)) == {
        ("new", "account_sign_up"),
        ("another account", "account_sign_up"),
        ("account", "application_received"),
    }
    assert as_superuser(app, "SELECT email FROM account_links") == [("other",)]
    assert as_superuser(app, "SELECT count(*) FROM account_address_links") == [(0,)]
