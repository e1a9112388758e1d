"""What keeps a description from being published, in sentences for who writes it, field by field."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError

from kreisportal.catalogue.description import (
    FIELDS,
    LANGUAGES,
    LONGEST,
    MODULES,
    PLAIN,
    Module,
    Typed,
    normal,
)
from kreisportal.catalogue.schemas import LONGEST_SENTENCE, ServiceSchema, long_sentence
from kreisportal.i18n import gettext

Faults = dict[str, list[str]]
"""Sentences by the name of the field."""

_MAY_BE_EMPTY = ("requirements", "documents", "procedure", "further", "synonyms")
_SHORTEST_LAW = 3


def faults_of(typed: Typed, data: Mapping[str, Any]) -> Faults:
    """All that is wrong with a description; ``data`` is what was ``typed``, laid into the service."""
    found: Faults = {}
    for module in MODULES.values():
        for field, sentence in _of_module(module, typed, data):
            found.setdefault(field, []).append(sentence)
    # The schema has the last word: it reads what is published again, on every portal.
    for name, sentence in _of_schema(data):
        if not any(field.partition(".")[0] == name for field in found):
            found.setdefault(_first_field(name), []).append(sentence)
    return found


def is_required(module: Module, field: str) -> bool:
    """Whether nothing can be published with this field empty."""
    return module.name not in _MAY_BE_EMPTY and not field.endswith(f".{PLAIN}")


def unreadable(typed: Typed) -> Faults:
    """What cannot even be kept: control characters, and texts without an end."""
    found: Faults = {}
    for field, text in typed.items():
        if any(
            (ord(letter) < ord(" ") and letter not in "\r\n\t") or "\ud800" <= letter <= "\udfff"
            for letter in text
        ):
            found[field] = [
                gettext("In diesem Text stehen Zeichen, die es nicht gibt. Schreiben Sie ihn neu.")
            ]
        elif len(text) > LONGEST:
            found[field] = [gettext("Kürzen Sie den Text auf %(most)s Zeichen.", most=LONGEST)]
    return found


def _of_module(module: Module, typed: Typed, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    filled = {field: bool(normal(typed.get(field, ""))) for field in module.fields}
    if module.languages:
        yield from _of_languages(module, filled)
    elif not filled[module.name]:
        yield module.name, gettext("Füllen Sie dieses Feld aus.")
    if module.name == "short":
        yield from _long_sentences(data.get("short", {}))
    elif module.name == "reviewed_on" and filled["reviewed_on"] and not _is_day(data["reviewed_on"]):
        yield "reviewed_on", gettext("Geben Sie einen Tag ein, zum Beispiel 24.12.2026.")
    elif module.name == "legal_basis":
        yield from _of_laws(data.get("legal_basis") or ())


def _of_languages(module: Module, filled: Mapping[str, bool]) -> Iterator[tuple[str, str]]:
    """Both languages or, where that may be, neither; plain language only beside German."""
    german, english = (f"{module.name}.{language}" for language in LANGUAGES)
    if module.name == "synonyms":
        return
    must = module.name not in _MAY_BE_EMPTY or any(filled.values())
    if must and not filled[german]:
        yield german, gettext("Schreiben Sie den Text auch auf Deutsch.")
    if must and not filled[english]:
        yield english, gettext("Schreiben Sie den Text auch auf Englisch.")


def _long_sentences(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for language, text in texts.items():
        sentence = long_sentence(text)
        if sentence:
            yield (
                f"short.{language}",
                gettext(
                    "Teilen Sie diesen Satz: er hat mehr als %(most)s Wörter. „%(sentence)s…“",
                    most=LONGEST_SENTENCE,
                    sentence=sentence[:40],
                ),
            )


def _of_laws(laws: Any) -> Iterator[tuple[str, str]]:
    for law in laws:
        if len(law["name"]) < _SHORTEST_LAW:
            yield "legal_basis", gettext("Nennen Sie in jeder Zeile zuerst die Vorschrift.")
        if not law.get("url", "https://").startswith("https://"):
            yield (
                "legal_basis",
                gettext("Die Adresse von „%(name)s“ muss mit https:// beginnen.", name=law["name"]),
            )


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _of_schema(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        ServiceSchema().load(data)
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        for name, reason in messages.items():
            yield name, gettext("Das passt nicht zusammen: %(what)s", what=f"{name}: {reason}")


def _first_field(module: str) -> str:
    """Where a fault of a module is shown that no single field has; of one that has no field, at the very first."""
    return next((field for field in FIELDS if field.partition(".")[0] == module), FIELDS[0])
