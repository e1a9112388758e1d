"""A page of a form, empty or with what was typed and what is wrong with it, as its template takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template

from kreisportal.cases.filing import Filing
from kreisportal.cases.models import Draft
from kreisportal.cases.pages.acting import profile_for
from kreisportal.cases.pages.beginning import First
from kreisportal.cases.pages.choosing import Choosing
from kreisportal.cases.pages.parts import filing_of
from kreisportal.cases.pages.step_input import StepInput
from kreisportal.cases.pages.trust import missing_at_step
from kreisportal.forms import FormDefinition
from kreisportal.mandates.queries import Representation
from kreisportal.web.profile import Profile

TEMPLATE = "cases/step.html"


def first_page(first: First) -> dict[str, Any]:
    """The first page before anything has been typed."""
    return _context(
        first.form, first.step_key, {}, first.filing, StepInput.empty(), back=first.back, by=first.by
    )


def step_page(
    form: FormDefinition,
    step_key: str,
    answers: dict[str, Any],
    filing: Filing,
    posted: StepInput,
    **more: Any,
) -> tuple[str, int]:
    """A page with what was typed, and the status that tells why it is shown.

    ``more`` is the address before (``back``), for whom it is (``by``), the ``draft``, the ``profile`` if it has been
    read, what the form is ``about``, and what went wrong. ``stale``: its token was too old; ``away``: nothing can be
    stored just now; ``busy``: that was too often.
    """
    context = _context(form, step_key, answers, filing, posted, **more)
    statuses = {"stale": 400, "away": 503, "busy": 429}
    status = next((code for name, code in statuses.items() if context[name]), 0)
    return render_template(TEMPLATE, **context), status or (422 if context["view"].errors else 200)


def _context(
    form: FormDefinition,
    step_key: str,
    answers: dict[str, Any],
    filing: Filing,
    posted: StepInput,
    *,
    back: str,
    by: Representation | None,
    draft: Draft | None = None,
    profile: Profile | None = None,
    about: Mapping[str, str] | None = None,
    stale: bool = False,
    away: bool = False,
    busy: bool = False,
) -> dict[str, Any]:
    errors = {**posted.result.errors, **posted.refused} if not stale else {}
    about = about if draft is None else draft.chosen
    if profile is None:
        profile = Profile() if away else profile_for(by, form, step_key, answers)
    view, pickers = Choosing(profile, about or {}).present(form, step_key, answers, posted.result.raw, errors)
    # Before anything was typed the page's questions are the same for everybody.
    is_blank = draft is None and not posted.result.raw and not errors
    return {
        "view": view,
        "by": by,
        "draft": draft,
        "blank": is_blank and not view.proposed and not pickers,
        "pickers": pickers,
        "back": back,
        "missing": missing_at_step(form, step_key, "/"),
        "stale": stale,
        "away": away,
        "busy": busy,
        **filing_of(filing, form),
    }
