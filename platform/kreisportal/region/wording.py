"""What kinds, states and acts are called on the region's pages."""

from __future__ import annotations

from kreisportal.i18n import lazy_gettext, pick
from kreisportal.tenancy.host_looks import Verdict
from kreisportal.tenancy.lifecycle import TenantState
from kreisportal.tenancy.overview import TownFigures
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord

KINDS = {
    "district": lazy_gettext("Landkreis"),
    "city": lazy_gettext("Stadt"),
    "municipality": lazy_gettext("Gemeinde"),
    "joint_municipality": lazy_gettext("Samtgemeinde"),
}

STATES = {
    "open": lazy_gettext("offen"),
    "preparing": lazy_gettext("in Vorbereitung"),
    "paused": lazy_gettext("pausiert"),
    "closed": lazy_gettext("geschlossen"),
    "known": lazy_gettext("ohne Portal"),
}

VERDICTS = {
    Verdict.NOWHERE: lazy_gettext("DNS-Eintrag fehlt"),
    Verdict.ELSEWHERE: lazy_gettext("führt woanders hin"),
    Verdict.PARTLY: lazy_gettext("führt auch woanders hin"),
    Verdict.UNTRUSTED: lazy_gettext("Zertifikat gilt nicht"),
    Verdict.UNSEEN: lazy_gettext("kein Zertifikat zu sehen"),
    Verdict.ENDING: lazy_gettext("Zertifikat endet bald"),
    Verdict.UNKNOWN: lazy_gettext("nicht festzustellen"),
    Verdict.NEVER: lazy_gettext("noch nicht geprüft"),
    Verdict.FINE: lazy_gettext("in Ordnung"),
}
"""What a look at a host name comes to, in words that need no colour."""

ACTS = {
    "tenant-open": lazy_gettext("Portal geöffnet"),
    "tenant-paused": lazy_gettext("Portal pausiert"),
    "tenant-closed": lazy_gettext("Portal geschlossen"),
    "tenant-preparing": lazy_gettext("Portal in Vorbereitung genommen"),
    "tenant-onboarded": lazy_gettext("Kommune ans Netz gebracht"),
    "tenant-erased": lazy_gettext("Daten einer Kommune gelöscht, die gegangen ist"),
    "tenant-renamed": lazy_gettext("Kommune umbenannt"),
    "tenant-rename-planned": lazy_gettext("Neuer Name vorgemerkt"),
    "tenant-rename-called-off": lazy_gettext("Vorgemerkter Name abgesagt"),
    "tenant-withdrawn": lazy_gettext("Angelegte Kommune zurückgenommen"),
    "tenant-merging": lazy_gettext("Zusammenlegen mit einer anderen Kommune begonnen"),
    "tenant-merged": lazy_gettext("In einer anderen Kommune aufgegangen"),
    "tenant-merge-returning": lazy_gettext("Zusammenlegen zurückgenommen"),
    "tenant-merge-returned": lazy_gettext("Nach dem Zurücknehmen ist alles wieder da"),
    "tenant-merge-carried-out": lazy_gettext("Zusammenlegen ausgeführt, noch nicht bestätigt"),
    "tenant-absorbing": lazy_gettext("Eine andere Kommune kommt dazu"),
    "tenant-absorbed": lazy_gettext("Eine andere Kommune ist dazugekommen"),
    "tenant-absorbing-ended": lazy_gettext("Eine andere Kommune ist wieder für sich"),
    "host-added": lazy_gettext("Hostname hinzugefügt"),
    "host-removed": lazy_gettext("Hostname entfernt"),
    "host-preferred": lazy_gettext("Hauptname geändert"),
    "client-added": lazy_gettext("Dienst angeschlossen"),
    "client-changed": lazy_gettext("Dienst geändert"),
    "client-on": lazy_gettext("Dienst angeschaltet"),
    "client-off": lazy_gettext("Dienst ausgeschaltet"),
    "client-secret": lazy_gettext("Geheimnis eines Dienstes erneuert"),
    "client-removed": lazy_gettext("Dienst entfernt"),
    "key-made": lazy_gettext("Schlüssel zum Unterschreiben erzeugt"),
    "key-revoked": lazy_gettext("Schlüssel zum Unterschreiben gesperrt"),
    "list-given": lazy_gettext("Liste von Kommunen gegeben"),
    "catalogue-published": lazy_gettext("Leistung veröffentlicht"),
    "catalogue-taken-back": lazy_gettext("Frühere Fassung einer Leistung zurückgeholt"),
    "catalogue-draft-discarded": lazy_gettext("Entwurf einer Leistung verworfen"),
    "overlay-changed": lazy_gettext("Ergänzung des Landkreises geändert"),
    "bundle-added": lazy_gettext("Paket angelegt"),
    "bundle-changed": lazy_gettext("Paket geändert"),
    "bundle-removed": lazy_gettext("Paket gelöscht"),
    "bundle-applied": lazy_gettext("Paket angewendet"),
    "bundle-taken-back": lazy_gettext("Paket zurückgenommen"),
    "catalogue-read-in": lazy_gettext("Dateien des Katalogs eingelesen"),
    "staff-added": lazy_gettext("Person hinzugefügt"),
    "staff-invited": lazy_gettext("Person neu eingeladen"),
    "staff-roles-changed": lazy_gettext("Aufgaben geändert"),
    "staff-switched-on": lazy_gettext("Zugang angeschaltet"),
    "staff-switched-off": lazy_gettext("Zugang ausgeschaltet"),
    "invitation-accepted": lazy_gettext("Einladung angenommen"),
    "password-changed": lazy_gettext("Passwort geändert"),
    "second-factor-enrolled": lazy_gettext("App für Codes eingerichtet"),
    "recovery-codes-renewed": lazy_gettext("Ersatzcodes erneuert"),
    "recovery-code-used": lazy_gettext("Ersatzcode benutzt"),
    "signed-in": lazy_gettext("angemeldet"),
    "signed-out": lazy_gettext("abgemeldet"),
    "sign-in-failed": lazy_gettext("Anmeldung gescheitert"),
    "locked": lazy_gettext("Anmeldung vorübergehend gesperrt"),
}


def town_name(tenant: TenantRecord) -> str:
    """The full name of an authority in the current language."""
    return str(pick(definition_of(tenant).name.full))


def state_of(figures: TownFigures) -> str:
    """Which of the states a town is in: one that never had a portal is in none that the database knows."""
    return figures.state if figures.has_portal or figures.state != TenantState.OPEN else "known"
