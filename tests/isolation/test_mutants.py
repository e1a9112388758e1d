"""The leak test turns red when any one of the guards is taken out."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from structlog.testing import capture_logs

from kreisportal.kernel.database.roles import OWNER
from kreisportal.staff.sign_in import Locksmith
from tests.isolation.mutants import MUTANTS, Mutant
from tests.isolation.rows import TENANT_TABLES
from tests.isolation.sweep import Plan, sweep
from tests.isolation.world import B, Original, World


def plan_of(world: World, mutant: Mutant) -> Plan:
    """Who asks, as the leak test lets them."""
    facts = world.facts
    role = facts.role(mutant.town, mutant.role, forged=mutant.forged)
    own = facts.home(mutant.town, mutant.role)
    if mutant.of_neighbour:
        return Plan(role, own, (facts.neighbour,), (facts.neighbour.words,))
    if mutant.forged:
        return Plan(role, own, (), (), may_change=False)
    if mutant.town == B and (B, role.site) not in mutant.at:
        return Plan(role, own, (facts.a,), (facts.a.words, own.words, own.account.words), may_change=False)
    return Plan(role, own, facts.strangers(mutant.role), facts.forbidden(mutant.role), may_change=False)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.guard)
def test_a_guard_taken_out_is_noticed(
    original: Original,
    locksmith: Locksmith,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mutant: Mutant,
) -> None:
    mutant.in_program(monkeypatch, original.facts)
    # What fails without its guard is told in the log, at length; here it is meant.
    with capture_logs(), original.opened(tmp_path, locksmith, mutant.in_database) as world:
        by_place = {(host.town, host.site): host for host in world.hosts}
        hosts = [by_place[place] for place in mutant.at]
        findings = sweep(
            world, plan_of(world, mutant), hosts, lambda endpoint: endpoint.startswith(mutant.of)
        )
    leaks = [leak for leak in findings.leaks if "is a fault" not in leak]
    assert leaks, sorted(findings.leaks)[:3]


@pytest.mark.parametrize("forced", [True, False], ids=["forced", "not forced"])
def test_row_security_binds_the_owner_because_it_is_forced(original: Original, forced: bool) -> None:
    """Else a migration that forgets for whom it acts would read and change every town's rows."""
    server = original.copy.server
    copy = server.copy(original.copy.name.removeprefix(f"{server.run}_"))
    try:
        with copy.superuser() as superuser, psycopg.connect(copy.url(OWNER)) as owner:
            for table in TENANT_TABLES:
                if not forced:
                    superuser.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
                seen = owner.execute(f"SELECT count(*) FROM {table}").fetchone()
                assert seen is not None
                assert (seen[0] == 0) == forced, table
    finally:
        server.drop(copy)
