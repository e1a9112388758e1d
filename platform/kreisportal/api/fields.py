"""Fields of the API: what goes out is always there, and what comes in is taken as it is written, never guessed at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from kreisportal.api.checks import OneOf, Range
from kreisportal.i18n import lazy_gettext
from kreisportal.web.languages import languages_of_site

_DIGITS = re.compile(r"[0-9]{1,9}")
# What marshmallow says in English of itself, by its own names for what is wrong.
_OF_BODIES: dict[str, Any] = {
    "type": lazy_gettext("Das ist kein Objekt wie {…}."),
    "unknown": lazy_gettext("Dieses Feld gibt es hier nicht."),
}
_OF_ALL: dict[str, Any] = {
    "required": lazy_gettext("Das fehlt."),
    "null": lazy_gettext("Das darf nicht null sein."),
}
_NO_LETTERS = lazy_gettext("In diesem Text stehen Zeichen, die es nicht gibt.")
_OF_TEXTS: dict[str, Any] = {"invalid": lazy_gettext("Das ist kein Text."), "invalid_utf8": _NO_LETTERS}
_OF_DAYS: dict[str, Any] = {"invalid": lazy_gettext("Diesen Tag gibt es nicht.")}


def out(field: type[fields.Field[Any]], about: str, *, null: bool = False, **more: Any) -> Any:
    """A field of an answer: always there, ``null`` only where it says so."""
    return field(required=True, allow_none=null, metadata={"description": about}, **more)


def out_list(inner: Any, about: str) -> Any:
    """A list in an answer."""
    return fields.List(inner, required=True, metadata={"description": about})


def out_one(schema: type[Schema], about: str, *, null: bool = False) -> Any:
    """An object in an answer."""
    return fields.Nested(schema, required=True, allow_none=null, metadata={"description": about})


class Taken(Schema):
    """A body that is taken: what is not declared is refused, so that a misspelt name does not get lost."""

    error_messages = _OF_BODIES

    class Meta:
        unknown = RAISE


class _Told:
    """A field that tells in the language of the request what is wrong with it."""

    default_error_messages = _OF_ALL


class Part(_Told, fields.Nested):
    """An object within a body."""


class PlainText(_Told, fields.String):
    """A text without characters that no text holds."""

    default_error_messages = _OF_TEXTS

    def _deserialize(self, value: Any, attr: str | None, data: Any, **named: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **named)
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ValidationError([_NO_LETTERS])
        return text


class Number(_Told, fields.Integer):
    """A whole number, in JSON as a number and in a query as digits; nothing that only looks like one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **named: Any) -> int:
        in_query = isinstance(value, str) and not isinstance(data, dict)
        if in_query and _DIGITS.fullmatch(value):
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e9:
            return int(value)
        raise ValidationError([lazy_gettext("Das ist keine ganze Zahl.")])


class Flag(_Told, fields.Boolean):
    """True or false and nothing else."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **named: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError([lazy_gettext("Das ist weder true noch false.")])
        return value


class Day(_Told, fields.Date):
    """A day as YYYY-MM-DD."""

    default_error_messages = _OF_DAYS

    def _deserialize(self, value: Any, attr: str | None, data: Any, **named: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValidationError([lazy_gettext("Das ist kein Tag wie 2026-12-24.")])
        return super()._deserialize(value, attr, data, **named)


class _Offered(validate.Validator):
    """A language that this site is offered in: each town has its own."""

    @property
    def choices(self) -> list[str]:
        """The paths of the languages, which the description names too."""
        return [each.path for each in languages_of_site()]

    def __call__(self, value: str) -> str:
        """The value. Raises ValidationError."""
        return str(OneOf(self.choices)(value))


def language() -> PlainText:
    """The parameter by which every answer can be had in a language."""
    return PlainText(
        validate=_Offered(),
        metadata={"description": "The language of texts; without it, Accept-Language counts."},
    )


class LanguageQuery(Schema):
    """What every address takes."""

    language = language()


class PageQuery(LanguageQuery):
    """Which part of a list is asked for."""

    page = Number(
        load_default=1,
        validate=Range(1, 100_000),
        metadata={"description": "The page, from 1 on."},
    )
    page_size = Number(
        load_default=50,
        validate=Range(1, 200),
        metadata={"description": "How many entries a page has."},
    )


class PageOut(Schema):
    """What stands around a page of a list."""

    total = out(fields.Integer, "How many entries there are on all pages.")
    page = out(fields.Integer, "The page.")
    page_size = out(fields.Integer, "How many entries a page has.")


def page_of(rows: list[Any], query: Mapping[str, Any]) -> dict[str, Any]:
    """A page of a list, as ``PageOut`` writes it. Beyond the last page there is nothing."""
    page, size = query["page"], query["page_size"]
    return {
        "items": rows[(page - 1) * size : page * size],
        "total": len(rows),
        "page": page,
        "page_size": size,
    }
