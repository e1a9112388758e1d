"""No condition of any policy can be left out without a test of reading or writing failing."""

from __future__ import annotations

import pytest
from psycopg import Connection

from kreisportal.kernel.database import Scope, scope_of
from tests.kernel.database.mutants import is_noticed, mutants
from tests.kernel.database.region_world import DEPARTMENTS
from tests.kernel.database.world import LABELS
from tests.support.schema import all_models

HELD_TWICE = {
    # Who else sees a case sees its public events too; whether it is one's own, the cases' policy asks once more.
    "case_events": "account_reads without (( SELECT current_setting('kreisportal.actor'",
    # Whoever sees a mandate is asked by the mandates' own policy.
    "account_mandate_acts": "own_reads without (( SELECT current_setting('kreisportal.actor'",
    # Nobody but those who run a district has an own district.
    "bundles": "district_reads without (( SELECT current_setting('kreisportal.actor'",
    # What is removed by its key is read by it, too.
    **dict.fromkeys(DEPARTMENTS, "region_removes without"),
}
"""Conditions that stand behind another one: each policy asks who, whatever others ask."""


def test_no_table_with_rows_of_tenants_or_accounts_is_left_out() -> None:
    tables = all_models().tables.items()
    theirs = (Scope.TENANT, Scope.ACCOUNT)
    assert {name for name, table in tables if scope_of(table) in theirs} <= set(LABELS)


@pytest.mark.parametrize("table", LABELS)
def test_each_condition_of_each_policy_is_noticed(world: Connection, table: str) -> None:
    unnoticed = []
    count = 0
    for name, statement in mutants(world, table):
        count += 1
        with world.transaction(force_rollback=True):
            world.execute(statement)
            if not is_noticed(world, table) and not name.startswith(HELD_TWICE.get(table, "-")):
                unnoticed.append(name)
    assert count
    assert not unnoticed, "\n".join(unnoticed)


@pytest.mark.parametrize("table", LABELS)
def test_row_security_switched_off_is_noticed(world: Connection, table: str) -> None:
    with world.transaction(force_rollback=True):
        world.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        assert is_noticed(world, table)
    assert not is_noticed(world, table)


@pytest.mark.parametrize("table", ["drafts", "cases"])
def test_that_whose_a_row_is_is_guarded_is_noticed(world: Connection, table: str) -> None:
    """By a trigger, because a policy does not know what a row was before."""
    with world.transaction(force_rollback=True):
        world.execute(f"DROP TRIGGER guard_account ON {table}")
        assert is_noticed(world, table)
