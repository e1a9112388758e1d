"""How a form is spoken of: an application is filed and decided, a report or an idea is neither.

The kind of a form says which words fit. What only prepares a visit must never look like something done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kreisportal.i18n import gettext

APPLICATION = "application"
PREPARATION = "preparation"
KINDS = (APPLICATION, "registration", "report", "request", "idea", PREPARATION)


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences about what a person fills in, in the current language.

    ``goes_to`` and ``received`` hold a ``%(name)s`` and a ``%(date)s``; ``binding`` says what sending means.
    """

    begin: str
    arrived: str
    yours: str
    goes_to: str
    binding: str
    received: str
    withdraw: str
    over: str


def words_for(kind: str) -> Wording:
    """The words for a kind of form."""
    return _WORDS[kind]()


def _application() -> Wording:
    return Wording(
        begin=gettext("Online erledigen"),
        arrived=gettext("Ihr Antrag ist angekommen"),
        yours=gettext("Ihr Antrag"),
        goes_to=gettext("Ihr Antrag geht an: %(name)s"),
        binding=gettext(
            "Mit dem Absenden stellen Sie den Antrag verbindlich. Falsche Angaben können Folgen haben. "
            "Danach können Sie ihn noch zurückziehen, aber nicht mehr ändern."
        ),
        received=gettext("Ihr Antrag ist am %(date)s bei uns eingegangen."),
        withdraw=gettext("Antrag zurückziehen"),
        over=gettext("Entschieden"),
    )


def _registration() -> Wording:
    return Wording(
        begin=gettext("Online anmelden"),
        arrived=gettext("Ihre Anmeldung ist angekommen"),
        yours=gettext("Ihre Anmeldung"),
        goes_to=gettext("Ihre Anmeldung geht an: %(name)s"),
        binding=gettext(
            "Mit dem Absenden geben Sie die Anmeldung ab. Falsche Angaben können Folgen haben. "
            "Danach können Sie sie noch zurückziehen, aber nicht mehr ändern."
        ),
        received=gettext("Ihre Anmeldung ist am %(date)s bei uns eingegangen."),
        withdraw=gettext("Anmeldung zurückziehen"),
        over=gettext("Entschieden"),
    )


def _report() -> Wording:
    return Wording(
        begin=gettext("Online melden"),
        arrived=gettext("Ihre Meldung ist angekommen"),
        yours=gettext("Ihre Meldung"),
        goes_to=gettext("Ihre Meldung geht an: %(name)s"),
        binding=gettext(
            "Mit dem Absenden geben Sie die Meldung ab. Falsche Angaben können Folgen haben. "
            "Danach können Sie sie noch zurückziehen, aber nicht mehr ändern."
        ),
        received=gettext("Ihre Meldung ist am %(date)s bei uns eingegangen."),
        withdraw=gettext("Meldung zurückziehen"),
        over=gettext("Abgeschlossen"),
    )


def _request() -> Wording:
    return Wording(
        begin=gettext("Online anfragen"),
        arrived=gettext("Ihre Anfrage ist angekommen"),
        yours=gettext("Ihre Anfrage"),
        goes_to=gettext("Ihre Anfrage geht an: %(name)s"),
        binding=gettext(
            "Mit dem Absenden geht die Anfrage an die Behörde. "
            "Danach können Sie sie noch zurückziehen, aber nicht mehr ändern."
        ),
        received=gettext("Ihre Anfrage ist am %(date)s bei uns eingegangen."),
        withdraw=gettext("Anfrage zurückziehen"),
        over=gettext("Abgeschlossen"),
    )


def _idea() -> Wording:
    return Wording(
        begin=gettext("Online schreiben"),
        arrived=gettext("Ihr Anliegen ist angekommen"),
        yours=gettext("Ihr Anliegen"),
        goes_to=gettext("Ihr Anliegen geht an: %(name)s"),
        binding=gettext(
            "Mit dem Absenden geht Ihr Anliegen an die Verwaltung. "
            "Danach können Sie es noch zurückziehen, aber nicht mehr ändern."
        ),
        received=gettext("Ihr Anliegen ist am %(date)s bei uns eingegangen."),
        withdraw=gettext("Anliegen zurückziehen"),
        over=gettext("Abgeschlossen"),
    )


def _preparation() -> Wording:
    return Wording(
        begin=gettext("Online vorbereiten"),
        arrived=gettext("Ihre Angaben sind angekommen"),
        yours=gettext("Ihre Angaben"),
        goes_to=gettext("Ihre Angaben gehen an: %(name)s"),
        binding=gettext(
            "Damit ist noch nichts beantragt oder gemeldet: Sie bereiten es nur vor. "
            "Danach können Sie die Angaben noch zurückziehen, aber nicht mehr ändern."
        ),
        received=gettext("Ihre Angaben sind am %(date)s bei uns eingegangen."),
        withdraw=gettext("Angaben zurückziehen"),
        over=gettext("Abgeschlossen"),
    )


_WORDS: dict[str, Callable[[], Wording]] = dict(
    zip(KINDS, (_application, _registration, _report, _request, _idea, _preparation), strict=True)
)
