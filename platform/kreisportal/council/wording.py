"""What is said about a source of the council's meetings and papers."""

from __future__ import annotations

import datetime

from kreisportal.council.errors import Fault, SourceError
from kreisportal.i18n import gettext
from kreisportal.i18n.dates import weekday_text
from kreisportal.tenancy.definition import TenantKind
from kreisportal.tenancy.opening_hours import format_clock


def fault_text(said: str) -> str:
    """Why a source cannot be read, and what to do, from what ``SourceError`` says or was kept of it."""
    name, _, told = said.partition(" ")
    if name == Fault.REFUSED:
        return gettext(
            "Der Server antwortet, gibt aber nichts heraus (HTTP %(status)s). Prüfen Sie die Adresse, oder fragen Sie "
            "den Anbieter, ob die Schnittstelle offen ist.",
            status=told,
        )
    return _texts().get(name) or gettext("Die Quelle kann nicht gelesen werden.")


def _texts() -> dict[str, str]:
    return {
        Fault.OFF: gettext("Der Betreiber des Portals lässt zurzeit keine Abfragen nach außen zu."),
        Fault.ADDRESS: gettext(
            "Eine Adresse, zu der die Quelle führt, ist keine vollständige Adresse mit https://. Fragen Sie den Anbieter."
        ),
        Fault.NOT_PUBLIC: gettext(
            "Die Adresse führt in ein internes Netz. Abgefragt werden nur Server, die öffentlich im Internet stehen."
        ),
        Fault.NO_ANSWER: gettext(
            "Unter der Adresse antwortet niemand. Prüfen Sie die Schreibweise, oder versuchen Sie es später."
        ),
        Fault.CERTIFICATE: gettext(
            "Dem Zertifikat des Servers ist nicht zu trauen. Fragen Sie den Anbieter."
        ),
        Fault.TOO_SLOW: gettext("Der Server antwortet zu langsam. Versuchen Sie es später."),
        Fault.TOO_LARGE: gettext(
            "Der Server gibt zu viel auf einmal heraus. Er muss Listen nach dem Datum der Änderung filtern "
            "(modified_since). Fragen Sie den Anbieter."
        ),
        Fault.LED_ASTRAY: gettext(
            "Die Adresse leitet immer weiter. Geben Sie die Adresse ein, zu der sie am Ende führt."
        ),
        Fault.NO_JSON: gettext(
            "Unter der Adresse kommt kein JSON, vielleicht eine Internetseite für Menschen. Fragen Sie den Anbieter "
            "nach der Adresse der OParl-Schnittstelle."
        ),
        Fault.NO_OPARL: gettext(
            "Was unter der Adresse kommt, ist nicht OParl 1.0 oder 1.1. Nötig ist die Adresse des Systems oder der "
            "Körperschaft (System oder Body)."
        ),
        Fault.NO_BODY: gettext(
            "Die Schnittstelle antwortet, nennt aber keine Körperschaft, von der man Sitzungen oder Vorlagen lesen kann."
        ),
    }


def error_text(error: SourceError) -> str:
    """The sentence of an error that has just come up."""
    return fault_text(str(error))


def council_title(kind: TenantKind | str) -> str:
    """What the page of a council is called, by the kind of authority."""
    return gettext("Kreistag und Sitzungen") if kind == TenantKind.DISTRICT else gettext("Rat und Sitzungen")


def when_text(start: datetime.datetime) -> str:
    """When a meeting begins; one at midnight is meant to be on that day."""
    day, begins = weekday_text(start.date()), hours_text(start, None)
    return gettext("%(day)s, %(from)s", **{"day": day, "from": begins}) if begins else day


def hours_text(start: datetime.datetime, end: datetime.datetime | None) -> str:
    """From when until when a meeting is, or ''."""
    if start.time() == datetime.time():
        return ""
    begins = format_clock(start.time())
    if end is None or end.date() != start.date():
        return begins
    return gettext("%(from)s bis %(until)s", **{"from": begins, "until": format_clock(end.time())})
