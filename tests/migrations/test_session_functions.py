"""Sessions and rate limits: what the definer's functions give out and refuse, asked as the application."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from kreisportal.kernel.database.roles import APPLICATION
from tests.kernel.database.world import A, B, fill, uid
from tests.support.server import DatabaseCopy

IDLE, LIFETIME = 600, 3600
TOKEN = b"digest of a token"


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


def begin(
    app: Connection, token: bytes = TOKEN, site: str = "desk", tenant: int | None = A, **more: Any
) -> None:
    values = {"staff": uid("A staff"), "verified": True, "idle": IDLE, "lifetime": LIFETIME, **more}
    app.execute(
        "SELECT definer.open_session(%s, %s, %s, %s, %s, %s, %s)", (token, site, tenant, *values.values())
    )


def read(app: Connection, token: bytes = TOKEN, site: str = "desk", tenant: int | None = A) -> Any:
    return app.execute(
        "SELECT staff_id, verified, grants FROM definer.read_session(%s, %s, %s)", (token, site, tenant)
    ).fetchone()


def as_superuser(app: Connection, statement: str) -> Any:
    app.execute("RESET ROLE")
    result = app.execute(statement)
    rows = result.fetchall() if result.description else []
    app.execute(f"SET LOCAL ROLE {APPLICATION}")
    return rows


def test_a_session_is_read_by_its_token(app: Connection) -> None:
    begin(app)
    assert read(app) == (uid("A staff"), True, None)
    assert read(app, b"another token") is None


@pytest.mark.parametrize(
    ("site", "tenant"), [("portal", A), ("desk", B), ("portal", B), ("desk", None), ("region", None)]
)
def test_a_session_is_worth_nothing_elsewhere(app: Connection, site: str, tenant: int | None) -> None:
    begin(app)
    assert read(app, site=site, tenant=tenant) is None


def test_a_session_of_the_region_is_worth_nothing_in_a_town(app: Connection) -> None:
    begin(app, site="region", tenant=None)
    assert read(app, site="region", tenant=None) is not None
    assert read(app, site="region", tenant=A) is None


def test_a_session_ends_when_its_time_is_over(app: Connection) -> None:
    begin(app)
    as_superuser(app, "UPDATE sessions SET expires_at = now() - interval '1 second'")
    assert read(app) is None


def test_a_session_ends_when_nobody_used_it(app: Connection) -> None:
    begin(app)
    as_superuser(app, "UPDATE sessions SET seen_at = now() - interval '601 seconds'")
    assert read(app) is None
    as_superuser(app, "UPDATE sessions SET seen_at = now() - interval '599 seconds'")
    assert read(app) is not None


def test_being_read_elsewhere_or_too_late_does_not_keep_it_alive(app: Connection) -> None:
    begin(app)
    seen = "SELECT seen_at = now() FROM sessions"
    for wrong in ({"tenant": B}, {"site": "portal"}):
        as_superuser(app, "UPDATE sessions SET seen_at = now() - interval '5 minutes'")
        read(app, **wrong)
        assert as_superuser(app, seen) == [(False,)]
    read(app)
    assert as_superuser(app, seen) == [(True,)]
    as_superuser(app, "UPDATE sessions SET seen_at = now() - interval '1 hour'")
    read(app)
    assert as_superuser(app, seen) == [(False,)]


def test_reading_writes_at_most_once_a_minute(app: Connection) -> None:
    begin(app)
    as_superuser(app, "UPDATE sessions SET seen_at = now() - interval '59 seconds'")
    read(app)
    assert as_superuser(app, "SELECT seen_at = now() FROM sessions") == [(False,)]


def test_what_a_session_was_shown_hangs_on_it_alone(app: Connection) -> None:
    begin(app, site="portal", staff=None)
    begin(app, b"another", site="portal", staff=None)
    for _ in range(2):
        app.execute("SELECT definer.grant_to_session(%s, %s, %s)", (TOKEN, B, uid("B own case")))
    assert read(app, site="portal")[2] == [[B, str(uid("B own case"))]]
    assert read(app, b"another", site="portal")[2] is None


def test_nothing_can_be_shown_to_a_session_that_there_is_not(app: Connection) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation), app.transaction():
        app.execute("SELECT definer.grant_to_session(%s, %s, %s)", (b"none", A, uid("A own case")))


def test_a_closed_session_is_gone_with_what_it_was_shown(app: Connection) -> None:
    begin(app)
    app.execute("SELECT definer.grant_to_session(%s, %s, %s)", (TOKEN, A, uid("A own case")))
    app.execute("SELECT definer.close_session(%s)", (TOKEN,))
    assert read(app) is None
    assert as_superuser(app, "SELECT count(*) FROM session_grants") == [(0,)]


def test_all_sessions_of_one_person_are_closed_and_nobody_elses(app: Connection) -> None:
    begin(app)
    begin(app, b"second")
    begin(app, b"colleague", staff=uuid.uuid4())
    begin(app, b"same id elsewhere", tenant=B)
    app.execute("SELECT definer.close_sessions_of_staff(%s, %s)", (A, uid("A staff")))
    assert (read(app), read(app, b"second")) == (None, None)
    assert read(app, b"colleague")
    assert read(app, b"same id elsewhere", tenant=B)


def test_tidying_takes_what_is_over_and_leaves_the_rest(app: Connection) -> None:
    for token, change in (
        (b"expired", "expires_at = now()"),
        (b"idle", "seen_at = now() - interval '600 seconds'"),
        (b"alive", "seen_at = now()"),
    ):
        begin(app, token)
        as_superuser(app, f"UPDATE sessions SET {change} WHERE token_digest = '{token.decode()}'")
    app.execute("SELECT * FROM definer.hit_rate_limit('over', 0, 1)")
    app.execute("SELECT * FROM definer.hit_rate_limit('counting', 60, 1)")
    app.execute("SELECT definer.tidy_sessions()")
    assert as_superuser(app, "SELECT token_digest FROM sessions") == [(b"alive",)]
    assert as_superuser(app, "SELECT key FROM rate_limits") == [("counting",)]


def test_hits_are_counted_within_a_window(app: Connection) -> None:
    hit = "SELECT hits FROM definer.hit_rate_limit(%s, 60, 1)"
    assert [app.execute(hit, ("key",)).fetchone() for _ in range(3)] == [(1,), (2,), (3,)]
    assert app.execute(hit, ("another",)).fetchone() == (1,)
    as_superuser(app, "UPDATE rate_limits SET expires_at = now() - interval '1 second'")
    assert app.execute(hit, ("key",)).fetchone() == (1,)


def test_hits_do_not_prolong_the_window(app: Connection) -> None:
    hit = "SELECT expires_at FROM definer.hit_rate_limit('key', %s, 1)"
    first = app.execute(hit, (60,)).fetchone()
    assert app.execute(hit, (600,)).fetchone() == first


@pytest.mark.parametrize("table", ["sessions", "session_grants", "rate_limits"])
def test_the_application_sees_none_of_these_tables(app: Connection, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
        app.execute(f"SELECT FROM {table}")
