"""Answers as they are shown to be checked or read: what belongs together under one heading, single answers in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from kreisportal.forms import SummaryRow, SummaryStep

Row = tuple[Any, ...]
"""What ``description_list`` takes: (name, value) or (name, value, address that changes it)."""


@dataclass(slots=True)
class AnswerGroup:
    """Rows under a heading, whose address changes all of them; without a heading each row brings its own."""

    title: str = ""
    url: str | None = None
    rows: list[Row] = field(default_factory=list)


def answer_groups(
    steps: Iterable[SummaryStep], change_url: Callable[[str], str] | None = None, *, all_rows: bool = False
) -> list[AnswerGroup]:
    """The answers in the order of the form. Steps that asked one thing share a list without headings.

    ``change_url`` leads from a step's key to its page. ``all_rows`` shows what was left empty, too.
    """
    groups: list[AnswerGroup] = []
    for step in steps:
        rows = [row for row in step.rows if all_rows or row.answered]
        url = change_url(step.key) if change_url else None
        if len(step.rows) > 1 and rows:
            groups.append(AnswerGroup(step.title, url, [_row(row) for row in rows]))
        elif rows:
            if not groups or groups[-1].title:
                groups.append(AnswerGroup())
            groups[-1].rows.append((*_row(rows[0]), url) if url else _row(rows[0]))
    return groups


def _row(row: SummaryRow) -> Row:
    return row.label, row.lines
