"""What of a form's answers a fee can be found by: numbers, sums of money, choices, and how often something is told of."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from kreisportal.forms.answers import applicable_answers
from kreisportal.forms.conditions import Answers
from kreisportal.forms.definition import Field, FormDefinition
from kreisportal.tenancy.fees.formula import Name

_NUMBERS = ("number", "money", "group")
_YES_NO = {True: "yes", False: "no"}
_ANSWERS = {"yes": {"de": "Ja", "en": "Yes"}, "no": {"de": "Nein", "en": "No"}}


def figures_of(form: FormDefinition) -> dict[str, Name]:
    """The fields that a fee can be found by, in the order of the form."""
    fields = (field for step in form.steps for field in step.fields)
    return {field.key: name for field in fields if (name := _name(field)) is not None}


def _name(field: Field) -> Name | None:
    label = field.short or field.label
    if field.type in _NUMBERS:
        return Name("number", label)
    if field.type == "choice":
        return Name("choice", label, {choice.key: choice.label for choice in field.choices})
    if field.type == "yes_no":
        return Name("choice", label, _ANSWERS)
    return None


def values_of(form: FormDefinition, answers: Answers) -> dict[str, Fraction | str]:
    """The answers by which a fee is found: of questions that apply, and as far as they are answered."""
    known = figures_of(form)
    kept = applicable_answers(form, answers)
    fields = {field.key: field for step in form.steps for field in step.fields}
    return {key: _value(fields[key], kept[key]) for key in known if kept.get(key) is not None}


def _value(field: Field, answer: Any) -> Fraction | str:
    if field.type == "money":
        return Fraction(answer, 100)
    if field.type == "group":
        return Fraction(len(answer))
    if field.type == "yes_no":
        return _YES_NO[bool(answer)]
    return str(answer) if field.type == "choice" else Fraction(str(answer))
