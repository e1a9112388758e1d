"""With every guard of accounts in its place nothing gets through; with any one taken out, something does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.isolation import account_mutants, takeout_mutants, token_mutants, ways_in_mutants
from tests.isolation.account_mutants import Breach
from tests.isolation.mutants import MUTANTS, Mutant
from tests.isolation.sweep import sweep
from tests.isolation.test_mutants import plan_of
from tests.isolation.undoing import without
from tests.isolation.world import World

BREACHES = [
    *account_mutants.BREACHES,
    *ways_in_mutants.BREACHES,
    *takeout_mutants.BREACHES,
    *token_mutants.BREACHES,
]
SWEPT = [*account_mutants.SWEPT, *ways_in_mutants.SWEPT]


@pytest.fixture
def renewed(world: World) -> Iterator[World]:
    """The module's world, in which nobody's session or account has ended."""
    yield world
    world.superuser.execute("DELETE FROM rate_limits")
    world.restore()


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.guard)
def test_an_attack_is_stopped(renewed: World, breach: Breach) -> None:
    assert not breach.attack(renewed)


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.guard)
def test_an_attack_comes_through_without_the_guard(
    renewed: World, monkeypatch: pytest.MonkeyPatch, breach: Breach
) -> None:
    breach.in_program(monkeypatch, renewed.facts)
    with without(renewed.superuser, breach.in_database):
        assert breach.attack(renewed)


@pytest.mark.parametrize("mutant", SWEPT, ids=lambda mutant: mutant.guard)
def test_a_guard_taken_out_is_noticed(
    renewed: World, monkeypatch: pytest.MonkeyPatch, mutant: Mutant
) -> None:
    by_place = {(host.town, host.site): host for host in renewed.hosts}
    hosts, plan = [by_place[place] for place in mutant.at], plan_of(renewed, mutant)
    whole = sweep(renewed, plan, hosts, lambda endpoint: endpoint.startswith(mutant.of))
    assert not whole.leaks
    mutant.in_program(monkeypatch, renewed.facts)
    with without(renewed.superuser, mutant.in_database):
        broken = sweep(renewed, plan, hosts, lambda endpoint: endpoint.startswith(mutant.of))
    assert [leak for leak in broken.leaks if "is a fault" not in leak], sorted(broken.leaks)[:3]


def test_each_guard_is_named_once() -> None:
    names = [guard.guard for guard in (*MUTANTS, *SWEPT, *BREACHES)]
    assert len(names) == len(set(names))
