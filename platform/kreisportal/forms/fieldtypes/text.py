"""Typed text: one line, several lines, and names."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from marshmallow import ValidationError, validate
from marshmallow import fields as ma

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes.base import (
    WIDTHS,
    FieldType,
    Limits,
    Raw,
    clean_line,
    clean_text,
    refuse,
    short_label,
)
from kreisportal.forms.latin import foreign_character, letters
from kreisportal.i18n import gettext


def _length() -> ma.Field[Any]:
    return ma.Integer(strict=True, validate=validate.Range(1, 10_000))


def _pattern(value: str) -> None:
    try:
        re.compile(value)
    except re.error as error:
        raise ValidationError(f"is not a regular expression: {error}") from error


class TextType(FieldType):
    """One line of text.

    A ``pattern`` must match the whole of it, after spaces were dropped if ``compact``.
    """

    name = "text"
    limits: ClassVar[Limits] = {
        "max_length": _length,
        "min_length": _length,
        "pattern": lambda: ma.String(validate=_pattern),
        "compact": ma.Boolean,
        "width": lambda: ma.Integer(strict=True, validate=validate.OneOf(WIDTHS)),
        "inputmode": lambda: ma.String(validate=validate.OneOf(["numeric", "text", "url"])),
    }
    default_length = 200

    def load(self, field: Field, raw: Raw) -> str:
        text = self._clean(field, raw)
        if field.limits.get("compact"):
            text = re.sub(r"[\s\-–./]", "", text).upper()
        if len(text) < field.limits.get("min_length", 0):
            raise refuse(
                field,
                gettext(
                    "Geben Sie bei „%(label)s“ mindestens %(limit)s Zeichen ein.",
                    label=short_label(field),
                    limit=field.limits["min_length"],
                ),
            )
        pattern = field.limits.get("pattern")
        if pattern and not re.fullmatch(pattern, text):
            raise refuse(
                field,
                gettext("Prüfen Sie, ob „%(label)s“ richtig geschrieben ist.", label=short_label(field)),
            )
        return text

    def _clean(self, field: Field, raw: Raw) -> str:
        return clean_line(raw, field, field.limits.get("max_length", self.default_length))

    def display(self, field: Field, value: Any) -> str:
        return str(value)


class TextAreaType(TextType):
    """Text of several lines."""

    name = "textarea"
    limits: ClassVar[Limits] = {"max_length": _length, "min_length": _length}
    default_length = 2000

    def _clean(self, field: Field, raw: Raw) -> str:
        return clean_text(raw, field, field.limits.get("max_length", self.default_length))


class NameType(FieldType):
    """A name of a person as DIN 91379 data type A allows it:

    Latin letters of every European register, no digits.
    """

    name = "name"
    limits: ClassVar[Limits] = {"max_length": _length}
    default_length = 120

    def load(self, field: Field, raw: Raw) -> str:
        name = clean_line(raw, field, field.limits.get("max_length", self.default_length))
        foreign = foreign_character(name)
        if foreign is not None:
            raise ValidationError(
                gettext(
                    "Das Zeichen „%(character)s“ gehört nicht in „%(label)s“. "
                    "Schreiben Sie den Namen so, wie er im Ausweis steht, in lateinischen Buchstaben.",
                    character=foreign,
                    label=short_label(field),
                )
            )
        # A name of signs only is allowed: the registers know "-" for a missing given name.
        if not any(letter in name for letter in letters()) and name != "-":
            raise refuse(
                field,
                gettext(
                    "Geben Sie bei „%(label)s“ mindestens einen Buchstaben ein.", label=short_label(field)
                ),
            )
        return name

    def display(self, field: Field, value: Any) -> str:
        return str(value)
