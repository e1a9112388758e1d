"""What the templates need to show a step: frozen views of its questions, in the current language.

The macros of ``templates/forms/fields.html`` take these views and nothing else::

    view = present_step(definition, step_key, answers, raw=result.raw, errors=result.errors)
    {% import "forms/fields.html" as forms %}
    {{ forms.step(view) }}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from kreisportal.forms.answers import Errors, progress, shown_step
from kreisportal.forms.conditions import Answers
from kreisportal.forms.definition import Field, FormDefinition, Note, Step
from kreisportal.forms.fieldtypes import FIELD_TYPES
from kreisportal.forms.fieldviews import FieldView, NoteView, input_id
from kreisportal.forms.prefill import prefill_step
from kreisportal.forms.presenters import present_field, present_note, what_fits
from kreisportal.i18n import pick
from kreisportal.kernel.errors import NotFoundError


class ErrorLink(NamedTuple):
    """An entry of the error summary: the id of the input that it is about, and the sentence."""

    target: str
    text: str


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as its page shows it: the ``number``-th of ``total`` that apply.

    ``has_files`` tells that the page's form must be multipart.
    """

    key: str
    number: int
    total: int
    title: str
    help: str
    why: str
    notes: tuple[NoteView, ...]
    fields: tuple[FieldView, ...]
    errors: tuple[ErrorLink, ...]
    has_files: bool
    proposed: bool = False


def present_step(
    definition: FormDefinition,
    step_key: str,
    answers: Answers,
    *,
    raw: Mapping[str, Any] | None = None,
    errors: Errors | None = None,
    known: Mapping[str, Any] | None = None,
    origins: Mapping[str, str] | None = None,
    marks: Mapping[str, str] | None = None,
    file_size: str = "",
) -> StepView:
    """A step with what was answered so far, what was typed (``raw`` goes first) and its errors.

    ``known`` are values by prefill key that are proposed where there is no answer yet, ``origins`` say of them where
    they come from, by prefill key as well; ``marks`` say it of questions, by field key. ``file_size`` is how large a file
    may be, in words. Raises NotFoundError for a step that does not exist or does not apply.
    """
    shown = shown_step(definition, step_key, answers)
    if shown is None:
        raise NotFoundError(step_key)
    proposed = prefill_step(shown.step, answers, known or {})
    typed = {field.key: _typed(field, raw or {}, {**answers, **proposed}) for field in shown.fields}
    found = errors or {}
    lonely = shown.step if len(shown.fields) == 1 else None
    told = _origins(shown.fields, proposed, raw or {}, origins or {}) | dict(marks or {})
    fields = tuple(
        replace(
            present_field(
                field, field.key, typed[field.key], found, label_hidden=_repeats_title(field, lonely)
            ),
            fits=what_fits(field, file_size),
            origin=told.get(field.key, ""),
        )
        for field in shown.fields
    )
    number, total = progress(definition, answers, step_key)
    return StepView(
        key=shown.step.key,
        number=number,
        total=total,
        title=str(pick(shown.step.title)),
        help=str(pick(shown.step.help)),
        why=str(pick(shown.step.why)),
        notes=tuple(present_note(note) for note in shown.notes),
        fields=fields,
        errors=tuple(_error_links(fields, found)),
        has_files=any(field.type == "file" for field in shown.fields),
        proposed=bool(told),
    )


def present_notice(note: Note | None) -> NoteView | None:
    """The form's notice before the first field."""
    return None if note is None else present_note(note)


def _typed(field: Field, raw: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    if field.key in raw:
        return raw[field.key]
    return FIELD_TYPES[field.type].to_raw(field, values.get(field.key))


def _origins(
    fields: tuple[Field, ...], proposed: Answers, raw: Mapping[str, Any], origins: Mapping[str, str]
) -> dict[str, str]:
    """Where what is proposed comes from, as long as it stands there as it was proposed."""
    found: dict[str, str] = {}
    for field in fields:
        if field.key not in proposed:
            continue
        as_proposed = FIELD_TYPES[field.type].to_raw(field, proposed[field.key])
        if field.key in raw and raw[field.key] != as_proposed:
            continue
        keys = (field.prefill, *(inner.prefill for inner in field.fields))
        found[field.key] = next((origins[key] for key in keys if key in origins), "")
    return found


def _repeats_title(field: Field, step: Step | None) -> bool:
    """Whether the question is the page's title already; screen readers still get it as label."""
    return step is not None and pick(field.label) == pick(step.title)


def _error_links(fields: tuple[FieldView, ...], errors: Errors) -> Iterator[ErrorLink]:
    targets: dict[str, str] = {}
    for view in fields:
        targets |= dict(view.targets())
    for name, sentences in errors.items():
        for sentence in sentences:
            yield ErrorLink(targets.get(name, input_id(name)), sentence)
