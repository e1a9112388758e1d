"""What was posted for a step: answers, and files that are taken in at once so that they need not be sent again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from kreisportal.cases.models import Draft
from kreisportal.documents.errors import RefusedFileError
from kreisportal.documents.service import Owner, documents_of_draft, take_in
from kreisportal.forms import FormDefinition, StepResult, parse_step
from kreisportal.forms.conditions import Answers
from kreisportal.web.program import program

_MOST_FILES = 20


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


def read_step(
    form: FormDefinition,
    step_key: str,
    answers: Answers,
    files: dict[str, list[FileStorage]] | None,
    *,
    session: Session | None = None,
    draft: Draft | None = None,
) -> StepInput:
    """Read the posted page. Files are taken in only for a draft; an empty ``files`` takes none."""
    posted = request.form.to_dict(flat=False)
    if session is None or draft is None:
        return StepInput(parse_step(form, step_key, posted, answers))
    refused: dict[str, list[str]] = {}
    stored = 0
    for name in _file_fields(form, step_key) if files is None else ():
        for file in request.files.getlist(name)[:_MOST_FILES]:
            if not file.filename:
                continue
            try:
                row = take_in(
                    session,
                    program().intake,
                    Owner(draft.tenant_id, draft_id=draft.id, field=name),
                    file.stream,  # type: ignore[arg-type]
                    file.filename,
                )
            except RefusedFileError as error:
                refused.setdefault(name, []).append(f"{file.filename}: {error.sentence}")
                continue
            posted.setdefault(name, []).append(str(row.id))
            stored += 1
    result = parse_step(form, step_key, posted, answers, documents_of_draft(session, draft.id))
    if refused:
        result = StepResult(result.values, result.raw, {**result.errors, **refused}, cleared=result.cleared)
    return StepInput(result, refused, documents_changed=stored > 0)


def _file_fields(form: FormDefinition, step_key: str) -> list[str]:
    step = form.step(step_key)
    return [item.key for item in step.fields if item.type == "file"] if step else []
