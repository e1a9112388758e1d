"""What is wrong with a formula, or why no fee comes of answers, in sentences that say what to do."""

from __future__ import annotations

from kreisportal.i18n import gettext
from kreisportal.tenancy.fees.calculating import FeeUnknownError
from kreisportal.tenancy.fees.tokens import FormulaError


def formula_fault(error: FormulaError) -> str:
    """A sentence with the place in the formula."""
    return gettext("Zeichen %(at)s: %(what)s", at=error.at, what=_what(error))


def _what(error: FormulaError) -> str:
    word = error.word
    sentences = {
        "empty": gettext("Schreiben Sie eine Formel."),
        "long": gettext("Die Formel ist zu lang. Teilen oder vereinfachen Sie sie."),
        "deep": gettext("Hier stehen zu viele Klammern ineinander."),
        "letter": gettext("„%(word)s“ gehört in keine Formel.", word=word),
        "number": gettext(
            "Schreiben Sie „%(word)s“ ohne Tausenderpunkt, mit Komma vor den Nachkommastellen.", word=word
        ),
        "ends": gettext("Hier hört die Formel zu früh auf."),
        "unexpected": gettext("„%(word)s“ passt hier nicht.", word=word),
        "expected": gettext("Hier fehlt „%(word)s“.", word=word),
        "values": gettext(
            "„%(word)s“ hat hier zu viele oder zu wenige Werte. Trennen Sie sie mit Strichpunkt.", word=word
        ),
        "name": gettext("„%(word)s“ ist keine Angabe des Formulars. Unten steht, welche es gibt.", word=word),
        "answer": gettext(
            "„%(word)s“ ist keine Antwort auf diese Frage. Unten steht, welche es gibt.", word=word
        ),
        "choice": gettext("Eine Auswahl lässt sich nur mit = oder <> mit einer Antwort vergleichen."),
        "not-number": gettext("Hier muss eine Zahl stehen, kein Vergleich und keine Auswahl."),
        "not-truth": gettext("Hier muss ein Vergleich stehen, zum Beispiel hunde > 2."),
    }
    return sentences[error.code]


def unknown_fee(error: FeeUnknownError) -> str:
    """Why no sum comes of the answers."""
    return {
        "missing": gettext("Dafür fehlt die Angabe „%(word)s“.", word=error.word),
        "step": gettext("Für diese Angabe gibt es keine Stufe."),
        "zero": gettext("Die Formel teilt hier durch null."),
        "negative": gettext("Es kommt weniger als null heraus."),
        "large": gettext("Es kommt zu viel heraus."),
        "listed": gettext("Die Stufen sind nur aufgezählt und hängen an keiner Angabe."),
    }[error.code]
