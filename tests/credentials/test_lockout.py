"""Guessing is slowed down, and only where it happens."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from kreisportal.credentials.lockout import (
    FREE_FOR_ACCOUNT,
    FREE_FOR_SOURCE,
    Attempt,
    delay_after,
    limits_for,
    network_of,
    take_attempt,
    take_back,
)
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.ids import new_token
from kreisportal.staff.sign_in import Locksmith

Try = Callable[..., Attempt]


@pytest.fixture
def attempt(database: Database, locksmith: Locksmith, end_delays: Callable[[], None]) -> Try:
    """Count an attempt, in a transaction of its own."""

    def take(tenant_id: int = 1, email: str = "e@rathaus.example", source: str = "192.0.2.1") -> Attempt:
        with database.transaction(ANONYMOUS) as session:
            return take_attempt(session, limits_for(locksmith.keys, tenant_id, email, source))

    return take


def test_the_delay_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert [delay_after(failures) for failures in range(12)] == [0] * 5 + [60, 120, 240, 480, 900, 900, 900]
    assert delay_after(10_000) == 900


def test_the_sixth_attempt_has_to_wait(attempt: Try) -> None:
    made = [attempt() for _ in range(FREE_FOR_ACCOUNT)]
    assert [bool(one.refused_until) for one in made] == [False] * 5
    assert [len(one.locks) for one in made] == [0, 0, 0, 0, 1]
    assert attempt().refused_until is not None


def test_the_delay_grows_each_time(attempt: Try, end_delays: Callable[[], None]) -> None:
    for _ in range(FREE_FOR_ACCOUNT):
        attempt()
    first = attempt().refused_until
    end_delays()
    assert attempt().refused_until is None
    second = attempt().refused_until
    assert first is not None
    assert second is not None
    assert 55 < (second - first).total_seconds() < 90


def test_waiting_is_not_made_longer_by_trying(attempt: Try) -> None:
    for _ in range(FREE_FOR_ACCOUNT):
        attempt()
    assert attempt().refused_until == attempt().refused_until


def test_another_town_and_another_account_do_not_wait(attempt: Try) -> None:
    for _ in range(FREE_FOR_ACCOUNT + 1):
        attempt()
    assert attempt(tenant_id=2).refused_until is None
    assert attempt(email="f@rathaus.example").refused_until is None


def test_another_source_waits_for_the_same_account(attempt: Try) -> None:
    for number in range(FREE_FOR_ACCOUNT):
        attempt(source=f"192.0.2.{number}")
    assert attempt(source="192.0.2.99").refused_until is not None


def test_a_source_that_tries_many_accounts_waits_only_in_that_town(attempt: Try) -> None:
    for number in range(FREE_FOR_SOURCE):
        assert attempt(email=f"{number}@rathaus.example").refused_until is None
    assert attempt(email="new@rathaus.example").refused_until is not None
    assert attempt(email="new@rathaus.example", source="192.0.2.2").refused_until is None
    assert attempt(tenant_id=2, email="new@rathaus.example").refused_until is None


def test_a_right_one_forgets_the_account_but_not_the_source(
    attempt: Try, database: Database, locksmith: Locksmith
) -> None:
    for number in range(FREE_FOR_SOURCE - 1):
        attempt(email=f"{number}@rathaus.example")
    right = attempt()
    assert right.locks
    with database.transaction(ANONYMOUS) as session:
        take_back(session, right)
    assert attempt().refused_until is None
    assert attempt().refused_until is not None


def test_many_at_once_get_no_more_tries(attempt: Try) -> None:
    email = f"{new_token()}@rathaus.example"
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: attempt(email=email), range(40)))
    assert sum(one.refused_until is None for one in made) == FREE_FOR_ACCOUNT


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_connection_is_one_source(address: str, network: str) -> None:
    assert network_of(address) == network


def test_keys_name_the_tenant_and_no_person(locksmith: Locksmith) -> None:
    keys = [limit.key for limit in limits_for(locksmith.keys, 7, "e@rathaus.example", "192.0.2.1")]
    assert all(key.startswith("7:") for key in keys)
    assert not any("rathaus" in key or "192.0" in key for key in keys)
