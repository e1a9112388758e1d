"""Filling in a form of the catalogue page by page, as a browser would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from kreisportal.forms import (
    Errors,
    FormDefinition,
    check_answers,
    load_forms,
    next_step,
    parse_step,
    present_step,
)
from kreisportal.kernel.clock import frozen
from tests.forms.pages import Page, check_accessible, render

CATALOGUE = Path(__file__).parents[2] / "catalogue" / "forms"
TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""The day of all these filings, so that bounds relative to today hold for ever."""

DOCUMENTS = {"d1": "Nachweis.pdf", "d2": "Foto.jpg"}

PERSON = {
    "given_names": "Änne Łucja",
    "family_name": "Beispiel-Øster",
    "birth_date": "24.12.1980",
    "residence.street": "Große Straße",
    "residence.house_number": "12a",
    "residence.postcode": "49377",
    "residence.city": "Vechta",
}


@cache
def catalogue() -> Mapping[str, FormDefinition]:
    """All forms of the catalogue by key."""
    return load_forms(CATALOGUE)


@dataclass(frozen=True, slots=True)
class Filing:
    """What came of filling in a form: the pages seen, the answers kept, the errors by step."""

    pages: tuple[str, ...]
    answers: Mapping[str, Any]
    errors: Mapping[str, Errors]


def file_form(key: str, inputs: Mapping[str, str | list[str]]) -> Filing:
    """Send every page that applies, each with all inputs; checks every page as it is shown."""
    definition = catalogue()[key]
    posted = {name: [value] if isinstance(value, str) else value for name, value in inputs.items()}
    answers: dict[str, Any] = {}
    pages: list[str] = []
    errors: dict[str, Errors] = {}
    with frozen(TODAY):
        step = next_step(definition, answers)
        while step is not None:
            pages.append(step)
            check_accessible(Page(render(present_step(definition, step, answers))))
            result = parse_step(definition, step, posted, answers, DOCUMENTS)
            answers = result.merged(answers)
            if result.errors:
                errors[step] = result.errors
                view = present_step(definition, step, answers, raw=result.raw, errors=result.errors)
                check_accessible(Page(render(view)))
            step = next_step(definition, answers, step)
        if not errors:
            assert check_answers(definition, answers) == {}
    return Filing(tuple(pages), answers, errors)


def refused_inputs(key: str, inputs: Mapping[str, str | list[str]]) -> set[str]:
    """The names of the inputs that have errors."""
    return {name for errors in file_form(key, inputs).errors.values() for name in errors}
