"""A demonstration, in which the simulated provider is to be had; the tests make what they need anew."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kreisportal.app import create_program
from kreisportal.bundid import account_simulator_views
from kreisportal.web.program import Program
from tests.accounts.conftest import citizen, stranger
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy

__all__ = ["citizen", "stranger"]


@pytest.fixture(scope="module")
def program(region: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program in demo mode."""
    settings = settings_for(region, tmp_path_factory.mktemp("data"))
    made = create_program(replace(settings, mode="demo", identity_simulation=True))
    yield made
    made.database.close()


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Makes people whom the simulation knows: ``invented(**attributes)`` is one's subject."""

    def invent(**attributes: object) -> str:
        key = f"p{secrets.token_hex(6)}"
        told = {name.replace("__", "."): value for name, value in attributes.items()}
        monkeypatch.setitem(account_simulator_views._PEOPLE, key, told)
        return key

    return invent
