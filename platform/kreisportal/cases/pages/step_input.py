"""What was posted for a step: answers, and files that are taken in at once so that they need not be sent again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from kreisportal.cases import drafts
from kreisportal.cases.models import Draft
from kreisportal.cases.pages.posted import take_in_posted
from kreisportal.documents.kinds import Kind
from kreisportal.documents.service import Owner, documents_of_draft
from kreisportal.forms import Field, FormDefinition, StepResult, parse_step, shown_step
from kreisportal.forms.conditions import Answers
from kreisportal.forms.fieldtypes.files import DEFAULT_KINDS, DEFAULT_MAX
from kreisportal.i18n import current_language, ngettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.notifications.addresses import check_address

# More than any form asks for: what somebody uploads beyond that only fills the disk.
_MOST_FILES = 60


@dataclass(frozen=True, slots=True)
class StepInput:
    """The result of a step's page; ``refused`` are sentences about files that were not taken, by field."""

    result: StepResult
    refused: dict[str, list[str]] = field(default_factory=dict)
    documents_changed: bool = False

    @classmethod
    def empty(cls) -> StepInput:
        """Of a page that is only looked at."""
        return cls(StepResult({}, {}, {}))

    @classmethod
    def typed(cls, raw: Mapping[str, Any]) -> StepInput:
        """Of a page on which something was typed before that could not be accepted yet."""
        return cls(StepResult({}, raw, {}))


def read_step(form: FormDefinition, step_key: str, answers: Answers) -> StepInput:
    """Read the posted page without its files."""
    return StepInput(_checked(form, step_key, request.form.to_dict(flat=False), answers, {}))


def read_step_of(
    session: Session, draft: Draft, form: FormDefinition, step_key: str, *, with_files: bool
) -> StepInput:
    """Read the posted page of a draft, and take its files in if asked for."""
    posted = request.form.to_dict(flat=False)
    refused: dict[str, list[str]] = {}
    stored = 0
    for item in _file_fields(form, step_key, draft.answers) if with_files else ():
        owner = Owner(draft.tenant_id, draft_id=draft.id, field=item.key)
        known = documents_of_draft(session, draft.id)
        kept = parse_step(form, step_key, posted, draft.answers, known).raw[item.key]
        most = item.limits.get("max", DEFAULT_MAX)
        room, left = most - len(kept), _MOST_FILES - len(known)
        too_many = _too_many(most) if room <= left else ""
        taken, sentences = take_in_posted(
            session, owner, item.key, min(room, left), wanted=_kinds(item), too_many=too_many
        )
        if sentences:
            refused[item.key] = sentences
        posted.setdefault(item.key, []).extend(taken)
        stored += len(taken)
    known = documents_of_draft(session, draft.id)
    result = _checked(form, step_key, posted, draft.answers, known)
    if refused:
        result = replace(result, errors={**result.errors, **refused}, changed=False)
    return StepInput(result, refused, documents_changed=stored > 0)


def keep_typed(session: Session, draft: Draft, form: FormDefinition, step_key: str) -> None:
    """Keep what was typed on a page for which it is not known surely enough any more who fills it in."""
    posted = read_step_of(session, draft, form, step_key, with_files=True)
    typed = (step_key, posted.result.raw)
    drafts.save(session, draft, draft.answers, current_language().path, typed)


def _checked(
    form: FormDefinition,
    step_key: str,
    posted: Mapping[str, list[str]],
    answers: Answers,
    documents: Mapping[str, str],
) -> StepResult:
    """The result, in which an address that no mail can be written to is no answer either."""
    result = parse_step(form, step_key, posted, answers, documents)
    shown = None if result.changed else shown_step(form, step_key, answers)
    for item in shown.fields if shown else ():
        if item.type != "email" or item.key not in result.values:
            continue
        try:
            check_address(result.values[item.key])
        except InvalidInputError as error:
            values = {key: value for key, value in result.values.items() if key != item.key}
            errors = {**result.errors, item.key: error.messages["email"]}
            result = replace(result, values=values, errors=errors, cleared=(*result.cleared, item.key))
    return result


def _file_fields(form: FormDefinition, step_key: str, answers: Answers) -> list[Field]:
    shown = shown_step(form, step_key, answers)
    return [item for item in shown.fields if item.type == "file"] if shown else []


def _too_many(most: int) -> str:
    """What is said of a file for which a question has no room."""
    return ngettext(
        "Hier passt nur eine Datei hin. Entfernen Sie zuerst die andere.",
        "Hier passen höchstens %(num)s Dateien hin. Entfernen Sie zuerst eine andere, oder fassen Sie mehrere zusammen.",
        most,
    )


def _kinds(item: Field) -> list[Kind]:
    """The kinds that a field takes; those that nobody can look through (HEIC) have a sentence of their own."""
    names = [name.upper() for name in item.limits.get("accept", DEFAULT_KINDS)]
    return [kind for kind in Kind if kind.name in names]
