"""The application's role can do what it needs and nothing that gets around row security."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg import Connection

from kreisportal.kernel.database.roles import APPLICATION, BACKUP, DEFINER, OWNER
from tests.support.server import DatabaseCopy

# Their names stand in triggers; nobody calls them.
_WITHIN = {"same_person", "way_is_back"}
"""Functions that other functions of the definer's call, and nobody else."""
_TRIGGERS = {
    "note_tenants",
    "note_region",
    "note_decision_times",
    "note_council",
    "note_client",
    "tell_client_of_end",
    "end_consents",
    "follow_client",
}

_CLIENT_COLUMNS = (
    *("id", "name", "confidential", "redirect_uris", "post_logout_redirect_uris"),
    *("scopes", "privacy_url", "logout_url", "created_at", "disabled_at", "district_id"),
)
_MANDATE_COLUMNS = (
    *("id", "giver_id", "giver_name", "called", "email", "scope", "tenant_id", "service_key", "case_id"),
    *("case_number", "ends_at", "invitation_digest", "invitation_until"),
)


@pytest.fixture(scope="module")
def catalogue(schema: DatabaseCopy) -> Iterator[Connection]:
    """A superuser's connection, to read PostgreSQL's own tables."""
    with schema.superuser() as connection:
        yield connection


@pytest.mark.parametrize(
    ("role", "signs_in", "bypasses"),
    [(OWNER, True, False), (APPLICATION, True, False), (DEFINER, False, True), (BACKUP, True, True)],
)
def test_each_role_has_what_it_needs_and_no_more(
    catalogue: Connection, role: str, signs_in: bool, bypasses: bool
) -> None:
    row = catalogue.execute(
        "SELECT rolcanlogin, rolbypassrls, rolsuper, rolcreaterole, rolcreatedb, rolreplication"
        " FROM pg_roles WHERE rolname = %s",
        (role,),
    ).fetchone()
    assert row == (signs_in, bypasses, False, False, False, False)


def test_the_application_belongs_to_no_other_role(catalogue: Connection) -> None:
    rows = catalogue.execute(
        "SELECT roleid::regrole FROM pg_auth_members WHERE member = %s::regrole", (APPLICATION,)
    )
    assert rows.fetchall() == []


def test_the_application_owns_nothing(catalogue: Connection) -> None:
    rows = catalogue.execute(
        "SELECT objid FROM pg_shdepend WHERE refobjid = %s::regrole AND deptype = 'o'"
        " AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))",
        (APPLICATION,),
    )
    assert rows.fetchall() == []


def test_the_application_may_only_read_and_write_rows(catalogue: Connection) -> None:
    """TRUNCATE, REFERENCES and TRIGGER get around row security."""
    rows = catalogue.execute(
        "SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        " AND a.grantee IN (%s::regrole, 0)",
        (APPLICATION,),
    ).fetchall()
    assert rows
    assert {privilege for _, privilege in rows} == {"SELECT", "INSERT", "UPDATE", "DELETE"}


def test_the_application_may_create_nothing(catalogue: Connection) -> None:
    """Not even temporary tables: a function with rights of its own might take one for a table of ours."""
    row = catalogue.execute(
        "SELECT has_database_privilege(%(role)s, current_database(), 'TEMP'),"
        " has_database_privilege(%(role)s, current_database(), 'CREATE'),"
        " has_schema_privilege(%(role)s, 'public', 'CREATE'),"
        " has_schema_privilege(%(role)s, 'definer', 'CREATE')",
        {"role": APPLICATION},
    ).fetchone()
    assert row == (False, False, False, False)


@pytest.mark.parametrize(
    ("table", "kept"),
    [
        ("audit_entries", {"UPDATE", "DELETE"}),
        ("case_events", {"UPDATE", "DELETE"}),
        ("catalogue_entries", {"UPDATE", "DELETE"}),
        ("catalogue_releases", {"UPDATE", "DELETE"}),
        ("changes", {"INSERT", "UPDATE"}),
        ("sessions", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("session_grants", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("rate_limits", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
    ],
)
def test_what_is_written_once_cannot_be_changed(catalogue: Connection, table: str, kept: set[str]) -> None:
    rows = catalogue.execute(
        "SELECT what FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) what"
        " WHERE NOT has_table_privilege(%s, %s, what)",
        (APPLICATION, table),
    )
    assert {what for (what,) in rows} == kept


_TOKEN_COLUMNS = (
    *("id", "staff_id", "name", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"),
)


def test_single_columns_may_be_changed_only_where_that_is_meant(catalogue: Connection) -> None:
    rows = catalogue.execute(
        "SELECT c.relname, a.attname, x.privilege_type FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) x WHERE x.grantee = %s::regrole",
        (APPLICATION,),
    )
    assert set(rows.fetchall()) == {
        ("case_events", "content", "UPDATE"),
        ("case_events", "salt", "UPDATE"),
        ("account_consents", "given_at", "UPDATE"),
        ("account_consents", "scopes", "UPDATE"),
        # Giving a mandate, without what its acceptance and its end say.
        *(("account_mandates", name, "INSERT") for name in _MANDATE_COLUMNS),
        ("feedback", "words", "UPDATE"),
        ("signing_keys", "revoked_at", "UPDATE"),
        ("outside_clients", "secret_digest", "UPDATE"),
        # What may change of a client, so that it stays the one that people have consented to.
        *(
            ("outside_clients", name, "UPDATE")
            for name in set(_CLIENT_COLUMNS) - {"id", "confidential", "created_at", "district_id"}
        ),
        # All but the secret and the salt of subjects.
        *(("outside_clients", name, "SELECT") for name in _CLIENT_COLUMNS),
        # All of a token but its digest; and that it is revoked.
        ("access_tokens", "tenant_id", "SELECT"),
        *(
            (table, name, "SELECT")
            for table in ("access_tokens", "region_access_tokens")
            for name in _TOKEN_COLUMNS
        ),
        *((table, "revoked_at", "UPDATE") for table in ("access_tokens", "region_access_tokens")),
        ("catalogue_entries", "position", "UPDATE"),
        ("catalogue_entries", "retired_by", "UPDATE"),
    }


def test_functions_with_rights_of_their_own_cannot_be_led_astray(catalogue: Connection) -> None:
    """Fixed search path with temporary tables last, owned by the definer, called by the application only."""
    functions = catalogue.execute(
        "SELECT p.proname, p.proowner::regrole::text, p.prosecdef, p.proconfig,"
        " (SELECT array_agg(a.grantee::regrole::text ORDER BY 1) FROM aclexplode(p.proacl) a)"
        " FROM pg_proc p WHERE p.pronamespace = 'definer'::regnamespace"
    ).fetchall()
    assert len(functions) > 10
    for name, owner, definer, config, grantees in functions:
        callers = {DEFINER} if name in _TRIGGERS | _WITHIN else {DEFINER, APPLICATION}
        assert (owner, definer, set(grantees)) == (DEFINER, True, callers), name
        assert config == ["search_path=pg_catalog, public, pg_temp"], name


def test_no_other_function_has_rights_of_its_own(catalogue: Connection) -> None:
    rows = catalogue.execute(
        "SELECT p.oid::regprocedure FROM pg_proc p WHERE p.prosecdef"
        " AND p.pronamespace NOT IN ('definer'::regnamespace, 'pg_catalog'::regnamespace)"
    )
    assert rows.fetchall() == []
