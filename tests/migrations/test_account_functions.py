"""Sessions, links and codes of accounts, and what is an account's own: what the definer's functions do and refuse."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.roles import APPLICATION
from tests.kernel.database.world import A, B, fill, uid
from tests.migrations.test_case_functions import act, as_superuser, pass_on
from tests.support.server import DatabaseCopy

OWN, ANOTHER = uid("account"), uid("another account")
BELOW, TOWN = b"account session", b"session at A"
LATE = "now() - interval '1 second'"


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


def begin(
    app: Connection,
    token: bytes = BELOW,
    site: str = "account",
    tenant: int | None = None,
    parent: bytes | None = None,
    account: uuid.UUID = OWN,
) -> None:
    app.execute(
        "SELECT definer.open_account_session(%s, %s, %s, %s, %s, 'basic', 600, 3600)",
        (token, site, tenant, account, parent),
    )


def stand_on_it(app: Connection) -> None:
    """An account session, and one at the town A that stands on it."""
    begin(app)
    begin(app, TOWN, "portal", A, BELOW)


def read(
    app: Connection, token: bytes = BELOW, site: str = "account", tenant: int | None = None
) -> uuid.UUID | None:
    row = app.execute(
        "SELECT account_id FROM definer.read_session(%s, %s, %s)", (token, site, tenant)
    ).fetchone()
    return row[0] if row else None


def at_town(app: Connection) -> uuid.UUID | None:
    return read(app, TOWN, "portal", A)


def as_account(app: Connection, account: uuid.UUID | None = OWN) -> None:
    act(app, Context(ActorKind.ACCOUNT, account_id=account))


def test_an_accounts_session_is_read_at_its_own_host_only(app: Connection) -> None:
    stand_on_it(app)
    assert (read(app), at_town(app)) == (OWN, OWN)
    for token, site, tenant in ((BELOW, "portal", A), (TOWN, "portal", B), (TOWN, "account", None)):
        assert read(app, token, site, tenant) is None


@pytest.mark.parametrize("change", [f"expires_at = {LATE}", "seen_at = now() - interval '601 seconds'"])
@pytest.mark.parametrize("token", [BELOW, TOWN])
def test_a_towns_session_ends_with_the_one_that_it_stands_on(
    app: Connection, change: str, token: bytes
) -> None:
    stand_on_it(app)
    as_superuser(app, f"UPDATE sessions SET {change} WHERE token_digest = '{token.decode()}'")
    assert at_town(app) is None


@pytest.mark.parametrize("token", [BELOW, TOWN])
def test_signing_out_anywhere_ends_all_of_it_and_nobody_elses(app: Connection, token: bytes) -> None:
    stand_on_it(app)
    begin(app, b"elsewhere", account=ANOTHER)
    app.execute("SELECT definer.close_account_session(%s)", (token,))
    assert as_superuser(app, "SELECT token_digest FROM sessions") == [(b"elsewhere",)]


def test_using_a_towns_session_keeps_both_awake(app: Connection) -> None:
    stand_on_it(app)
    as_superuser(app, "UPDATE sessions SET seen_at = now() - interval '5 minutes'")
    assert at_town(app) == OWN
    assert as_superuser(app, "SELECT count(*) FROM sessions WHERE seen_at = now()") == [(2,)]


def test_sessions_are_closed_by_their_own_account(app: Connection) -> None:
    stand_on_it(app)
    begin(app, b"at B", "portal", B, BELOW)
    begin(app, b"elsewhere", "portal", A, account=ANOTHER)
    closing = {
        "SELECT definer.close_sessions_at_client(%s, %s)": (OWN, A),
        "SELECT definer.close_sessions_of_account(%s)": (OWN,),
    }
    as_account(app, ANOTHER)
    for statement, values in closing.items():
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            app.execute(statement, values)
    as_account(app)
    left = []
    for statement, values in closing.items():
        app.execute(statement, values)
        left.append({bytes(token) for (token,) in as_superuser(app, "SELECT token_digest FROM sessions")})
    assert left == [{BELOW, b"at B", b"elsewhere"}, {b"elsewhere"}]


def own_subject(app: Connection, subject: str) -> Any:
    return app.execute("SELECT * FROM definer.own_subject(%s)", (uid(subject),)).fetchone()


@pytest.mark.parametrize("kind", ["draft", "case"])
def test_only_what_is_ones_own_is_found(app: Connection, kind: str) -> None:
    as_account(app)
    tenant, seen_at = own_subject(app, f"A other {kind}")
    assert (tenant, set(seen_at)) == (A, {A})
    assert own_subject(app, f"A own {kind}") is None
    as_account(app, None)
    assert own_subject(app, f"A other {kind}") is None


def test_a_case_that_was_passed_on_is_found_where_it_is(app: Connection) -> None:
    pass_on(app, A, B, uid("A other case"))
    as_account(app)
    tenant, seen_at = own_subject(app, "A other case")
    assert (tenant, set(seen_at)) == (B, {A, B})


def code(app: Connection) -> Any:
    return app.execute(
        "SELECT account_id, client_id, expired FROM definer.use_sign_in_code('code')"
    ).fetchone()


def issue(app: Connection) -> None:
    begin(app)
    app.execute(
        "SELECT definer.issue_sign_in_code('code', %s, 'client', 'https://r', 'challenge', 'nonce', 60)",
        (BELOW,),
    )


def test_a_code_is_good_once(app: Connection) -> None:
    issue(app)
    assert code(app) == (OWN, "client", False)
    assert code(app) is None


def test_a_code_that_is_too_old_says_so_and_is_used_up(app: Connection) -> None:
    issue(app)
    as_superuser(app, f"UPDATE sign_in_codes SET expires_at = {LATE}")
    assert code(app) == (OWN, "client", True)
    assert code(app) is None


def test_a_code_is_worth_nothing_when_its_session_has_ended(app: Connection) -> None:
    issue(app)
    as_superuser(app, f"UPDATE sessions SET expires_at = {LATE}")
    assert code(app) is None
    assert as_superuser(app, "SELECT count(*) FROM sign_in_codes") == [(0,)]


def add_link(app: Connection, token: str, email: str = "account") -> None:
    app.execute(
        "SELECT definer.add_account_link(%s, 'password', %s, NULL, '/de/', 60)", (token.encode(), email)
    )


def link(app: Connection, token: str, way: str = "use") -> Any:
    query = f"SELECT email, account_id FROM definer.{way}_account_link(%s)"
    return app.execute(query, (token.encode(),)).fetchone()


def test_a_link_is_read_as_often_as_one_likes_and_used_once(app: Connection) -> None:
    add_link(app, "link")
    assert [link(app, "link", "read") for _ in range(2)] == [("account", OWN)] * 2
    assert link(app, "link") == ("account", OWN)
    assert (link(app, "link"), link(app, "link", "read")) == (None, None)


def test_with_a_link_all_others_to_the_address_are_used_up(app: Connection) -> None:
    for token, email in (("older", "account"), ("newer", "account"), ("other", "another account")):
        add_link(app, token, email)
    assert link(app, "newer")
    assert link(app, "older") is None
    assert link(app, "other") == ("another account", ANOTHER)


def test_what_is_too_old_is_worth_nothing_and_tidied_away(app: Connection) -> None:
    issue(app)
    add_link(app, "link")
    for table in ("account_links", "sign_in_codes"):
        as_superuser(app, f"UPDATE {table} SET expires_at = {LATE}")
    assert (link(app, "link", "read"), link(app, "link")) == (None, None)
    app.execute("SELECT definer.tidy_accounts()")
    for table in ("account_links", "sign_in_codes"):
        assert as_superuser(app, f"SELECT count(*) FROM {table}") == [(0,)]


@pytest.mark.parametrize("table", ["account_links", "sign_in_codes"])
def test_the_application_sees_none_of_these_tables(app: Connection, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
        app.execute(f"SELECT FROM {table}")
