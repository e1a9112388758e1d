"""Which steps and questions apply to the answers given so far, and where to go next.

Answers are one flat map of field keys to stored values. Steps are looked at in their order, and conditions
ask only about earlier steps: an answer that no longer applies is gone for everything that comes after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kreisportal.forms.conditions import Answers, evaluate, shows
from kreisportal.forms.definition import Field, FormDefinition, Note, Step
from kreisportal.forms.fieldtypes import FIELD_TYPES
from kreisportal.forms.fieldtypes.loading import flatten_errors, load_fields
from kreisportal.i18n import pick
from kreisportal.kernel.levels import highest

Errors = dict[str, list[str]]
"""Sentences by input name, e.g. ``{"birth_date.year": ["Ergänzen Sie das Jahr."]}``."""


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step that applies, with the questions and notes of it that apply."""

    step: Step
    fields: tuple[Field, ...]
    notes: tuple[Note, ...]


def _walk(definition: FormDefinition, answers: Answers) -> tuple[list[ShownStep], dict[str, Any]]:
    shown: list[ShownStep] = []
    kept: dict[str, Any] = {}
    for step in definition.steps:
        if not shows(step.when, kept):
            continue
        fields = tuple(field for field in step.fields if shows(field.when, kept))
        notes = tuple(note for note in step.notes if shows(note.when, kept))
        if fields or notes:
            shown.append(ShownStep(step, fields, notes))
        kept |= {field.key: answers[field.key] for field in fields if field.key in answers}
    return shown, kept


def visible_steps(definition: FormDefinition, answers: Answers) -> list[ShownStep]:
    """The steps that apply to these answers, in order."""
    return _walk(definition, answers)[0]


def applicable_answers(definition: FormDefinition, answers: Answers) -> dict[str, Any]:
    """The answers to questions that apply; all others are dropped. This is what is reviewed and sent."""
    return _walk(definition, answers)[1]


def shown_step(definition: FormDefinition, step_key: str, answers: Answers) -> ShownStep | None:
    """The step with this key if it applies to these answers, else None."""
    return next((shown for shown in visible_steps(definition, answers) if shown.step.key == step_key), None)


def next_step(definition: FormDefinition, answers: Answers, after: str | None = None) -> str | None:
    """The key of the step that follows ``after`` (None: the first), or None when the review page follows."""
    return _following([step.key for step in definition.steps], definition, answers, after)


def previous_step(definition: FormDefinition, answers: Answers, before: str) -> str | None:
    """The key of the step before this one, or None when it is the first."""
    return _following([step.key for step in reversed(definition.steps)], definition, answers, before)


def _following(
    order: Sequence[str], definition: FormDefinition, answers: Answers, after: str | None
) -> str | None:
    visible = {shown.step.key for shown in visible_steps(definition, answers)}
    rest = order[order.index(after) + 1 :] if after in order else order
    return next((key for key in rest if key in visible), None)


def needed_trust(definition: FormDefinition, answers: Answers) -> str:
    """The highest level of trust that the form itself and the steps that apply to these answers need."""
    return highest((definition.trust, *(shown.step.trust for shown in visible_steps(definition, answers))))


def progress(definition: FormDefinition, answers: Answers, step_key: str) -> tuple[int, int]:
    """The number of a step among those that apply, and how many there are: (2, 5) is "2 of 5".

    Later answers may add or take away steps, so the second number can change on the way.
    """
    keys = [shown.step.key for shown in visible_steps(definition, answers)]
    return (keys.index(step_key) + 1 if step_key in keys else len(keys)), len(keys)


def rule_errors(step: Step, answers: Mapping[str, Any], skip: Sequence[str] = ()) -> Errors:
    """The messages of the step's broken rules, at their fields; not for fields in ``skip``, which have
    errors already.
    """
    found: Errors = {}
    for rule in step.rules:
        asked = {rule.at, *rule.check.fields()}
        if not asked & set(skip) and evaluate(rule.check, answers) is False:
            found.setdefault(rule.at, []).append(str(pick(rule.message)))
    return found


def check_fields(shown: ShownStep, raw: Mapping[str, Any], earlier: Answers) -> tuple[dict[str, Any], Errors]:
    """The valid values of a step and all its errors, in the order of the questions.

    ``raw`` holds what was typed, or stored values; ``earlier`` the answers that the step's rules may ask
    about.
    """
    own = {field.key: raw[field.key] for field in shown.fields if field.key in raw}
    values, nested = load_fields(shown.fields, own, FIELD_TYPES)
    return values, _all_errors(shown, nested, {**earlier, **values})


def _all_errors(shown: ShownStep, nested: Mapping[str, Any], answers: Answers) -> Errors:
    """The errors of a step's fields and those of its rules, in the order of the questions."""
    rules = rule_errors(shown.step, answers, skip=list(nested))
    if not nested and not rules:
        return {}
    order = [field.key for field in shown.fields]
    flat = flatten_errors(nested) | {key: sentences for key, sentences in rules.items() if key in order}
    return {name: flat[name] for name in sorted(flat, key=lambda name: order.index(name.partition(".")[0]))}


def check_answers(definition: FormDefinition, answers: Answers) -> dict[str, Errors]:
    """The errors of the whole form by step key; empty when it may be sent. Judged by the day it is today."""
    shown, kept = _walk(definition, answers)
    # All at once: a schema of many questions takes hardly longer than one of a few.
    values, nested = load_fields([field for each in shown for field in each.fields], kept, FIELD_TYPES)
    judged = {**kept, **values}
    found: dict[str, Errors] = {}
    for each in shown:
        own = {field.key: nested[field.key] for field in each.fields if field.key in nested}
        errors = _all_errors(each, own, judged)
        if errors:
            found[each.step.key] = errors
    return found


def first_open_step(definition: FormDefinition, answers: Answers) -> str | None:
    """The key of the first step that is not answered rightly yet, or None when the form is complete."""
    return next(iter(check_answers(definition, answers)), None)
