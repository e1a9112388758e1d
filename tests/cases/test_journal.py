"""Writing events: whatever an act brings, the chain holds, and only what is not personal is kept for ever."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import ProgrammingError

from kreisportal.cases import queries, work
from kreisportal.cases.chain import holds
from kreisportal.cases.journal import add_event
from kreisportal.kernel.database import ActorKind, Context
from tests.cases.house import CaseFacts, House

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=10)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
CONTENT = st.none() | st.dictionaries(TEXT, JSON, max_size=3)


@pytest.fixture(scope="module")
def written(house: House) -> tuple[CaseFacts, Context]:
    """A case to which all examples add, and who does."""
    return house.case(), house.staff()


@settings(max_examples=30)
@given(data=st.dictionaries(TEXT, JSON, max_size=3), content=CONTENT, is_public=st.booleans())
def test_whatever_is_written_the_chain_holds_and_gives_it_back(
    house: House,
    written: tuple[CaseFacts, Context],
    data: dict[str, Any],
    content: dict[str, Any] | None,
    is_public: bool,
) -> None:
    case, context = written
    with house.acting(context) as session:
        row = work.load(session, case.id, lock=True)
        add_event(session, context, row, "note", is_public=is_public, data=data, content=content)
    with house.acting(context) as session:
        chain = queries.chain_of(session, case.id)
        row = work.load(session, case.id)
        assert holds(chain, row.last_hash)
        assert row.events == len(chain)
    last = chain[-1]
    assert (dict(last.data), last.content, last.is_public) == (data, content, is_public)
    assert (last.salt is None) == (content is None)


def test_erasing_the_content_leaves_a_chain_that_holds(house: House) -> None:
    case, context = house.case(), house.staff()
    with house.acting(context) as session:
        work.note(session, context, case.id, "Persönliches.")
    erase = "UPDATE case_events SET content = NULL, salt = NULL WHERE case_id = %s RETURNING 1"
    assert len(house.rows(erase, case.id)) == 2
    with house.acting(context) as session:
        assert holds(queries.chain_of(session, case.id), work.load(session, case.id).last_hash)


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'read'",
        "at = at + interval '1 second'",
        "actor = 'job'",
        "is_public = NOT is_public",
        "data = '{\"x\": 1}'",
        'content = \'{"text": "anders"}\'',
        "content_digest = '\\x00'",
        "staff_id = NULL",
        "hash = previous_hash",
    ],
)
def test_changing_anything_behind_the_programs_back_shows(house: House, change: str) -> None:
    case, context = house.case(), house.staff()
    with house.acting(context) as session:
        work.note(session, context, case.id, "So war es.")
    house.rows(f"UPDATE case_events SET {change} WHERE case_id = %s AND sequence = 2 RETURNING 1", case.id)
    with house.acting(context) as session:
        assert not holds(queries.chain_of(session, case.id), work.load(session, case.id).last_hash)


def test_who_writes_an_event_is_whom_the_transaction_acts_for(house: House) -> None:
    case, staff = house.case(), house.staff()
    as_job = Context(ActorKind.JOB, case.tenant.id)
    with pytest.raises(ProgrammingError, match="row-level security"), house.acting(staff) as session:
        add_event(session, as_job, work.load(session, case.id, lock=True), "note")
    assert len(house.events(case.id)) == 1
