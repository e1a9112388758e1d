"""The kinds of values a tenant's file holds, as marshmallow fields. Each refuses in a helpful sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import phonenumbers
from marshmallow import Schema, ValidationError, fields, validate

from kreisportal.i18n import LANGUAGES
from kreisportal.tenancy.opening_hours import Interval
from kreisportal.tenancy.regional_key import RegionalKey

_LANGUAGE_PATHS = tuple(language.path for language in LANGUAGES)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_TAG = re.compile(r"<[a-zA-Z/!?]")
_MAX_HOST = 253

KEY = validate.Regexp(
    re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z"), error="must be small letters, digits and single hyphens."
)
POSTCODE = validate.Regexp(re.compile(r"[0-9]{5}\Z"), error="must have five digits.")
COLOUR = validate.Regexp(
    re.compile(r"#[0-9a-f]{6}\Z"), error="must be a colour like #1a2b3c, in small letters."
)
SHORT_TEXT = validate.And(validate.Length(1, 200), lambda text: check_text(text))
WEB_ADDRESS = validate.URL(schemes={"https"}, error="must be a web address that begins with https://.")


def check_text(text: str) -> None:
    """Refuse what a text must not hold: tags (texts are Markdown) and control characters."""
    if _TAG.search(text):
        raise ValidationError("must not hold HTML; write Markdown.")
    if any(ord(letter) < ord(" ") and letter != "\n" for letter in text):
        raise ValidationError("must not hold control characters.")


def check_host(host: str) -> None:
    """Refuse what is not a host name of at least two labels: lower case, without port, not a number."""
    labels = host.split(".")
    if len(host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValidationError("must be a host name in small letters, without port.")
    if len(labels) == 1 or labels[-1].isdigit():
        raise ValidationError("must be a host name of two or more parts, not a number.")


def check_phone(number: str) -> None:
    """Refuse what cannot be dialled in Germany."""
    try:
        valid = phonenumbers.is_valid_number(phonenumbers.parse(number, "DE"))
    except phonenumbers.NumberParseException:
        valid = False
    if not valid:
        raise ValidationError("must be a telephone number like 04441 886-0.")


class Switch(fields.Field[bool]):
    """true or false, and nothing that merely means it."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("must be true or false.")
        return value


class Day(fields.Field[date]):
    """A date, written as TOML knows it (2026-12-24) or as the same in a text."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        if type(value) is date:
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise ValidationError("must be a date like 2026-12-24.") from error


class Ars(fields.Field[RegionalKey]):
    """A regional key with all its twelve digits, as a text (a number would lose the first zero)."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> RegionalKey:
        try:
            return RegionalKey(value)
        except (TypeError, ValueError) as error:
            raise ValidationError("must be a text of the ARS's 12 digits.") from error


class TimeSpan(fields.Field[Interval]):
    """A time of day like 08:00-12:30."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Interval:
        try:
            return Interval.parse(value)
        except (TypeError, ValueError) as error:
            raise ValidationError(f"{error}.") from error


class Texts(fields.Field[dict[str, str]]):
    """A text in the region's languages: ``de`` always, the others as far as there are."""

    def __init__(self, *, longest: int = 200, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._longest = longest

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError("must be texts by language (de, en).")
        faults: dict[str, list[str]] = {}
        for language, text in value.items():
            if language not in _LANGUAGE_PATHS:
                faults[language] = [f"is no language of the region ({', '.join(_LANGUAGE_PATHS)})."]
            elif not isinstance(text, str) or not 1 <= len(text.strip()) <= self._longest:
                faults[language] = [f"must be a text of 1 to {self._longest} letters."]
            else:
                try:
                    check_text(text)
                except ValidationError as error:
                    faults[language] = [str(message) for message in error.messages]
        if "de" not in value:
            faults["de"] = ["is missing."]
        if faults:
            raise ValidationError(faults)
        return value


class Table(fields.Field[dict[str, Any]]):
    """A table whose keys are names (of services) and whose values all follow one schema."""

    def __init__(self, schema: Schema, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._schema = schema

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("must be a table.")
        faults: dict[str, Any] = {}
        loaded: dict[str, Any] = {}
        for key, entry in value.items():
            try:
                KEY(key)
                loaded[key] = self._schema.load(entry)
            except ValidationError as error:
                faults[key] = error.messages
                # What could be loaded is still checked against the other tables; a bad name loads nothing.
                loaded[key] = error.valid_data if isinstance(error.valid_data, dict) else {}
        if faults:
            raise ValidationError(faults, valid_data=loaded)
        return loaded
