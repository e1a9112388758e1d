"""What happens when a page of a form is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kreisportal.forms.answers import Errors, ShownStep, applicable_answers, check_fields, shown_step
from kreisportal.forms.conditions import Answers
from kreisportal.forms.definition import Field, FormDefinition
from kreisportal.forms.fieldtypes import FIELD_TYPES, Posted, field_type
from kreisportal.forms.fieldtypes.groups import DEFAULT_MAX

ADD = "_add"
"""The name of the button that adds an instance to a group; its value is the group's key."""
REMOVE = "_remove"
"""The name of the button that takes something away; its value is ``group.index`` or ``files.index``."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a sent page came to.

    ``values`` are the valid answers by field key, to be merged into the draft's answers; ``raw`` is
    everything typed, as JSON-able data, to show again or to keep with the draft; ``errors`` are sentences by
    input name. ``changed`` is True when a button only added or removed an instance: show the page again,
    without errors. ``cleared`` are the keys of the questions that are now left empty or invalid: drop their
    old answers.
    """

    values: Mapping[str, Any]
    raw: Mapping[str, Any]
    errors: Errors
    changed: bool = False
    cleared: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the form may go on to the next step."""
        return not self.errors and not self.changed

    def merged(self, answers: Answers) -> dict[str, Any]:
        """``answers`` with those of this page put in and those that it cleared taken out."""
        kept = {key: value for key, value in answers.items() if key not in self.cleared}
        return {**kept, **self.values}


def parse_step(
    definition: FormDefinition,
    step_key: str,
    posted: Mapping[str, Sequence[str]],
    answers: Answers,
    documents: Mapping[str, str] | None = None,
) -> StepResult:
    """Read and check a sent page. Raises nothing, whatever was posted.

    ``posted`` maps input names to lists of texts (a MultiDict: ``form.to_dict(flat=False)``); ``answers``
    are the draft's answers so far; ``documents`` maps the ids of the draft's stored files to their names.
    Put the id of a file that was just stored into ``posted`` under the field's key. Inputs that the step
    does not have are ignored. A step that does not exist or does not apply gives an empty result.
    """
    shown = shown_step(definition, step_key, answers)
    if shown is None:
        return StepResult({}, {}, {})
    page = Posted(posted, documents)
    raw = {field.key: field_type(field).gather(field, field.key, page) for field in shown.fields}
    changed = _press(shown, raw, page)
    earlier = applicable_answers(definition, answers)
    values, errors = check_fields(shown, raw, earlier)
    cleared = tuple(field.key for field in shown.fields if field.key not in values)
    return StepResult(values, raw, {} if changed else errors, changed, cleared)


def _press(shown: ShownStep, raw: dict[str, Any], page: Posted) -> bool:
    """Do what an add or remove button asks for, in ``raw``; whether one was pressed."""
    fields = {field.key: field for field in shown.fields if field.type in ("group", "file")}
    group = fields.get(page.one(ADD))
    if group is not None and group.type == "group":
        # A group that was shown with one empty instance and nothing typed posts that instance already.
        if len(raw[group.key]) < group.limits.get("max", DEFAULT_MAX):
            raw[group.key].append(empty_instance(group))
        return True
    match = re.fullmatch(r"([a-z][a-z0-9_]*)\.([0-9]{1,3})", page.one(REMOVE))
    if match is None or match[1] not in fields:
        return False
    index = int(match[2])
    if index < len(raw[match[1]]):
        del raw[match[1]][index]
    return True


def empty_instance(group: Field) -> dict[str, Any]:
    """The raw form of a group's instance in which nothing was typed."""
    return {inner.key: FIELD_TYPES[inner.type].to_raw(inner, None) for inner in group.fields}
