"""Charts as the region's pages draw them: bars of one or several parts, laid out here and drawn in the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ROW = 28
"""How high a bar's row is, in the chart's own units; a chart is 400 wide."""
_LEFT, _WIDEST = 150, 200
_LONGEST_NAME = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: of what kind, from where, how wide."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its name, its sum, where its row begins, and where the sum is written."""

    name: str
    parts: tuple[Part, ...]
    sum: int
    y: int
    end: float


def bars(rows: Sequence[tuple[str, Mapping[str, int]]]) -> list[Bar]:
    """Bars for rows of a name and numbers by kind; the largest sum is the widest."""
    widest = max((sum(numbers.values()) for _, numbers in rows), default=0) or 1
    return [_bar(name, numbers, index * ROW, widest) for index, (name, numbers) in enumerate(rows)]


def _bar(name: str, numbers: Mapping[str, int], y: int, widest: int) -> Bar:
    x, parts = float(_LEFT), []
    for kind, number in numbers.items():
        width = round(_WIDEST * number / widest, 1)
        if number:
            parts.append(Part(kind, round(x, 1), width))
        x += width
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"
    return Bar(short, tuple(parts), sum(numbers.values()), y, round(x + 6, 1))
