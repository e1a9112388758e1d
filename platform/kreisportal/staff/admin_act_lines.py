"""How pages tell what was done in a town: when, by whom, to what, and what."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from kreisportal.i18n import LazyText, gettext, lazy_gettext, pick
from kreisportal.kernel.database import ActorKind
from kreisportal.staff.acts import Act
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.formats import moment_text
from kreisportal.web.site import here

_CHANGED, _TAKEN_BACK = lazy_gettext("geändert"), lazy_gettext("zurückgenommen")
_AREAS: Mapping[str, LazyText] = {
    "look": lazy_gettext("Farbe und Zeichen"),
    "home": lazy_gettext("Startseite"),
    "notice": lazy_gettext("Mitteilung"),
    "links": lazy_gettext("Weitere Angebote im Ort"),
    "council": lazy_gettext("Rat und Sitzungen"),
    "hall": lazy_gettext("Rathaus und Öffnungszeiten"),
    "offices": lazy_gettext("Ämter"),
    "texts": lazy_gettext("Rechtstexte"),
    "legal": lazy_gettext("Angaben in den Rechtstexten"),
    "languages": lazy_gettext("Sprachen"),
}
ACTS: Mapping[str, LazyText] = {
    "offer.on": lazy_gettext("angeschaltet"),
    "offer.off": lazy_gettext("ausgeschaltet"),
    "offer.changed": _CHANGED,
    "offer.papers": lazy_gettext("weitere Unterlagen geändert"),
    "offer.planned": lazy_gettext("Änderung für einen Tag vorgemerkt"),
    "offer.plan-withdrawn": lazy_gettext("vorgemerkte Änderung zurückgezogen"),
    "offer.text-dropped": lazy_gettext(
        "eigener Hinweis entfernt, weil sich der Text der Region geändert hat"
    ),
    "offer.text-kept": lazy_gettext("eigener Hinweis behalten, obwohl sich der Text der Region geändert hat"),
    "feedback-erased": lazy_gettext("Rückmeldung gelöscht"),
    "staff-added": lazy_gettext("Person hinzugefügt"),
    "staff-invited": lazy_gettext("neu eingeladen"),
    "staff-renamed": lazy_gettext("Name geändert"),
    "staff-roles-changed": lazy_gettext("Aufgaben geändert"),
    "staff-departments-changed": lazy_gettext("Abteilungen geändert"),
    "staff-switched-on": lazy_gettext("Zugang angeschaltet"),
    "staff-switched-off": lazy_gettext("Zugang beendet"),
    "second-factor-reset": lazy_gettext("zweiten Faktor zurückgesetzt"),
    "invitation-accepted": lazy_gettext("Einladung angenommen"),
    "locked": lazy_gettext("Anmeldung vorübergehend gesperrt"),
    "leave-set": lazy_gettext("Abwesenheit eingetragen"),
    "leave-taken-back": lazy_gettext("Abwesenheit gelöscht"),
    "department-added": lazy_gettext("Abteilung angelegt"),
    "department-renamed": lazy_gettext("Abteilung umbenannt"),
    "department-removed": lazy_gettext("Abteilung gelöscht"),
    "department-services-changed": lazy_gettext("Leistungen der Abteilung geändert"),
    "token-made": lazy_gettext("Zugriffsschlüssel gemacht"),
    "token-revoked": lazy_gettext("Zugriffsschlüssel zurückgezogen"),
    "tenant-onboarded": lazy_gettext("Kommune ans Netz gebracht"),
    "tenant-renamed": lazy_gettext("Kommune umbenannt"),
    "tenant-open": lazy_gettext("Portal geöffnet"),
    "tenant-paused": lazy_gettext("Portal pausiert"),
    "tenant-closed": lazy_gettext("Portal geschlossen"),
    "tenant-preparing": lazy_gettext("Portal in Vorbereitung genommen"),
    "host-added": lazy_gettext("Hostname hinzugefügt"),
    "host-removed": lazy_gettext("Hostname entfernt"),
    "host-preferred": lazy_gettext("Hauptname geändert"),
    **{f"town.{area}": _CHANGED for area in _AREAS},
    **{f"town.{area}.back": _TAKEN_BACK for area in _AREAS},
}
"""What acts are called that concern a town as a whole. Who worked on which case or signed in when is not among them."""

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

Names = Mapping[uuid.UUID, str]
"""What people and departments of the town are called, by id."""


def line_of(act: Act, names: Names) -> list[str]:
    """When it was, to what, and what was done to it."""
    return [moment_text(act.at), _subject(act, names), _what(act)]


def line_with_actor(act: Act, names: Names) -> list[str]:
    """When it was, by whom, to what, and what was done to it."""
    when, subject, what = line_of(act, names)
    return [when, _who(act, names), subject, what]


def _who(act: Act, names: Names) -> str:
    if act.token:
        return gettext("Zugriffsschlüssel „%(name)s“", name=act.token)
    if act.actor == ActorKind.REGION:
        return gettext("Betrieb der Region")
    return names.get(act.staff_id, "–") if act.staff_id else "–"


def _subject(act: Act, names: Names) -> str:
    """The service, person, department or part of the portal; the town, where it is about that as a whole."""
    if act.subject_kind == "service":
        service = here().snapshot.catalogue.services.get(act.subject_id)
        return pick(service.name) if service else act.subject_id
    if act.subject_kind in ("staff", "department"):
        return names.get(uuid.UUID(act.subject_id), act.name or "–")
    if act.subject_kind == "town":
        return str(_AREAS.get(act.subject_id, act.subject_id))
    if act.subject_kind == "tenant":
        tenant = here().snapshot.registry.tenants.get(act.tenant_id)
        return pick(definition_of(tenant).name.full) if tenant else act.subject_id
    return act.name or (act.subject_id if act.subject_kind == "host" else "–")


def _what(act: Act) -> str:
    words = str(ACTS.get(act.action, act.action))
    # A fee and a note have a field for each language, which are one thing here.
    names = {name if name in _FIELDS else name.partition("_")[0] for name in act.fields}
    fields = ", ".join(str(words) for name, words in _FIELDS.items() if name in names)
    return gettext("%(what)s: %(fields)s", what=words, fields=fields) if fields else words
