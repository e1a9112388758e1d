"""Conditions: three outcomes, every operator, and writing that reads back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.forms.conditions import condition_to_data, evaluate, parse_condition, shows
from kreisportal.kernel.clock import frozen

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

ANSWERS = {
    "reason": "moved",
    "sure": False,
    "dogs": 2,
    "price": 0,
    "weight": "12.5",
    "needs": ["lunch", "bus"],
    "start": "2026-11-01",
    "end": "2026-11-30",
    "born": "1960-00-00",
    "empty": [],
}


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"field": "reason", "is": "moved"}, True),
        ({"field": "reason", "is": "died"}, False),
        ({"field": "reason", "is_not": "died"}, True),
        ({"field": "reason", "in": ["died", "moved"]}, True),
        ({"field": "reason", "in": ["died"]}, False),
        ({"field": "missing", "is": "moved"}, False),
        ({"field": "missing", "is_not": "moved"}, True),
        ({"field": "missing", "in": ["moved"]}, False),
        ({"field": "sure", "is": False}, True),
        ({"field": "price", "is": False}, False),
        ({"field": "sure", "filled": True}, True),
        ({"field": "price", "filled": True}, True),
        ({"field": "empty", "filled": True}, False),
        ({"field": "missing", "filled": False}, True),
        ({"field": "needs", "contains": "bus"}, True),
        ({"field": "needs", "contains": "car"}, False),
        ({"field": "missing", "contains": "car"}, False),
        ({"field": "dogs", "at_least": 2}, True),
        ({"field": "dogs", "more_than": 2}, False),
        ({"field": "dogs", "at_most": 2}, True),
        ({"field": "weight", "less_than": 13}, True),
        ({"field": "missing", "at_least": 2}, None),
        ({"field": "reason", "at_least": 2}, None),
        ({"field": "sure", "at_most": 2}, None),
        ({"field": "start", "before": "2026-11-02"}, True),
        ({"field": "start", "after": "today-19d"}, False),
        ({"field": "start", "not_before": "today-19d"}, True),
        ({"field": "start", "not_after": {"field": "end"}}, True),
        ({"field": "end", "before": {"field": "start"}}, False),
        ({"field": "end", "before": {"field": "missing"}}, None),
        ({"field": "born", "before": "1960-01-02"}, True),
        ({"not": {"field": "dogs", "at_least": 2}}, False),
        ({"not": {"field": "missing", "at_least": 2}}, None),
        ({"all": [{"field": "sure", "is": False}, {"field": "dogs", "at_least": 2}]}, True),
        ({"all": [{"field": "missing", "at_least": 1}, {"field": "dogs", "at_least": 9}]}, False),
        ({"all": [{"field": "missing", "at_least": 1}, {"field": "dogs", "at_least": 2}]}, None),
        ({"any": [{"field": "missing", "at_least": 1}, {"field": "dogs", "at_least": 2}]}, True),
        ({"any": [{"field": "missing", "at_least": 1}, {"field": "dogs", "at_least": 9}]}, None),
        ({"any": [{"field": "sure", "is": True}, {"field": "dogs", "at_least": 9}]}, False),
    ],
)
def test_outcomes(condition: dict[str, Any], outcome: bool | None) -> None:
    with frozen(NOON):
        assert evaluate(parse_condition(condition), ANSWERS) is outcome


def test_what_cannot_be_decided_is_not_shown() -> None:
    assert not shows(parse_condition({"field": "missing", "at_least": 1}), ANSWERS)
    assert shows(None, ANSWERS)


_keys = st.sampled_from(sorted(ANSWERS))
_questions = st.one_of(
    st.builds(
        lambda key, op, value: {"field": key, op: value}, _keys, st.sampled_from(["is", "is_not"]), st.text()
    ),
    st.builds(lambda key, values: {"field": key, "in": values}, _keys, st.lists(st.text(), min_size=1)),
    st.builds(lambda key, value: {"field": key, "filled": value}, _keys, st.booleans()),
    st.builds(lambda key, value: {"field": key, "at_least": value}, _keys, st.integers()),
    st.builds(lambda key, other: {"field": key, "before": {"field": other}}, _keys, _keys),
    st.builds(lambda key, day: {"field": key, "after": day.isoformat()}, _keys, st.dates()),
)
_conditions = st.recursive(
    _questions,
    lambda inner: st.one_of(
        st.builds(lambda part: {"not": part}, inner),
        st.builds(
            lambda op, parts: {op: parts},
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
    ),
    max_leaves=6,
)


@given(_conditions)
def test_writing_reads_back(data: dict[str, Any]) -> None:
    assert condition_to_data(parse_condition(data)) == data


@given(_conditions)
def test_not_turns_the_outcome(data: dict[str, Any]) -> None:
    plain = evaluate(parse_condition(data), ANSWERS)
    turned = evaluate(parse_condition({"not": data}), ANSWERS)
    assert turned is (None if plain is None else not plain)
