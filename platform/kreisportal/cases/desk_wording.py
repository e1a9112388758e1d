"""How a case is spoken of at the desk: an application is decided, a report or an idea is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kreisportal.forms.wording import APPLICATION
from kreisportal.i18n import gettext

_DECIDED = (APPLICATION, "registration")


@dataclass(frozen=True, slots=True)
class DeskWording:
    """Words for who works on a case. ``outcomes`` are by the key that a decision is kept with."""

    came_in: str
    close: str
    closes: str
    send: str
    file: str
    letter: str
    withdrawn: str
    outcomes: Mapping[str, str]
    closed: str
    """Holds an ``%(outcome)s``."""


def desk_words(kind: str) -> DeskWording:
    """The words for a kind of form, see ``forms.wording``."""
    return _decision(kind) if kind in _DECIDED else _answer(kind)


def _decision(kind: str) -> DeskWording:
    return DeskWording(
        came_in=_came_in(kind),
        close=gettext("Entscheiden"),
        closes=gettext("Ihre Entscheidung schließt den Vorgang ab."),
        send=gettext("Entscheidung senden"),
        file=gettext("Bescheid als Datei"),
        letter=gettext("Bescheid als PDF"),
        withdrawn=gettext("Die antragstellende Person hat den Antrag zurückgezogen"),
        outcomes={
            "granted": gettext("Entsprochen"),
            "refused": gettext("Abgelehnt"),
            "done": gettext("Erledigt, ohne Ja oder Nein"),
        },
        closed=gettext("Entschieden: %(outcome)s"),
    )


def _answer(kind: str) -> DeskWording:
    return DeskWording(
        came_in=_came_in(kind),
        close=gettext("Beantworten"),
        closes=gettext("Ihre Antwort schließt den Vorgang ab."),
        send=gettext("Antwort senden"),
        file=gettext("Anlage zur Antwort"),
        letter=gettext("Antwort als PDF"),
        withdrawn=gettext("Die Person hat es zurückgezogen"),
        outcomes={
            "done": gettext("Erledigt"),
            "granted": gettext("Wird umgesetzt"),
            "refused": gettext("Wird nicht umgesetzt"),
        },
        closed=gettext("Beantwortet: %(outcome)s"),
    )


def _came_in(kind: str) -> str:
    return {
        "application": gettext("Antrag eingegangen"),
        "registration": gettext("Anmeldung eingegangen"),
        "report": gettext("Meldung eingegangen"),
        "request": gettext("Anfrage eingegangen"),
        "idea": gettext("Anliegen eingegangen"),
    }.get(kind, gettext("Angaben eingegangen"))
