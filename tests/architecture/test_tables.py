"""Every table is known, in one scope, and bound by row security as its scope asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from psycopg import Connection

from kreisportal.kernel.database import Scope, scope_of
from tests.support.schema import DEFINERS_TABLES, PUBLIC_TABLES, SYSTEM_TABLES, all_models
from tests.support.server import DatabaseCopy

TENANT_TABLES = sorted(name for name, table in all_models().tables.items() if scope_of(table) is Scope.TENANT)
# A digest of a random token: nobody can try values out, and the token must be found without its tenant.
_UNIQUE_IN_THE_REGION = {"uq_drafts_resume_digest"}


@pytest.fixture(scope="module")
def catalogue(schema: DatabaseCopy) -> Iterator[Connection]:
    """A superuser's connection, to read PostgreSQL's own tables."""
    with schema.superuser() as connection:
        yield connection


def test_every_model_is_in_one_scope() -> None:
    assert [name for name, table in all_models().tables.items() if scope_of(table) is None] == []


def test_every_table_of_the_database_is_known(catalogue: Connection) -> None:
    rows = catalogue.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )
    assert {name for (name,) in rows} == set(all_models().tables) | SYSTEM_TABLES


def test_there_are_no_views_that_run_as_their_owner(catalogue: Connection) -> None:
    rows = catalogue.execute(
        "SELECT relname FROM pg_class WHERE relnamespace NOT IN"
        " ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
        " AND (relkind = 'm' OR relkind = 'v'"
        " AND NOT 'security_invoker=true' = ANY (coalesce(reloptions, '{}')))"
    )
    assert rows.fetchall() == []


@pytest.mark.parametrize(
    "table",
    sorted(set(all_models().tables) | DEFINERS_TABLES),
)
def test_row_security_is_on_and_forced(catalogue: Connection, table: str) -> None:
    row = catalogue.execute(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", (table,)
    ).fetchone()
    assert row == (True, True)


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_a_tenants_rows_are_told_apart_by_their_key(catalogue: Connection, table: str) -> None:
    key = catalogue.execute(
        "SELECT a.attname, a.attnotnull, a.atttypid::regtype::text FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary",
        (table,),
    ).fetchone()
    assert key == ("tenant_id", True, "integer")


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_what_must_be_unique_is_so_within_a_tenant(catalogue: Connection, table: str) -> None:
    """A value unique in the whole region would tell that somebody else has it."""
    rows = catalogue.execute(
        "SELECT i.indexrelid::regclass::text FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indrelid = %s::regclass AND i.indisunique AND a.attname <> 'tenant_id'",
        (table,),
    )
    assert {name for (name,) in rows} <= _UNIQUE_IN_THE_REGION


def test_keys_between_tenants_tables_carry_the_tenant(catalogue: Connection) -> None:
    """A plain foreign key accepts another tenant's row: it is checked without row security."""
    rows = catalogue.execute(
        "SELECT c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text,"
        " (SELECT array_agg((a.attname, b.attname)::text) FROM unnest(c.conkey, c.confkey) AS pair (here, there)"
        "  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = pair.here"
        "  JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = pair.there)"
        " FROM pg_constraint c WHERE c.contype = 'f'"
    )
    between = [row for row in rows if row[1] in TENANT_TABLES and row[2] in TENANT_TABLES]
    assert len(between) >= 4
    assert [name for name, _, _, pairs in between if "(tenant_id,tenant_id)" not in pairs] == []


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_every_policy_of_a_tenants_table_asks_who_and_for_whom(catalogue: Connection, table: str) -> None:
    """Permissive policies are joined by OR: one that forgets to ask opens the table for all."""
    policies = catalogue.execute(
        "SELECT polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)"
        " FROM pg_policy WHERE polrelid = %s::regclass AND polpermissive",
        (table,),
    ).fetchall()
    assert policies
    for name, using, check in policies:
        for condition in filter(None, (using, check)):
            asks_who = "( SELECT current_setting('kreisportal.actor'::text, true)" in condition
            for_whom = "( SELECT (NULLIF(current_setting('kreisportal.tenant_id'::text, true)" in condition
            assert asks_who, f"{name}: {condition}"
            # Of an account's own rows it does not matter which tenants' they are.
            own = "'account'::text" in condition and _OWN.search(condition)
            assert for_whom or own or "= 'region'::text" in condition, f"{name}: {condition}"
            assert not _is_alternative(condition), f"{name}: {condition}"


def test_restrictive_policies_keep_mandates_and_district_admins_within_theirs(catalogue: Connection) -> None:
    """They only take away; for who does not act by a mandate, or not for the region, each is as if it was not there."""
    rows = catalogue.execute(
        "SELECT polrelid::regclass::text, polname, polcmd::text,"
        " pg_get_expr(coalesce(polqual, polwithcheck), polrelid) FROM pg_policy WHERE NOT polpermissive"
    ).fetchall()
    assert {row[:3] for row in rows} == {
        *((table, "within_mandate", "*") for table in ("drafts", "cases", "case_events", "documents")),
        ("cases", "giver_withdraws", "w"),
        *((table, "within_district", "*") for table in _OF_DISTRICTS),
        *((table, "operator_all", "*") for table in ("signing_keys", "client_logouts")),
        *((f"catalogue_{what}", "operator_insert", "a") for what in ("releases", "entries")),
        ("catalogue_entries", "operator_update", "w"),
        ("changes", "operator_delete", "d"),
        *(
            ("directory_places", f"operator_{what}", what[0].replace("u", "w").replace("i", "a"))
            for what in ("insert", "update")
        ),
        ("region_audit_entries", "own_acts", "r"),
    }
    for table, name, _, condition in rows:
        by_mandate = name in ("within_mandate", "giver_withdraws")
        expected = _WITHOUT_MANDATE if by_mandate else _NOT_THE_REGION
        assert condition.lstrip("( ").startswith(expected), f"{table}, {name}: {condition}"


_OF_DISTRICTS = (
    *("tenants", "hosts", "offers", "staff", "missed_words", "audit_entries"),
    *("region_staff", "outside_clients", "host_looks"),
)
_NOT_THE_REGION = (
    "SELECT current_setting('kreisportal.actor'::text, true) AS current_setting)"
    " IS DISTINCT FROM 'region'::text) OR "
)
_WITHOUT_MANDATE = (
    "SELECT (NULLIF(current_setting('kreisportal.mandate_id'::text, true), ''::text))::uuid"
    ' AS "nullif") IS NULL) OR '
)
_OWN = re.compile(r"\((?:\w+\.)?account_id = \( SELECT \(NULLIF\(current_setting\(")


def _is_alternative(condition: str) -> bool:
    """Whether a condition as PostgreSQL writes it, in brackets, is "this OR that" as a whole."""
    depth = 0
    for position, letter in enumerate(condition):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 1 and condition.startswith(" OR ", position):
            return True
    return False


def test_only_public_facts_are_for_everybody(catalogue: Connection) -> None:
    rows = catalogue.execute(
        "SELECT polrelid::regclass::text, polcmd::text, pg_get_expr(polqual, polrelid) FROM pg_policy"
        " WHERE polpermissive AND pg_get_expr(coalesce(polqual, polwithcheck), polrelid) NOT LIKE '%%kreisportal.actor%%'"
    ).fetchall()
    assert {(table, command, condition) for table, command, condition in rows} == {
        (table, "r", "true") for table in PUBLIC_TABLES
    }


def test_nobody_has_a_policy_for_what_only_the_definer_touches(catalogue: Connection) -> None:
    rows = catalogue.execute(
        "SELECT polname FROM pg_policy WHERE polrelid = ANY (%s::regclass[])", [sorted(DEFINERS_TABLES)]
    )
    assert rows.fetchall() == []
