"""With every guard of clients from outside in its place no attack gets through; with any one taken out, one does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kreisportal.sso import signing_keys
from tests.isolation.account_mutants import BREACHES as OF_ACCOUNTS
from tests.isolation.account_mutants import SWEPT, Breach
from tests.isolation.mutants import MUTANTS
from tests.isolation.outside_mutants import BREACHES
from tests.isolation.undoing import without
from tests.isolation.world import World


@pytest.fixture
def renewed(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The module's world, in which nobody's session or account has ended."""
    monkeypatch.setattr(signing_keys, "_BITS", 2048)
    yield world
    world.superuser.execute("DELETE FROM rate_limits")
    world.superuser.execute("DELETE FROM outside_clients")
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


def test_each_guard_is_named_once() -> None:
    names = [guard.guard for guard in (*MUTANTS, *SWEPT, *OF_ACCOUNTS, *BREACHES)]
    assert len(names) == len(set(names))
