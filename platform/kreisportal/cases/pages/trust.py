"""How surely the applicant must be known before a page is filled in or a form is sent, and what there is to show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from kreisportal.forms import FormDefinition, needed_trust
from kreisportal.forms.conditions import Answers
from kreisportal.kernel.levels import LEVELS, Level, reaches
from kreisportal.web.other_sites import account_host
from kreisportal.web.outside_ways import level_words, outside_ways
from kreisportal.web.sessions import current_session


@dataclass(frozen=True, slots=True)
class Missing:
    """A level of trust that is still to be shown. ``url`` leads to where one does, None where nothing can show it."""

    level: str
    url: str | None


def missing_trust(form: FormDefinition, answers: Answers, back: str) -> Missing | None:
    """What is still to be shown before the form may be sent, or None. ``back`` is the page to come back to."""
    return _missing(needed_trust(form, answers), back)


def missing_at_step(form: FormDefinition, step_key: str, back: str) -> Missing | None:
    """What is still to be shown before a page of the form may be filled in, or None."""
    step = form.step(step_key)
    return _missing(step.trust, back) if step is not None else None


def ask_first(missing: Missing, **values: Any) -> tuple[str, int]:
    """In the place of a page that needs a level of trust: why, and the way to show who one is."""
    html = render_template("cases/prove.html", missing=missing, **values)
    return html, 403 if request.method == "POST" else 200


def asks_for_trust(form: FormDefinition) -> bool:
    """Whether something must be shown here before the form is sent, whoever sends it; the same for everybody."""
    return _can_show(_level(form.trust))


def may_send(form: FormDefinition, answers: Answers) -> bool:
    """Whether nothing is left to show, or nothing here can show it: then the office asks for it in its own way."""
    missing = missing_trust(form, answers, "/")
    return missing is None or missing.url is None


def _missing(trust: str, back: str) -> Missing | None:
    needed = _level(trust)
    if needed is None or reaches(_known(), needed):
        return None
    url = url_for("sso.start", next=back, niveau=needed) if _can_show(needed) else None
    return Missing(level_words(needed), url)


def _known() -> str | None:
    """How surely it is known who is here; nothing is known of a guest."""
    session = current_session()
    return (session.trust or LEVELS[0]) if session.account_id is not None else None


def _level(trust: str) -> Level | None:
    return next((level for level in LEVELS if level == trust), None)


def _can_show(level: Level | None) -> bool:
    """Whether there is a way here to show as much; an account of one's own is enough for "basic"."""
    if level is None or account_host() is None:
        return False
    return level == LEVELS[0] or bool(outside_ways(level))
