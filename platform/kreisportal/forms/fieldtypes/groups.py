"""Repeated groups: the same small set of questions for each child, dog, shareholder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, validate
from marshmallow import fields as ma

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes.base import FieldType, Limits, Posted, Raw, is_empty, short_label
from kreisportal.forms.fieldtypes.loading import load_fields
from kreisportal.i18n import gettext, pick

DEFAULT_MAX = 10


def _count() -> ma.Field[Any]:
    return ma.Integer(strict=True, validate=validate.Range(0, 50))


class GroupType(FieldType):
    """A list of instances, each a map of the answers to the group's fields; ``min`` (default 1) and ``max``
    (10).

    The inputs of the second instance of ``children`` are called ``children.1.name``.
    """

    name = "group"
    limits: ClassVar[Limits] = {"min": _count, "max": _count}

    def __init__(self, types: Mapping[str, FieldType]) -> None:
        self._types = types

    def gather(self, field: Field, name: str, posted: Posted) -> Raw:
        # Two more than allowed are kept, so that there is something to complain about and no flood.
        indexes = posted.indexes(name)[: field.limits.get("max", DEFAULT_MAX) + 2]
        return [
            {
                inner.key: self._types[inner.type].gather(inner, f"{name}.{index}.{inner.key}", posted)
                for inner in field.fields
            }
            for index in indexes
        ]

    def load(self, field: Field, raw: Raw) -> list[dict[str, Any]]:
        if not isinstance(raw, list) or not all(isinstance(each, dict) for each in raw):
            raise ValidationError(self.missing(field))
        filled = [each for each in raw if not is_empty(each)]
        self._check_count(field, len(filled))
        found: list[dict[str, Any]] = []
        errors: dict[int, Any] = {}
        for index, each in enumerate(raw):
            # An instance left empty counts as not given, unless the group needs it.
            if is_empty(each) and len(filled) >= field.limits.get("min", 1):
                continue
            values, faults = load_fields(field.fields, each, self._types)
            found.append(values)
            if faults:
                errors[index] = faults
        if errors:
            raise ValidationError(errors)
        return found

    def _check_count(self, field: Field, count: int) -> None:
        low, high = field.limits.get("min", 1), field.limits.get("max", DEFAULT_MAX)
        if count > high:
            raise ValidationError(
                gettext("Höchstens %(limit)s Einträge sind möglich. Entfernen Sie die übrigen.", limit=high)
            )
        if 1 < low > count:
            raise ValidationError(
                gettext("Mindestens %(limit)s Einträge sind nötig. Fügen Sie weitere hinzu.", limit=low)
            )

    def to_raw(self, field: Field, value: Any) -> Raw:
        return [
            {inner.key: self._types[inner.type].to_raw(inner, each.get(inner.key)) for inner in field.fields}
            for each in value or []
        ]

    def display(self, field: Field, value: Any) -> str:
        lines = []
        for number, each in enumerate(value, start=1):
            shown = [
                self._types[inner.type].display(inner, each[inner.key]).replace("\n", ", ")
                for inner in field.fields
                if inner.key in each
            ]
            lines.append(f"{pick(field.item)} {number}: " + "; ".join(shown))
        return "\n".join(lines)

    def missing(self, field: Field) -> str:
        return gettext("Füllen Sie „%(label)s“ aus.", label=short_label(field))
