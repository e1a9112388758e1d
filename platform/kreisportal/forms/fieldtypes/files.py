"""Stored documents that belong to an answer. The engine knows their ids and names, never their content."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import ValidationError, validate
from marshmallow import fields as ma

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes.base import FieldType, Limits, Posted, Raw, short_label
from kreisportal.i18n import gettext

KINDS = ("pdf", "jpeg", "png", "heic", "docx", "odt")
"""The kinds of file that a field may accept; whether a file is one is decided by its content, where it is
stored.
"""
DEFAULT_KINDS = ("pdf", "jpeg", "png")
DEFAULT_MAX = 5


class FileType(FieldType):
    """Documents, stored as a list of ``{"id": …, "name": …}``.

    A page sends back the ids of the documents to keep; an id that the draft does not have is left out.
    ``accept`` lists kinds, ``max`` is how many there may be.
    """

    name = "file"
    limits: ClassVar[Limits] = {
        "max": lambda: ma.Integer(strict=True, validate=validate.Range(1, 20)),
        "accept": lambda: ma.List(ma.String(validate=validate.OneOf(KINDS)), validate=validate.Length(min=1)),
    }

    def gather(self, field: Field, name: str, posted: Posted) -> Raw:
        ids = dict.fromkeys(value for value in posted.every(name) if value in posted.documents)
        return [{"id": each, "name": posted.documents[each]} for each in ids]

    def load(self, field: Field, raw: Raw) -> list[dict[str, str]]:
        if not isinstance(raw, list) or not all(
            isinstance(each, dict) and {"id", "name"} <= set(each) for each in raw
        ):
            raise ValidationError(self.missing(field))
        limit = field.limits.get("max", DEFAULT_MAX)
        if len(raw) > limit:
            raise ValidationError(
                gettext("Es sind zu viele Dateien. Behalten Sie höchstens %(limit)s.", limit=limit)
            )
        return [{"id": str(each["id"]), "name": str(each["name"])} for each in raw]

    def to_raw(self, field: Field, value: Any) -> Raw:
        return list(value or [])

    def display(self, field: Field, value: Any) -> str:
        return "\n".join(each["name"] for each in value)

    def missing(self, field: Field) -> str:
        return gettext("Fügen Sie bei „%(label)s“ eine Datei hinzu.", label=short_label(field))
