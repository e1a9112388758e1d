"""How the mailbox tells of a letter: who wrote about what, and not what."""

from __future__ import annotations

from typing import Any

from kreisportal.cases.mailbox import Letter
from kreisportal.i18n import gettext, pick
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.site import here


def letter_row(letter: Letter) -> dict[str, Any]:
    """A letter as a row: subject, whom it is from, about which matter, when, and whether it is new."""
    service = here().snapshot.catalogue.services.get(letter.service_key)
    return {
        "subject": _subject(letter),
        "who": gettext("Sie an %(name)s", name=_town(letter)) if letter.kind == "message" else _town(letter),
        "matter": f"{pick(service.name) if service else letter.service_key} · {letter.number}",
        "at": letter.at,
        "new": letter.new,
    }


def _subject(letter: Letter) -> str:
    return {
        "question": gettext("Frage an Sie"),
        "decided": gettext("Antwort der Behörde"),
        "passed-on": gettext("An die zuständige Behörde weitergegeben"),
        "message": gettext("Ihre Nachricht"),
    }[letter.kind]


def _town(letter: Letter) -> str:
    tenant = here().snapshot.registry.tenants.get(letter.tenant_id)
    return pick(definition_of(tenant).name.full) if tenant else ""
