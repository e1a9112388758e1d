"""Citizens."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest

from kreisportal.web.program import Program
from tests.accounts.people import Citizen
from tests.support.browser import Browser


@pytest.fixture
def stranger(client: Callable[..., Browser]) -> Callable[[], Citizen]:
    """Makes people who have no account yet."""
    return lambda: Citizen(f"{secrets.token_hex(4)}@buerger.example", client)


@pytest.fixture
def citizen(stranger: Callable[[], Citizen], program: Program) -> Citizen:
    """Somebody who has just begun an account."""
    person = stranger()
    person.sign_up(program)
    return person
