"""The guards of takeouts and of deleting an account by name, and what it takes to be without each."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.accounts import account_takeout_views, takeouts
from kreisportal.accounts.models import AccountTakeout
from tests.isolation import takeout_attacks
from tests.isolation.account_mutants import Breach
from tests.isolation.mutants import all_of, function, policy
from tests.isolation.world import Facts

_ACCOUNT = "nullif(current_setting('kreisportal.account_id', true), '')::uuid"


def _by_id(patch: pytest.MonkeyPatch, _: Facts) -> None:
    def find(session: Session, own: object, takeout_id: object) -> AccountTakeout | None:
        return session.scalar(select(AccountTakeout).where(AccountTakeout.id == takeout_id))

    patch.setattr(takeouts, "finished_takeout", find)


def _everybodys(patch: pytest.MonkeyPatch, _: Facts) -> None:
    def remove(session: Session, own: object) -> None:
        for row in session.scalars(select(AccountTakeout)):
            session.delete(row)

    patch.setattr(takeouts, "remove_takeout", remove)


def _always_fresh(patch: pytest.MonkeyPatch, _: Facts) -> None:
    patch.setattr(account_takeout_views, "is_fresh", lambda **more: True)
    patch.setattr(account_takeout_views, "ask_again", lambda back: None)


def _never_over(patch: pytest.MonkeyPatch, _: Facts) -> None:
    patch.setattr(takeouts, "_is_over", lambda takeout: False)


def _public(*parts: str) -> Any:
    return all_of(*(policy(table, "applicant_reads", "is_public") for table in parts))


BREACHES = [
    Breach(
        "a takeout is fetched by its own account (by row security, behind the program)",
        takeout_attacks.takeout_of_another,
        policy("account_takeouts", "own_all", "account_id"),
        _by_id,
    ),
    Breach(
        "a takeout is removed by its own account (by row security, behind the program)",
        takeout_attacks.takeout_of_another_removed,
        policy("account_takeouts", "own_all", "account_id"),
        _everybodys,
    ),
    Breach("a takeout is there for its days", takeout_attacks.takeout_that_is_over, in_program=_never_over),
    Breach(
        "a takeout is for who is signed in",
        takeout_attacks.takeout_after_signing_out,
        function("close_account_session", ("DELETE FROM sessions WHERE", "SELECT FROM sessions WHERE")),
    ),
    Breach(
        "a takeout is fetched by who has shown lately who they are",
        takeout_attacks.takeout_at_an_open_device,
        in_program=_always_fresh,
    ),
    Breach(
        "a takeout is asked for by who has shown lately who they are",
        takeout_attacks.takeout_asked_for_at_an_open_device,
        in_program=_always_fresh,
    ),
    Breach(
        "a takeout holds drafts of its own account (by row security, and by whose they are)",
        takeout_attacks.takeout_with_what_is_anothers,
        all_of(
            policy("drafts", "account_reads", "account_id"),
            function("own_subject", (f"d.account_id = {_ACCOUNT}", "d.account_id IS NOT NULL")),
        ),
    ),
    Breach(
        "a takeout holds cases of its own account (by row security, and by whose they are)",
        takeout_attacks.takeout_with_what_is_anothers,
        all_of(
            policy("cases", "account_reads", "account_id"),
            function("own_subject", (f"c.account_id = {_ACCOUNT}", "c.account_id IS NOT NULL")),
        ),
    ),
    Breach(
        "a takeout holds of a case what its applicant may see",
        takeout_attacks.takeout_with_what_an_office_keeps_to_itself,
        _public("case_events"),
    ),
    Breach(
        "with an account its own drafts are erased",
        takeout_attacks.deletion_with_what_is_anothers,
        function("erase_drafts_of_account", ("DELETE FROM drafts d WHERE d.account_id = of_account",
            "DELETE FROM drafts d WHERE d.account_id IS NOT NULL")),
    ),
]  # fmt: skip
"""Guards, each with the attack that it stops."""
