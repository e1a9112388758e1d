"""The states of a case and their public words."""

from __future__ import annotations

import pytest

from kreisportal.cases.status import OPEN_STATES, CaseState, PublicStatus, public_status
from tests.cases.house import House


@pytest.mark.parametrize("state", CaseState)
def test_every_state_has_a_public_word_of_the_federal_mailbox(state: CaseState) -> None:
    assert public_status(state.value) in PublicStatus
    assert (public_status(state.value) is PublicStatus.COMPLETED) == (
        state in (CaseState.DECIDED, CaseState.WITHDRAWN)
    )


def test_only_a_question_asks_for_something() -> None:
    asking = [state for state in CaseState if public_status(state) is PublicStatus.ACTION_REQUIRED]
    assert asking == [CaseState.WAITING]
    assert set(CaseState) - set(OPEN_STATES) == {
        CaseState.DECIDED,
        CaseState.WITHDRAWN,
        CaseState.PASSED_ON,
    }


def test_an_unknown_state_is_no_state() -> None:
    with pytest.raises(ValueError, match="gone"):
        public_status("gone")


def test_the_database_knows_the_same_states(house: House) -> None:
    check = house.value(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_cases_state'"
    )
    assert {part for part in check.split("'") if part.isidentifier() and part.islower()} == set(CaseState)
