"""What every field type can do, and how typed text reaches it."""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from marshmallow import ValidationError
from marshmallow import fields as ma

from kreisportal.forms.definition import Field
from kreisportal.i18n import gettext, pick

Raw = Any
"""What was typed, as JSON-able texts in the shape of the field's inputs; safe to store and to show again."""

Limits = Mapping[str, Callable[[], ma.Field[Any]]]
"""Names of limits, each with a maker of the marshmallow field that checks its value."""

WIDTHS = (2, 4, 5, 10, 20)
"""How many letters an input may have room for; without a width it is as wide as the page."""

# Longer than any field allows, so that the limit is reported and little else is kept of an endless text.
_MAX_KEPT = 20_000
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Marks that come along when text is copied; nobody sees or means them, and they would make two equal names
# differ.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def storable(text: str) -> str:
    """``text`` with what no database and no page can hold (NUL, lone surrogates, controls) as U+FFFD."""
    return _UNSTORABLE.sub(_REPLACEMENT, _LINE_ENDS.sub("\n", text[:_MAX_KEPT]))


class Posted:
    """What a browser sent: input names with their values, and the stored documents that the draft has.

    ``inputs`` may be any mapping of names to lists of texts; ``documents`` maps ids to file names.
    """

    def __init__(
        self, inputs: Mapping[str, Sequence[str]], documents: Mapping[str, str] | None = None
    ) -> None:
        self._inputs = inputs
        self.documents = documents or {}

    def one(self, name: str) -> str:
        """The first value of an input, storable; empty where there is none."""
        values = self._inputs.get(name) or [""]
        return storable(str(values[0]))

    def every(self, name: str) -> list[str]:
        """All values of an input, storable, at most a hundred."""
        return [storable(str(value)) for value in list(self._inputs.get(name) or [])[:100]]

    def indexes(self, name: str) -> list[int]:
        """The numbers n for which there are inputs ``name.n`` or ``name.n.…``, in order."""
        prefix = f"{name}."
        found = {key[len(prefix) :].partition(".")[0] for key in self._inputs if key.startswith(prefix)}
        return sorted(int(each) for each in found if re.fullmatch(r"[0-9]{1,3}", each))


class FieldType(ABC):
    """A type of field: how it is read from a page, checked, shown again and shown as a result.

    Stored values are JSON-able. ``load`` takes both what was typed (raw) and a stored value, so that a whole
    form can be checked again with the same rules; it raises marshmallow's ValidationError with sentences.
    """

    name: ClassVar[str]
    limits: ClassVar[Limits] = {}
    """The limits that a definition may set for a field of this type."""
    parts: ClassVar[tuple[str, ...]] = ()
    """The inputs of a field that has several: names after the dot."""

    def gather(self, field: Field, name: str, posted: Posted) -> Raw:
        """What was typed into the inputs of the field whose input name is ``name``."""
        if self.parts:
            return {part: posted.one(f"{name}.{part}") for part in self.parts}
        return posted.one(name)

    @abstractmethod
    def load(self, field: Field, raw: Raw) -> Any:
        """The value to store. Never called with something empty."""

    def to_raw(self, field: Field, value: Any) -> Raw:
        """The stored value as it would have been typed."""
        return "" if value is None else str(value)

    @abstractmethod
    def display(self, field: Field, value: Any) -> str:
        """The stored value for people, in the current language; lines are separated by newlines."""

    def missing(self, field: Field) -> str:
        """What to say when a required answer is missing."""
        return gettext("Füllen Sie „%(label)s“ aus.", label=short_label(field))


def short_label(field: Field) -> str:
    """The name of a field in messages and on the review page, in the current language."""
    return str(pick(field.short) or pick(field.label)).rstrip("?:")


def missing_message(kind: FieldType, field: Field) -> str:
    """The definition's own sentence for a missing answer, or that of the type."""
    return str(pick(field.messages.get("missing"))) or kind.missing(field)


def refuse(field: Field, sentence: str) -> ValidationError:
    """The error for a value of the wrong kind: the definition's own sentence, or this one."""
    return ValidationError(str(pick(field.messages.get("invalid"))) or sentence)


def is_empty(raw: Raw) -> bool:
    """Whether nothing was typed or chosen at all. False and zero are something."""
    if isinstance(raw, str):
        return not raw.strip()
    if isinstance(raw, dict):
        return all(is_empty(part) for part in raw.values())
    if isinstance(raw, list):
        return all(is_empty(part) for part in raw)
    return raw is None


def clean_line(raw: Raw, field: Field, limit: int) -> str:
    """One line of text: normal form C, no unseen marks, single spaces.

    Refuses what cannot be stored or is too long.
    """
    return " ".join(clean_text(raw, field, limit).split())


def clean_text(raw: Raw, field: Field, limit: int) -> str:
    """Text of several lines, at most ``limit`` characters long."""
    if not isinstance(raw, str):
        raise refuse(field, gettext("Geben Sie bei „%(label)s“ einen Text ein.", label=short_label(field)))
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", storable(raw))).strip()
    if _REPLACEMENT in text:
        raise ValidationError(
            gettext(
                "Ein Zeichen lässt sich nicht speichern. Löschen Sie den Text und tippen Sie ihn neu ein."
            )
        )
    if len(text) > limit:
        raise ValidationError(
            gettext(
                "Kürzen Sie „%(label)s“ auf höchstens %(limit)s Zeichen. Es sind jetzt %(length)s.",
                label=short_label(field),
                limit=limit,
                length=len(text),
            )
        )
    return text
