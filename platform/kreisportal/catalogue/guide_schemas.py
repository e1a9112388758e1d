"""The format of the guided lists and of the glossary of plain language."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from kreisportal.catalogue.definitions import Word
from kreisportal.catalogue.guides import Event, Guide, Offset, Step
from kreisportal.catalogue.schemas import StrictSchema, frozen, key_form, texts


class _OffsetField(fields.Field[Offset]):
    """A distance in time like ``+2 weeks``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Offset:
        try:
            return Offset.parse(str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class EventSchema(StrictSchema):
    """What a guide counts from."""

    question = texts()
    before = texts()
    on = texts()
    after = texts()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Event:
        return Event(**data)


class StepSchema(StrictSchema):
    """A step of a guide."""

    key = fields.String(required=True, validate=key_form)
    name = texts()
    note = texts(required=False)
    services = fields.List(fields.String(validate=key_form))
    earliest = _OffsetField()
    latest = _OffsetField()
    binding = fields.Boolean()

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        earliest, latest = data.get("earliest"), data.get("latest")
        if earliest and latest and earliest.days() > latest.days():
            raise ValidationError("must not be before earliest", "latest")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Step:
        return Step(**frozen(data))


class GuideSchema(StrictSchema):
    """A situation as a guided list."""

    key = fields.String(required=True, validate=key_form)
    event = fields.Nested(EventSchema)
    steps = fields.List(fields.Nested(StepSchema), required=True, validate=validate.Length(min=2))

    @validates_schema
    def _right_by_itself(self, data: dict[str, Any], **_: Any) -> None:
        steps = data.get("steps", ())
        keys = [step.key for step in steps]
        if len(set(keys)) < len(keys):
            raise ValidationError("two steps have the same key", "steps")
        if not data.get("event") and any(step.earliest or step.latest for step in steps):
            raise ValidationError("must say what the times of the steps count from", "event")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Guide:
        return Guide(**frozen(data))


class WordSchema(StrictSchema):
    """A hard word with what it means in plain language."""

    key = fields.String(required=True, validate=key_form)
    word = fields.String(required=True, validate=validate.Length(min=2))
    forms = fields.List(fields.String(validate=validate.Length(min=2)))
    meaning = fields.Dict(
        keys=fields.String(validate=validate.OneOf(["de-simple"])),
        values=fields.String(validate=validate.Length(min=5)),
        required=True,
        validate=validate.Length(min=1),
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Word:
        return Word(**frozen(data))
