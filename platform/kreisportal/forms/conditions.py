"""Conditions: small questions about the answers, written as data.

One field and one operator, or several conditions joined::

    {field: reason, is: gave_away}            {field: reason, in: [moved, gave_away]}
    {field: phone, filled: true}              {field: needs, contains: lunch}
    {field: birth_date, after: today-18y}     {field: end, not_before: {field: start}}
    {field: dogs, at_least: 2}                {all: […]}  {any: […]}  {not: …}

There are three outcomes: comparing with an answer that is missing cannot be decided and gives None. What is
shown under a condition is shown only when it is True; a rule is broken only when it is False.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from kreisportal.forms.definition import Condition
from kreisportal.forms.moments import resolve_day, stored_day

JOINS = ("all", "any", "not")
DAY_OPS = ("before", "after", "not_before", "not_after")
NUMBER_OPS = ("at_least", "at_most", "more_than", "less_than")
PLAIN_OPS = ("is", "is_not", "in", "contains", "filled")

Answers = Mapping[str, Any]
"""Answers by field key, as JSON-able values."""

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "before": lambda a, b: a < b,
    "less_than": lambda a, b: a < b,
    "after": lambda a, b: a > b,
    "more_than": lambda a, b: a > b,
    "not_before": lambda a, b: a >= b,
    "at_least": lambda a, b: a >= b,
    "not_after": lambda a, b: a <= b,
    "at_most": lambda a, b: a <= b,
}


def parse_condition(data: Any) -> Condition:
    """The condition that ``data`` writes. Raises ValueError saying what is wrong."""
    if not isinstance(data, dict) or not data:
        raise ValueError("a condition is a map, e.g. {field: reason, is: moved}")
    joins = [key for key in data if key in JOINS]
    if joins:
        return _parse_join(joins[0], data)
    operators = [key for key in data if key != "field"]
    if "field" not in data or len(operators) != 1:
        raise ValueError("a condition has a field and one operator")
    if not isinstance(data["field"], str) or not data["field"]:
        raise ValueError("field must be the key of a field")
    return _parse_question(data["field"], operators[0], data[operators[0]])


def _parse_join(op: str, data: dict[str, Any]) -> Condition:
    if len(data) != 1:
        raise ValueError(f"{op} stands alone in its map")
    if op == "not":
        return Condition("not", parts=(parse_condition(data[op]),))
    if not isinstance(data[op], list) or not data[op]:
        raise ValueError(f"{op} needs a list of conditions")
    return Condition(op, parts=tuple(parse_condition(part) for part in data[op]))


def _parse_question(field: str, op: str, value: Any) -> Condition:
    if op not in (*PLAIN_OPS, *DAY_OPS, *NUMBER_OPS):
        raise ValueError(f"there is no operator {op!r}")
    if isinstance(value, dict):
        if (
            op in ("in", "contains", "filled")
            or set(value) != {"field"}
            or not isinstance(value["field"], str)
        ):
            raise ValueError(f"{op}: only comparisons may name another field, as {{field: key}}")
        return Condition(op, field, other=value["field"])
    if op == "in" and (not isinstance(value, list) or not value):
        raise ValueError("in needs a list of values")
    if op == "filled" and not isinstance(value, bool):
        raise ValueError("filled is true or false")
    if op in DAY_OPS and resolve_day(str(value)) is None:
        raise ValueError(f"{value!r} is not a day such as 2026-12-24 or today-18y")
    if op in NUMBER_OPS and (isinstance(value, bool) or not isinstance(value, int)):
        raise ValueError(f"{value!r} is not a whole number")
    return Condition(op, field, tuple(value) if op == "in" else value)


def condition_to_data(condition: Condition) -> dict[str, Any]:
    """The writing that ``parse_condition`` reads."""
    if condition.op == "not":
        return {"not": condition_to_data(condition.parts[0])}
    if condition.op in JOINS:
        return {condition.op: [condition_to_data(part) for part in condition.parts]}
    value = list(condition.value) if condition.op == "in" else condition.value
    return {"field": condition.field, condition.op: {"field": condition.other} if condition.other else value}


def evaluate(condition: Condition, answers: Answers) -> bool | None:
    """Whether the condition holds for these answers: True, False, or None where that cannot be decided."""
    if condition.op == "not":
        inner = evaluate(condition.parts[0], answers)
        return None if inner is None else not inner
    if condition.op in ("all", "any"):
        deciding = condition.op == "any"
        outcomes = [evaluate(part, answers) for part in condition.parts]
        if deciding in outcomes:
            return deciding
        return None if None in outcomes else not deciding
    answer = answers.get(condition.field)
    if condition.op in _COMPARE:
        return _compare(condition, answer, answers)
    return _ask(condition, answer, answers)


def shows(condition: Condition | None, answers: Answers) -> bool:
    """Whether something under this condition is shown: without a condition, or when it is True."""
    return condition is None or evaluate(condition, answers) is True


def is_filled(answer: Any) -> bool:
    """Whether a question was answered: No, zero and False are answers, empty texts and lists are none."""
    return answer is not None and answer not in ("", [], {})


def _ask(condition: Condition, answer: Any, answers: Answers) -> bool:
    operand: Any = answers.get(condition.other) if condition.other else condition.value
    if condition.op == "filled":
        return is_filled(answer) is condition.value
    if condition.op == "in":
        return answer in operand
    if condition.op == "contains":
        return isinstance(answer, list) and operand in answer
    # True equals 1 in Python, but a count of one is not a Yes.
    same = type(answer) is type(operand) and answer == operand
    return same if condition.op == "is" else not same


def _compare(condition: Condition, answer: Any, answers: Answers) -> bool | None:
    operand = answers.get(condition.other) if condition.other else condition.value
    read = _day if condition.op in DAY_OPS else _number
    left, right = read(answer), read(operand)
    if left is None or right is None:
        return None
    return _COMPARE[condition.op](left, right)


def _day(value: Any) -> date | None:
    return stored_day(value) or (resolve_day(value) if isinstance(value, str) else None)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
