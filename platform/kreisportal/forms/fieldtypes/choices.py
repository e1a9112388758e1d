"""Answers to choose: one of several, several of several, Yes or No, a declaration, a country."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, ClassVar

from babel import Locale
from marshmallow import ValidationError, validate
from marshmallow import fields as ma

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes.base import FieldType, Limits, Posted, Raw, refuse, short_label
from kreisportal.i18n import current_language, gettext, pick

# CLDR's territories that ISO 3166-1 does not list as countries: groupings, pseudo locales, reserved codes.
_NO_COUNTRIES = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
)
STATELESS = "XXA"
"""ICAO Doc 9303's code for stateless persons, as German registers and identity papers use it."""
UNCLEAR = "XXX"
"""The same for persons whose nationality is unclear."""


def choice_label(field: Field, key: str) -> str:
    """The label of one of the field's choices in the current language, or the key where there is none."""
    for choice in field.choices:
        if choice.key == key:
            return str(pick(choice.label))
    return key


class ChoiceType(FieldType):
    """One of the field's choices, stored by key. Shown as radio buttons, or as a list with ``list: true``."""

    name = "choice"
    limits: ClassVar[Limits] = {"list": ma.Boolean}

    def load(self, field: Field, raw: Raw) -> str:
        if not isinstance(raw, str) or raw not in {choice.key for choice in field.choices}:
            raise ValidationError(self.missing(field))
        return raw

    def display(self, field: Field, value: Any) -> str:
        return choice_label(field, str(value))

    def missing(self, field: Field) -> str:
        return gettext("Wählen Sie bei „%(label)s“ eine Antwort aus.", label=short_label(field))


class MultipleType(FieldType):
    """Any of the field's choices, stored as a list of keys in the order of the definition."""

    name = "multiple"
    limits: ClassVar[Limits] = {
        "min": lambda: ma.Integer(strict=True, validate=validate.Range(1, 50)),
        "max": lambda: ma.Integer(strict=True, validate=validate.Range(1, 50)),
    }

    def gather(self, field: Field, name: str, posted: Posted) -> Raw:
        return [value for value in posted.every(name) if value]

    def load(self, field: Field, raw: Raw) -> list[str]:
        offered = [choice.key for choice in field.choices]
        if not isinstance(raw, list) or any(value not in offered for value in raw):
            raise ValidationError(self.missing(field))
        chosen = [key for key in offered if key in raw]
        low, high = field.limits.get("min", 1), field.limits.get("max", len(offered))
        if len(chosen) < low:
            raise refuse(
                field, gettext("Wählen Sie mindestens so viele Antworten aus: %(limit)s.", limit=low)
            )
        if len(chosen) > high:
            raise refuse(
                field, gettext("Wählen Sie höchstens so viele Antworten aus: %(limit)s.", limit=high)
            )
        return chosen

    def to_raw(self, field: Field, value: Any) -> Raw:
        return list(value or [])

    def display(self, field: Field, value: Any) -> str:
        return "\n".join(choice_label(field, key) for key in value)

    def missing(self, field: Field) -> str:
        return gettext("Wählen Sie bei „%(label)s“ mindestens eine Antwort aus.", label=short_label(field))


class YesNoType(FieldType):
    """Yes or No, stored as true or false."""

    name = "yes_no"

    def load(self, field: Field, raw: Raw) -> bool:
        if isinstance(raw, bool):
            return raw
        if raw not in ("yes", "no"):
            raise ValidationError(self.missing(field))
        return bool(raw == "yes")

    def to_raw(self, field: Field, value: Any) -> Raw:
        return "" if value is None else ("yes" if value else "no")

    def display(self, field: Field, value: Any) -> str:
        return gettext("Ja") if value else gettext("Nein")

    def missing(self, field: Field) -> str:
        return gettext("Wählen Sie bei „%(label)s“ Ja oder Nein.", label=short_label(field))


class DeclarationType(FieldType):
    """A sentence that must be accepted before the form can go on; stored as true."""

    name = "declaration"

    def load(self, field: Field, raw: Raw) -> bool:
        if raw is True or raw == "yes":
            return True
        raise ValidationError(self.missing(field))

    def to_raw(self, field: Field, value: Any) -> Raw:
        return "yes" if value else ""

    def display(self, field: Field, value: Any) -> str:
        return gettext("Ja, bestätigt")

    def missing(self, field: Field) -> str:
        return gettext("Bestätigen Sie diese Erklärung: „%(label)s“", label=short_label(field))


def _sort_key(name: str) -> str:
    return unicodedata.normalize("NFD", name.casefold()).encode("ascii", "ignore").decode()


@lru_cache(maxsize=8)
def _countries(locale: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(locale).territories
    codes = [str(code) for code in names if re.fullmatch("[A-Z]{2}", str(code)) and code not in _NO_COUNTRIES]
    found = sorted(
        ((code, names[code]) for code in codes if code != "DE"), key=lambda each: _sort_key(each[1])
    )
    return (("DE", names["DE"]), *found)


def countries(*, nationality: bool = False) -> tuple[tuple[str, str], ...]:
    """All countries as (ISO 3166-1 code, name in the current language): Germany first, then by name.

    ``nationality`` adds stateless and unclear, with ICAO's codes.
    """
    found = _countries(current_language().locale)
    if nationality:
        found = (*found, (STATELESS, gettext("staatenlos")), (UNCLEAR, gettext("ungeklärt")))
    return found


class CountryType(FieldType):
    """A country by its ISO 3166-1 code. ``nationality`` offers stateless and unclear too."""

    name = "country"
    limits: ClassVar[Limits] = {"nationality": ma.Boolean}

    def load(self, field: Field, raw: Raw) -> str:
        if not isinstance(raw, str) or raw not in dict(self.offered(field)):
            raise ValidationError(self.missing(field))
        return raw

    def offered(self, field: Field) -> tuple[tuple[str, str], ...]:
        """The countries to choose from."""
        return countries(nationality=bool(field.limits.get("nationality")))

    def display(self, field: Field, value: Any) -> str:
        return dict(self.offered(field)).get(str(value), str(value))

    def missing(self, field: Field) -> str:
        return gettext("Wählen Sie bei „%(label)s“ ein Land aus.", label=short_label(field))
