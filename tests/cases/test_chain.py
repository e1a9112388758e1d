"""The chain of events: any change breaks it, erasing what is personal does not."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kreisportal.cases.chain import GENESIS, Link, holds, link, salted_digest

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
moments = st.integers(0, 70 * 365 * 86_400 * 1_000_000).map(lambda n: BEGINNING + timedelta(microseconds=n))
texts = st.text(max_size=6)
contents = st.none() | st.fixed_dictionaries({"text": texts, "list": st.lists(texts, max_size=2)})
people = st.none() | st.uuids()

few = settings(max_examples=30)


@st.composite
def chains(draw: st.DrawFn) -> list[Link]:
    """One to three events, each linked to the one before."""
    found: list[Link] = []
    for sequence in range(1, draw(st.integers(1, 3)) + 1):
        found.append(
            link(
                found[-1].hash if found else GENESIS,
                sequence,
                draw(moments),
                draw(texts),
                draw(st.sampled_from(("applicant", "staff", "job"))),
                staff_id=draw(people),
                is_public=draw(st.booleans()),
                data=draw(st.dictionaries(texts, texts | st.integers(), max_size=2)),
                content=draw(contents),
            )
        )
    return found


def _flipped(value: bytes) -> bytes:
    return bytes([value[0] ^ 1]) + value[1:] if value else b"\0"


CHANGES: dict[str, Callable[[Link], Any]] = {
    "sequence": lambda event: event.sequence + 1,
    "at": lambda event: event.at + timedelta(microseconds=1),
    "kind": lambda event: event.kind + "x",
    "actor": lambda event: event.actor + "x",
    "staff_id": lambda event: uuid.UUID(int=(event.staff_id.int if event.staff_id else 0) ^ 1),
    "is_public": lambda event: not event.is_public,
    "data": lambda event: {**event.data, "more": 1},
    "content": lambda event: {**(event.content or {}), "more": 1},
    "salt": lambda event: _flipped(event.salt or b""),
    "content_digest": lambda event: _flipped(event.content_digest or b""),
    "previous_hash": lambda event: _flipped(event.previous_hash),
    "hash": lambda event: _flipped(event.hash),
}
"""Another value for every field of an event."""


def test_no_field_is_left_out_of_the_test() -> None:
    assert set(CHANGES) == {field.name for field in fields(Link)}


@given(chains())
@few
def test_a_chain_as_it_was_written_holds(chain: list[Link]) -> None:
    assert holds(chain)
    assert holds(chain, chain[-1].hash)


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "salt"])
@given(chains(), st.data())
@few
def test_any_change_of_any_field_of_any_event_breaks_it(
    name: str, chain: list[Link], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    chain[at] = replace(chain[at], **{name: CHANGES[name](chain[at])})
    assert not holds(chain)


@given(chains(), st.data())
@few
def test_another_salt_breaks_it_while_there_is_content(chain: list[Link], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    chain[at] = replace(chain[at], salt=CHANGES["salt"](chain[at]))
    assert holds(chain) is (chain[at].content is None)


@given(moments)
@few
def test_neighbouring_microseconds_are_told_apart(moment: datetime) -> None:
    event = link(GENESIS, 1, moment, "k", "staff")
    for step in (-1, 1):
        assert not holds([replace(event, at=moment + timedelta(microseconds=step))])


@given(chains(), st.data())
@few
def test_erasing_content_and_salt_leaves_it_whole(chain: list[Link], data: st.DataObject) -> None:
    for at in data.draw(st.sets(st.integers(0, len(chain) - 1))):
        chain[at] = replace(chain[at], content=None, salt=None)
    assert holds(chain, chain[-1].hash)


@given(chains())
@few
def test_content_without_its_salt_is_not_believed(chain: list[Link]) -> None:
    unsalted = [replace(event, salt=None) for event in chain]
    assert holds(unsalted) is all(event.content is None for event in chain)


@given(chains(), st.data())
@few
def test_a_missing_event_is_noticed_wherever_it_was(chain: list[Link], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    left = chain[:at] + chain[at + 1 :]
    assert not holds(left, chain[-1].hash)
    if at < len(chain) - 1:
        assert not holds(left)


@given(chains(), st.data())
@few
def test_events_that_changed_places_are_noticed(chain: list[Link], data: st.DataObject) -> None:
    order = data.draw(st.permutations(chain))
    assert holds(order) is (order == chain)


@given(chains())
@few
def test_what_is_added_behind_the_newest_is_noticed(chain: list[Link]) -> None:
    more = link(chain[-1].hash, len(chain) + 1, BEGINNING, "more", "staff")
    assert holds([*chain, more])
    assert not holds([*chain, more], chain[-1].hash)


def test_nothing_at_all_is_whole_only_for_a_case_to_which_nothing_happened() -> None:
    assert holds([], GENESIS)
    assert not holds([], bytes(31) + b"\1")


def test_equal_content_has_another_digest_each_time() -> None:
    first, second = (
        link(GENESIS, 1, datetime(2026, 1, 1, tzinfo=UTC), "k", "staff", content={"text": "ja"})
        for _ in range(2)
    )
    assert first.content_digest != second.content_digest
    assert first.salt
    assert salted_digest(first.salt, {"text": "ja"}) == first.content_digest


def test_the_order_of_names_does_not_matter() -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    event = link(GENESIS, 1, when, "k", "staff", data={"a": 1, "b": 2}, content={"x": "ä", "y": "ß"})
    assert holds([replace(event, data={"b": 2, "a": 1}, content={"y": "ß", "x": "ä"})])
