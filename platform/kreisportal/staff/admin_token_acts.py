"""How the page of an access token tells what was changed with it."""

from __future__ import annotations

from collections.abc import Mapping

from kreisportal.i18n import LazyText, gettext, lazy_gettext, pick
from kreisportal.staff.token_acts import TokenAct
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.formats import moment_text
from kreisportal.web.site import here

_ACTS: Mapping[str, LazyText] = {
    "offer.on": lazy_gettext("angeschaltet"),
    "offer.off": lazy_gettext("ausgeschaltet"),
    "offer.changed": lazy_gettext("geändert"),
    "tenant-onboarded": lazy_gettext("Kommune ans Netz gebracht"),
    "staff-added": lazy_gettext("Person hinzugefügt"),
}
_FIELDS: Mapping[str, LazyText] = {
    "channel": lazy_gettext("Weg"),
    "url": lazy_gettext("Adresse"),
    "from": lazy_gettext("erster Tag"),
    "until": lazy_gettext("letzter Tag"),
    "office": lazy_gettext("Amt"),
    "processing_days": lazy_gettext("Dauer"),
    "fee": lazy_gettext("Gebühr"),
    "text": lazy_gettext("Hinweis"),
}


def line_of(act: TokenAct) -> list[str]:
    """When it was, at what, and what was done to it."""
    return [moment_text(act.at), _subject(act), _what(act)]


def _subject(act: TokenAct) -> str:
    """The service; or the town, where that was brought on line."""
    if act.action.startswith("offer."):
        service = here().snapshot.catalogue.services.get(act.subject_id)
        return pick(service.name) if service else act.subject_id
    tenant = here().snapshot.registry.tenants.get(act.tenant_id)
    return pick(definition_of(tenant).name.full) if tenant else act.subject_id


def _what(act: TokenAct) -> str:
    words = str(_ACTS.get(act.action, act.action))
    # A fee and a note have a field for each language, which are one thing here.
    names = {name if name in _FIELDS else name.partition("_")[0] for name in act.fields}
    fields = ", ".join(str(words) for name, words in _FIELDS.items() if name in names)
    return gettext("%(what)s: %(fields)s", what=words, fields=fields) if fields else words
