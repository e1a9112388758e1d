"""The format of the catalogue's files, checked by marshmallow. The same schemas read what the database holds."""

from __future__ import annotations

import datetime
import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from kreisportal.catalogue.definitions import (
    LegalBasis,
    Level,
    OutsideAuthority,
    Place,
    Service,
    Situation,
    Topic,
)
from kreisportal.i18n import LANGUAGES

REQUIRED_LANGUAGES = ("de", "en")
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SENTENCE = 25
_known = {language.path for language in LANGUAGES}


def key_form(value: str) -> None:
    """Refuse what cannot be a key."""
    if not KEY.fullmatch(value):
        raise ValidationError("must be small letters, digits and single hyphens")


def _day(value: str) -> None:
    try:
        valid = datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        valid = False
    if not valid:
        raise ValidationError("must be a day like 2026-11-30")


def _languages(value: dict[str, Any]) -> None:
    unknown = sorted(set(value) - _known)
    if unknown:
        raise ValidationError(f"unknown language {', '.join(unknown)}")
    missing = [path for path in REQUIRED_LANGUAGES if not value.get(path)]
    if missing:
        raise ValidationError(f"is missing in {', '.join(missing)}")


def long_sentence(text: str) -> str:
    """The first sentence of a short text that is too long, or an empty text."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„])", text)
    return next((sentence for sentence in sentences if len(sentence.split()) > LONGEST_SENTENCE), "")


def _short_sentences(value: dict[str, str]) -> None:
    for path, text in value.items():
        sentence = long_sentence(text)
        if sentence:
            raise ValidationError(
                f"{path}: a sentence has more than {LONGEST_SENTENCE} words: {sentence[:40]}…"
            )


def texts(*more: Any, required: bool = True) -> fields.Dict:
    """A text in all required languages."""
    checks = [_languages, *more]
    return fields.Dict(keys=fields.String(), values=fields.String(), required=required, validate=checks)


def lists() -> fields.Dict:
    """A list of sentences in all required languages; the lists may be empty only where both are."""
    return fields.Dict(
        keys=fields.String(validate=validate.OneOf(sorted(_known))),
        values=fields.List(fields.String(validate=validate.Length(min=1))),
        required=True,
        validate=_same_languages,
    )


def _same_languages(value: dict[str, list[str]]) -> None:
    missing = [path for path in REQUIRED_LANGUAGES if path not in value]
    if missing:
        raise ValidationError(f"is missing in {', '.join(missing)}")
    if bool(value["de"]) != bool(value["en"]):
        raise ValidationError("is empty in one language only")


def words() -> fields.Dict:
    """Lists of words by language, none required."""
    return fields.Dict(
        keys=fields.String(validate=validate.OneOf(sorted(_known))), values=fields.List(fields.String())
    )


def _keys(*, at_least: int = 0) -> fields.List[str]:
    return fields.List(
        fields.String(validate=key_form), required=at_least > 0, validate=validate.Length(min=at_least)
    )


def frozen(value: Any) -> Any:
    """Lists as tuples, all the way down, so that a definition cannot be changed by accident."""
    if isinstance(value, list):
        return tuple(frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return value


class StrictSchema(Schema):
    """Refuses fields it does not know."""

    class Meta:
        unknown = RAISE


class TopicSchema(StrictSchema):
    """A topic."""

    key = fields.String(required=True, validate=key_form)
    name = texts()
    short = texts()
    icon = fields.String()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Topic:
        return Topic(**data)


class SituationSchema(StrictSchema):
    """A situation in life or business."""

    key = fields.String(required=True, validate=key_form)
    name = texts()
    short = texts()
    topic = fields.String(required=True, validate=key_form)
    kind = fields.String(required=True, validate=validate.OneOf(["life", "business"]))
    official_name = fields.Dict(keys=fields.String(), values=fields.String())
    synonyms = words()
    first = _keys()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Situation:
        return Situation(**frozen(data))


class LegalBasisSchema(StrictSchema):
    """A norm."""

    name = fields.String(required=True, validate=validate.Length(min=3))
    url = fields.String(validate=validate.Regexp(r"https://", error="must begin with https://"))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> LegalBasis:
        return LegalBasis(**data)


class OutsideAuthoritySchema(StrictSchema):
    """An authority above or beside the district."""

    name = texts()
    url = fields.String(
        required=True, validate=validate.Regexp(r"https://", error="must begin with https://")
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> OutsideAuthority:
        return OutsideAuthority(**data)


class ServiceSchema(StrictSchema):
    """A service with all modules of its description."""

    key = fields.String(required=True, validate=key_form)
    leika = fields.List(
        fields.String(
            validate=validate.Regexp(r"99[0-9]{12}\Z", error="is no 14-digit key beginning with 99")
        ),
        required=True,
    )
    level = fields.Enum(Level, by_value=True, required=True)
    place = fields.Enum(Place, by_value=True, required=True)
    authority = fields.Nested(OutsideAuthoritySchema, allow_none=True)
    trust = fields.String(required=True, validate=validate.OneOf(["basic", "substantial", "high"]))
    topics = _keys(at_least=1)
    situations = _keys(at_least=1)
    audience = fields.List(
        fields.String(validate=validate.OneOf(["citizens", "businesses"])),
        required=True,
        validate=validate.Length(min=1),
    )
    form = fields.String(validate=key_form, allow_none=True)
    required_by_law = fields.Boolean()
    minutes = fields.Integer(validate=validate.Range(1, 120), allow_none=True)
    related = _keys()
    retention_days = fields.Integer(validate=validate.Range(1, 36500))
    synonyms = words()
    name = texts()
    official_name = texts()
    short = texts(_short_sentences)
    full = texts()
    requirements = lists()
    documents = lists()
    procedure = lists()
    fees = texts()
    deadlines = texts()
    processing_time = texts()
    responsibility = texts()
    legal_basis = fields.List(fields.Nested(LegalBasisSchema), required=True, validate=validate.Length(min=1))
    remedies = texts()
    forms_and_ways = texts()
    further = texts(required=False)
    reviewed_by = fields.String(required=True)
    reviewed_on = fields.String(required=True, validate=_day)

    @validates_schema
    def _authority_above(self, data: dict[str, Any], **_: Any) -> None:
        above = data.get("level") in (Level.LAND, Level.FEDERATION, Level.OTHER)
        if above and not data.get("authority"):
            raise ValidationError("must be named where neither town nor district is responsible", "authority")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Service:
        return Service(**frozen(data))
