"""All answers for people: for the review page, the copy as PDF and the desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kreisportal.forms.answers import applicable_answers, visible_steps
from kreisportal.forms.conditions import Answers
from kreisportal.forms.definition import Field, FormDefinition
from kreisportal.forms.fieldtypes import field_type
from kreisportal.forms.fieldtypes.base import short_label
from kreisportal.i18n import gettext, pick


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One answer. ``lines`` is its value, line by line; ``answered`` is False for a question left empty."""

    field: str
    label: str
    lines: tuple[str, ...]
    answered: bool = True

    @property
    def value(self) -> str:
        """The value as one text with newlines."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class SummaryStep:
    """A step with its answers; ``key`` leads back to it."""

    key: str
    title: str
    rows: tuple[SummaryRow, ...]


def summary(definition: FormDefinition, answers: Answers) -> tuple[SummaryStep, ...]:
    """The steps that apply with their answers, in the current language.

    Steps without questions are left out.
    """
    kept = applicable_answers(definition, answers)
    steps = []
    for shown in visible_steps(definition, answers):
        rows = tuple(row for field in shown.fields for row in _rows(field, kept.get(field.key)))
        if rows:
            steps.append(SummaryStep(shown.step.key, str(pick(shown.step.title)), rows))
    return tuple(steps)


def _rows(field: Field, value: Any) -> Iterator[SummaryRow]:
    if field.type == "group" and value:
        for number, each in enumerate(value, start=1):
            for inner in field.fields:
                label = f"{pick(field.item)} {number}: {short_label(inner)}"
                yield _row(inner, each.get(inner.key), f"{field.key}.{number - 1}.{inner.key}", label)
    else:
        yield _row(field, value, field.key, short_label(field))


def _row(field: Field, value: Any, name: str, label: str) -> SummaryRow:
    if value is None or value in ("", [], {}):
        return SummaryRow(name, label, (gettext("keine Angabe"),), answered=False)
    return SummaryRow(name, label, tuple(field_type(field).display(field, value).split("\n")))
