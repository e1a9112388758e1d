"""A mother, her daughter, and the towns where they apply: the region that the tests of cases share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.accounts.people import Citizen
from tests.cases.conftest import *  # noqa: F403 - a conftest's fixtures.
from tests.cases.house import House
from tests.mandates.acting import Pair
from tests.support.browser import Browser


@pytest.fixture
def pair(house: House, anna: Citizen, bert: Citizen) -> Pair:
    """The giver and who is to act, both signed in, nothing given yet."""
    house.superuser.execute("DELETE FROM rate_limits")
    return Pair(house, anna, bert)


@pytest.fixture
def stranger(house: House, client: Callable[..., Browser]) -> Citizen:
    """Somebody who has no part in it."""
    person = Citizen(f"fremd.{house.value('SELECT gen_random_uuid()').hex[:12]}@buerger.example", client)
    person.sign_up(house.program)
    return person
