"""How a case is spoken of to its applicant: where it stands, and how it went."""

from __future__ import annotations

from kreisportal.cases.status import CaseState
from kreisportal.forms import words_for
from kreisportal.forms.wording import APPLICATION
from kreisportal.i18n import gettext


def status_text(state: str, kind: str = APPLICATION) -> str:
    """A state in words for the applicant; ``kind`` is that of the form, see ``forms.wording``."""
    return {
        CaseState.NEW: gettext("Eingegangen"),
        CaseState.IN_PROGRESS: gettext("In Bearbeitung"),
        CaseState.WAITING: gettext("Wir brauchen etwas von Ihnen"),
        CaseState.DECIDED: words_for(kind).over,
        CaseState.WITHDRAWN: gettext("Zurückgezogen"),
        CaseState.PASSED_ON: gettext("Weitergegeben"),
    }[CaseState(state)]


def outcome_text(outcome: str, kind: str) -> str:
    """How a decision on a form of a kind went, in a sentence for the applicant."""
    applied = kind == APPLICATION
    return {
        "granted": gettext("Ihrem Antrag wurde entsprochen.")
        if applied
        else gettext("Ihrem Anliegen wurde entsprochen."),
        "refused": gettext("Ihr Antrag wurde abgelehnt.")
        if applied
        else gettext("Ihrem Anliegen wurde nicht entsprochen."),
        "done": gettext("Ihre Sache ist erledigt."),
    }[outcome]
