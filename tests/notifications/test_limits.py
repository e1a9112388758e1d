"""Nobody's mailbox is bombed, and no town uses up another's limit."""

from __future__ import annotations

import pytest

from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.notifications.limits import may_mail
from tests.support.server import DatabaseCopy

PURPOSE = "confirm_address"


def ask(
    database: Database, tenant_id: int, address: str, times: int = 1, purpose: str = PURPOSE
) -> list[bool]:
    with database.transaction(Context(ActorKind.ANONYMOUS)) as session:
        return [may_mail(session, tenant_id, address, purpose) for _ in range(times)]


def let_pass(region: DatabaseCopy, seconds: int) -> None:
    """Let time pass for the limits."""
    with region.superuser() as connection:
        connection.execute(
            "UPDATE rate_limits SET expires_at = expires_at - make_interval(secs => %s)", (seconds,)
        )


def test_three_in_an_hour_from_one_town(database: Database) -> None:
    assert ask(database, 1, "anna@example.org", 4) == [True, True, True, False]
    assert ask(database, 2, "anna@example.org", 4) == [True, True, True, False], (
        "another town has its own limit"
    )
    assert ask(database, 1, "otto@example.org") == [True], "another address too"
    assert ask(database, 1, "anna@example.org", purpose="resume_draft") == [True], "and another purpose"


def test_the_hour_ends(database: Database, region: DatabaseCopy) -> None:
    ask(database, 1, "bert@example.org", 4)
    let_pass(region, 3601)
    assert ask(database, 1, "bert@example.org") == [True]


def test_ten_in_a_day_from_one_town(database: Database, region: DatabaseCopy) -> None:
    answers: list[bool] = []
    for _ in range(5):
        answers += ask(database, 1, "carl@example.org", 3)
        let_pass(region, 3601)
    assert answers == [True] * 10 + [False] * 5


def test_twenty_in_a_day_from_the_region(database: Database) -> None:
    answers = [ask(database, tenant, "dora@example.org", 3) for tenant in range(1, 9)]
    assert [answer for town in answers for answer in town] == [True] * 20 + [False] * 4


def test_a_town_at_its_limit_leaves_the_regions_alone(database: Database) -> None:
    ask(database, 1, "emil@example.org", 50)
    assert ask(database, 2, "emil@example.org") == [True]


@pytest.mark.parametrize(
    "other", ["FRITZ@example.org", "fritz+1@example.org", "fritz@EXAMPLE.org.", " fritz@example.org"]
)
def test_another_writing_of_the_address_is_the_same_mailbox(database: Database, other: str) -> None:
    ask(database, 1, "fritz@example.org", 3)
    assert ask(database, 1, other) == [False]


def test_the_address_is_not_stored(database: Database, region: DatabaseCopy) -> None:
    ask(database, 1, "gustav@example.org")
    with region.superuser() as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM rate_limits")]
    assert keys
    assert not [key for key in keys if "gustav" in key or "@" in key]


def test_what_is_no_address(database: Database) -> None:
    with pytest.raises(InvalidInputError):
        ask(database, 1, "nobody")
