"""What a formula comes to for some answers: exact fractions, never floating point, and never more than was written."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction

from kreisportal.tenancy.fees.formula import Node

Values = Mapping[str, Fraction | str]
"""Answers by name: a number (sums of money in euros), or the key of a choice. What was not asked is not there."""


class FeeUnknownError(Exception):
    """No sum comes of these answers: why (missing, zero, negative, large, step), and about which name."""

    def __init__(self, code: str, word: str = "") -> None:
        super().__init__(f"{code} {word}".rstrip())
        self.code, self.word = code, word


_COMPARE: dict[str, Callable[[Fraction | str, Fraction | str], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
}
_ORDER: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_OF_ONE: dict[str, Callable[[Fraction], Fraction]] = {
    "minus": operator.neg,
    "aufrunden": lambda number: Fraction(math.ceil(number)),
    "abrunden": lambda number: Fraction(math.floor(number)),
}


def calculate(node: Node, values: Values) -> Fraction:
    """The number of a tree. Only that branch of a condition is looked at that counts. Raises FeeUnknownError."""
    if node.op == "number" and node.value is not None:
        return node.value
    if node.op == "name":
        return _number(node, values)
    if node.op == "wenn":
        condition, then, otherwise = node.parts
        return calculate(then if _holds(condition, values) else otherwise, values)
    numbers = [calculate(part, values) for part in node.parts]
    if node.op in ("min", "max"):
        return min(numbers) if node.op == "min" else max(numbers)
    if node.op in _OF_ONE:
        return _OF_ONE[node.op](numbers[0])
    if node.op == "/":
        if numbers[1] == 0:
            raise FeeUnknownError("zero")
        return numbers[0] / numbers[1]
    return _ARITHMETIC[node.op](*numbers)


def _holds(node: Node, values: Values) -> bool:
    if node.op == "und":
        return all(_holds(part, values) for part in node.parts)
    if node.op == "oder":
        return any(_holds(part, values) for part in node.parts)
    if node.op == "nicht":
        return not _holds(node.parts[0], values)
    left, right = node.parts
    if node.op in _ORDER:
        return _ORDER[node.op](calculate(left, values), calculate(right, values))
    if "choice" in (left.kind, right.kind):
        return _COMPARE[node.op](_answer(left, values), _answer(right, values))
    return _COMPARE[node.op](calculate(left, values), calculate(right, values))


def _answer(node: Node, values: Values) -> Fraction | str:
    if node.op == "text":
        return node.word
    if node.word not in values:
        raise FeeUnknownError("missing", node.word)
    return values[node.word]


def _number(node: Node, values: Values) -> Fraction:
    found = _answer(node, values)
    if not isinstance(found, Fraction):
        raise FeeUnknownError("missing", node.word)
    return found
