"""What modules, fields, kinds and findings of the catalogue are called on the region's pages."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping

from kreisportal.catalogue.description import FIELDS, PLAIN
from kreisportal.catalogue.editing.findings import Finding
from kreisportal.i18n import LazyText, gettext, lazy_gettext

KINDS = {
    "service": lazy_gettext("Leistung"),
    "topic": lazy_gettext("Themenfeld"),
    "situation": lazy_gettext("Lage"),
    "guide": lazy_gettext("Geführte Liste"),
    "word": lazy_gettext("Schweres Wort"),
    "form": lazy_gettext("Formular"),
}
PARTS = {
    "name": lazy_gettext("Name und Suchwörter"),
    "content": lazy_gettext("Gut zu wissen"),
    "way": lazy_gettext("Unterlagen und Ablauf"),
    "cost": lazy_gettext("Kosten, Fristen, Dauer"),
    "law": lazy_gettext("Zuständigkeit und Recht"),
}
MODULES = {
    "name": lazy_gettext("Name im Alltag"),
    "official_name": lazy_gettext("Amtliche Bezeichnung"),
    "short": lazy_gettext("Kurz gesagt"),
    "synonyms": lazy_gettext("Wörter, mit denen man sie findet"),
    "full": lazy_gettext("Gut zu wissen"),
    "further": lazy_gettext("Mehr dazu"),
    "requirements": lazy_gettext("Voraussetzungen"),
    "documents": lazy_gettext("Unterlagen"),
    "procedure": lazy_gettext("Ablauf"),
    "forms_and_ways": lazy_gettext("Wege und Formulare"),
    "fees": lazy_gettext("Kosten"),
    "deadlines": lazy_gettext("Fristen"),
    "processing_time": lazy_gettext("Dauer"),
    "responsibility": lazy_gettext("Warum diese Behörde?"),
    "legal_basis": lazy_gettext("Rechtsgrundlagen"),
    "remedies": lazy_gettext("Rechtsbehelf"),
    "reviewed_by": lazy_gettext("Fachlich geprüft von"),
    "reviewed_on": lazy_gettext("Fachlich geprüft am"),
}
ORIGINS = {
    "files": lazy_gettext("aus Dateien eingelesen"),
    "edit": lazy_gettext("im Browser geändert"),
    "back": lazy_gettext("frühere Fassung zurückgeholt"),
}
WHAT = {
    "added": lazy_gettext("neu"),
    "changed": lazy_gettext("geändert"),
    "removed": lazy_gettext("entfällt"),
}

_HINTS: tuple[tuple[str, LazyText], ...] = (
    (r"is missing", lazy_gettext("Hier fehlt der Text.")),
    (
        r"is missing beside the short text in plain language",
        lazy_gettext("Hier fehlt der Text in Leichter Sprache: den Kurztext gibt es schon."),
    ),
    (
        r"has (?P<found>\d+) words, at least (?P<least>\d+) are needed",
        lazy_gettext("Nennen Sie mindestens %(least)s Wörter, es sind %(found)s."),
    ),
    (r"names none", lazy_gettext("Hier fehlt ein Eintrag. Er kommt aus den Dateien.")),
    (
        r"(?P<found>\d+) sentences, (?P<wanted>\d+) are wanted",
        lazy_gettext("Schreiben Sie %(wanted)s Sätze, es sind %(found)s."),
    ),
    (
        r"is much shorter than the German text",
        lazy_gettext("Der englische Text ist viel kürzer als der deutsche. Fehlt etwas?"),
    ),
    (
        r"numbers stand in one language only: (?P<what>.*)",
        lazy_gettext("Diese Zahlen stehen nur in einer der beiden Sprachen: %(what)s"),
    ),
    (r"an abbreviation \((?P<what>.*)\)", lazy_gettext("Schreiben Sie die Abkürzung aus: %(what)s")),
    (
        r"(?P<found>\d+) words in a sentence, at most (?P<most>\d+): (?P<what>.*)",
        lazy_gettext("%(found)s Wörter in einem Satz, höchstens %(most)s sind gut: %(what)s"),
    ),
    (r"two thoughts in a sentence: (?P<what>.*)", lazy_gettext("Machen Sie zwei Sätze daraus: %(what)s")),
    (
        r"a long enumeration, make a list of it: (?P<what>.*)",
        lazy_gettext("Machen Sie eine Liste daraus: %(what)s"),
    ),
    (r"a genitive \((?P<what>.*?)\): .*", lazy_gettext("Vermeiden Sie den Genitiv: %(what)s")),
    (r"a passive \((?P<what>.*?)\): .*", lazy_gettext("Sagen Sie, wer etwas tut: %(what)s")),
    (r"a subjunctive \((?P<what>.*?)\): .*", lazy_gettext("Vermeiden Sie den Konjunktiv: %(what)s")),
    (
        r"a sign that few can read \((?P<what>.*?)\): .*",
        lazy_gettext("Dieses Zeichen verstehen nicht alle: %(what)s"),
    ),
    (
        r"a number in letters, write digits \((?P<what>.*?)\): .*",
        lazy_gettext("Schreiben Sie die Zahl mit Ziffern: %(what)s"),
    ),
    (r"two negations in a sentence: (?P<what>.*)", lazy_gettext("Nur eine Verneinung im Satz: %(what)s")),
    (
        r"(?P<what>.*) is long, part it with a middle dot",
        lazy_gettext("Teilen Sie das lange Wort mit einem Mittelpunkt: %(what)s"),
    ),
    (
        r"(?P<what>.*) is parted with a hyphen, use a middle dot",
        lazy_gettext("Nehmen Sie statt des Bindestrichs einen Mittelpunkt: %(what)s"),
    ),
    (
        r"the hard word (?P<what>.*) is explained nowhere",
        lazy_gettext("Erklären Sie das schwere Wort: %(what)s"),
    ),
    (
        r"(?P<what>“.*”) needs an everyday word: (?P<wanted>.*)",
        lazy_gettext("Nennen Sie zu %(what)s ein Wort aus dem Alltag: %(wanted)s"),
    ),
    (
        r"a link must begin with .*: (?P<what>.*)",
        lazy_gettext("Dieser Link muss mit https:// beginnen, im Portal mit /: %(what)s"),
    ),
    (
        r"the link leads to a page in another language: (?P<what>.*)",
        lazy_gettext("Dieser Link führt zu einer Seite in einer anderen Sprache: %(what)s"),
    ),
    (r"dead link: (?P<what>.*)", lazy_gettext("Dieser Link führt nirgendwohin: %(what)s")),
)


def label_of(field: str) -> str:
    """What a field is called, with its language; of one that has no form, its own name."""
    module, _, language = field.partition(".")
    known = MODULES.get(module)
    if known is None:
        return field
    if not language:
        return str(known)
    if language == PLAIN:
        return gettext("%(module)s (Leichte Sprache)", module=str(known))
    if language == "en":
        return gettext("%(module)s (Englisch)", module=str(known))
    return gettext("%(module)s (Deutsch)", module=str(known)) if language == "de" else field


def hint_of(reason: str) -> str:
    """What a check of the texts has found, in the language of the page."""
    for pattern, words in _HINTS:
        found = re.fullmatch(pattern, reason)
        if found:
            text = str(words)
            for name, value in found.groupdict().items():
                text = text.replace(f"%({name})s", value)
            return text
    return reason


def hints_by_field(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """The findings as hints at the fields; what belongs to no single field stands at the German one."""
    hints: dict[str, list[str]] = {}
    for finding in findings:
        hints.setdefault(_field(finding.field), []).append(hint_of(finding.reason))
    return hints


def _field(place: str) -> str:
    module, _, rest = place.partition(".")
    language = rest.rpartition(".")[2]
    if place == PLAIN:
        return f"short.{PLAIN}"
    for field in (f"{module}.{language}", module, f"{module}.de"):
        if field in FIELDS:
            return field
    return place


def who(staff_id: uuid.UUID | None, names: Mapping[uuid.UUID, str]) -> str:
    """The name of who did something, as far as one may see it."""
    if staff_id is None:
        return gettext("Befehl auf dem Server")
    return names.get(staff_id, gettext("Betrieb der Region"))
