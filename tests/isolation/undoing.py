"""Taking a guard of the database out and putting it back, so that many tests can share one database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

_FUNCTIONS = (
    "SELECT oid::regprocedure::text, pg_get_functiondef(oid) FROM pg_proc"
    " WHERE pronamespace = 'definer'::regnamespace"
)
_POLICIES = (
    "SELECT format('ALTER POLICY %I ON %s', polname, polrelid::regclass), pg_get_expr(polqual, polrelid),"
    " pg_get_expr(polwithcheck, polrelid) FROM pg_policy"
)
_CONSTRAINTS = (
    "SELECT format('ALTER TABLE %s ADD CONSTRAINT %I ', conrelid::regclass, conname) || pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE conrelid IN"
    " ('sessions'::regclass, 'identity_checks'::regclass, 'account_identities'::regclass)"
)
_TRIGGERS = (
    "SELECT format('ALTER TABLE %s ENABLE TRIGGER %I', tgrelid::regclass, tgname) FROM pg_trigger"
    " WHERE tgenabled <> 'D' AND NOT tgisinternal"
)


def _as_it_is(connection: psycopg.Connection) -> set[str]:
    """Statements that make functions, policies, triggers, and what holds for rows of three tables, what they are now."""
    statements = {text for _, text in connection.execute(_FUNCTIONS).fetchall()}
    for start, using, check in connection.execute(_POLICIES).fetchall():
        clauses = [f"USING ({using})"] * bool(using) + [f"WITH CHECK ({check})"] * bool(check)
        statements.add(f"{start} {' '.join(clauses)}")
    for query in (_CONSTRAINTS, _TRIGGERS):
        statements |= {text for (text,) in connection.execute(query).fetchall()}
    return statements


@contextmanager
def without(
    connection: psycopg.Connection, take_out: Callable[[psycopg.Connection], object]
) -> Iterator[None]:
    """A guard is out inside the block, and as it was afterwards."""
    before = _as_it_is(connection)
    take_out(connection)
    try:
        yield
    finally:
        # What a missing key has let be would keep it from coming back.
        connection.execute(
            "DELETE FROM sessions s WHERE parent_digest IS NOT NULL"
            " AND NOT EXISTS (SELECT FROM sessions p WHERE p.token_digest = s.parent_digest)"
        )
        connection.execute("DELETE FROM identity_checks WHERE decided_by = asked_by")
        connection.execute(
            "DELETE FROM account_identities i USING account_identities o"
            " WHERE (o.issuer, o.subject) = (i.issuer, i.subject) AND o.id < i.id"
        )
        for statement in before - _as_it_is(connection):
            connection.execute(statement)  # type: ignore[call-overload]
        assert _as_it_is(connection) == before
