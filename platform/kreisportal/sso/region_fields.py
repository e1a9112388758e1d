"""The fields by which a client from outside is registered in the browser: what was typed, and what is wrong with it."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from kreisportal.i18n import LazyText, gettext, lazy_gettext
from kreisportal.sso.errors import InvalidClientError, NameTakenError
from kreisportal.sso.faults import Fault
from kreisportal.sso.models import OutsideClient
from kreisportal.sso.outside import Registration

Errors = dict[str, list[str]]
Typed = dict[str, Any]

SCOPE_WORDS: dict[str, LazyText] = {
    "profile": lazy_gettext("Name, Geburtsdatum und Sprache"),
    "email": lazy_gettext("E-Mail-Adresse"),
    "address": lazy_gettext("Anschrift"),
    "phone": lazy_gettext("Telefonnummer"),
}
"""What a client may get to know besides an identifier, which each gets."""

LABELS: dict[str, LazyText] = {
    "name": lazy_gettext("Name des Dienstes"),
    "district": lazy_gettext("Wer betreut ihn?"),
    "kind": lazy_gettext("Kann der Dienst ein Geheimnis für sich behalten?"),
    "redirect": lazy_gettext("Adressen, an die Anmeldungen gehen"),
    "scope": lazy_gettext("Was er von einem Konto wissen darf"),
    "privacy": lazy_gettext("Adresse der Datenschutzhinweise"),
    "post-logout": lazy_gettext("Adressen nach dem Abmelden"),
    "logout-url": lazy_gettext("Adresse für Meldungen vom Ende einer Sitzung"),
}
"""The fields by the names that the command's options have, in their order on the page."""

_FAULTS: dict[Fault, LazyText] = {
    Fault.NAME: lazy_gettext("Geben Sie einen Namen mit höchstens 100 Zeichen ein."),
    Fault.MISSING: lazy_gettext("Geben Sie mindestens eine Adresse ein."),
    Fault.TOO_MANY: lazy_gettext("Höchstens 20 Adressen sind möglich."),
    Fault.APP_NOT_PUBLIC: lazy_gettext("Ein eigenes Schema darf nur eine App ohne Geheimnis haben."),
    Fault.APP_FORM: lazy_gettext("Das eigene Schema einer App schreibt man so: de.beispiel.app:/zurueck"),
    Fault.CHARACTERS: lazy_gettext(
        "Das ist keine Adresse, oder sie hat ein # oder Zeichen, die als %.. zu schreiben sind."
    ),
    Fault.NO_ADDRESS: lazy_gettext("Das ist keine Adresse."),
    Fault.USER: lazy_gettext("In der Adresse darf kein @ vor dem Hostnamen stehen."),
    Fault.DOTS: lazy_gettext("Die Adresse darf keine Punkte statt Ordnern haben."),
    Fault.ANSWER: lazy_gettext("Hinter dem Fragezeichen steht ein Name, den die Antwort selbst benutzt."),
    Fault.NO_HOST: lazy_gettext("In der Adresse fehlt der Hostname; * ist keiner."),
    Fault.NOT_HTTPS: lazy_gettext("Die Adresse muss mit https:// anfangen."),
    Fault.SCOPE: lazy_gettext("Wählen Sie aus den Angaben, die hier stehen."),
}
_ALONE = (Fault.NAME, Fault.MISSING, Fault.TOO_MANY, Fault.SCOPE)
"""What is said without the value."""


def typed_of(source: MultiDict[str, str] | OutsideClient | None) -> Typed:
    """What the fields hold: what was typed, what is said of a client, or nothing yet."""
    if source is None:
        return {**dict.fromkeys(LABELS, ""), "kind": "confidential", "scope": []}
    if isinstance(source, OutsideClient):
        return {
            **dict.fromkeys(LABELS, ""),
            "name": source.name,
            "kind": "confidential" if source.confidential else "public",
            "redirect": "\n".join(source.redirect_uris),
            "scope": source.scopes,
            "privacy": source.privacy_url,
            "post-logout": "\n".join(source.post_logout_redirect_uris),
            "logout-url": source.logout_url or "",
        }
    typed: Typed = {name: source.get(name, "").strip() for name in LABELS}
    return {**typed, "scope": source.getlist("scope")}


def registration(typed: Typed) -> Registration:
    """What was typed, as a registration that is still to be looked at; a line holds one address."""
    return Registration(
        name=typed["name"],
        redirect_uris=_lines(typed["redirect"]),
        privacy_url=typed["privacy"],
        scopes=typed["scope"],
        public=typed["kind"] == "public",
        post_logout_redirect_uris=_lines(typed["post-logout"]),
        logout_url=typed["logout-url"] or None,
    )


def faults_in_words(error: InvalidClientError | NameTakenError) -> Errors:
    """Sentences for the fields; an address that is wrong is named, as there may be several."""
    if isinstance(error, NameTakenError):
        return {"name": [gettext("So heißt in der Region schon ein Dienst. Wählen Sie einen anderen Namen.")]}
    return {
        field: [
            str(_FAULTS[fault]) if fault in _ALONE or not value else f"{value}: {_FAULTS[fault]}"
            for value, fault in found
        ]
        for field, found in error.faults.items()
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
