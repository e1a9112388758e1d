"""What commands and admins hand in about staff, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, pre_load, validate

from kreisportal.access.roles import OF_TENANTS, Role
from kreisportal.credentials.schemas import is_email, must
from kreisportal.i18n import LANGUAGES, lazy_gettext

_LONGEST = 200


class NewRegionMemberSchema(Schema):
    """Somebody who is to run a district or the region."""

    email = fields.String(
        required=True,
        validate=must(is_email, lazy_gettext("Geben Sie eine vollständige E-Mail-Adresse ein.")),
    )
    name = fields.String(
        required=True,
        validate=must(
            lambda name: 0 < len(name) <= _LONGEST and name.isprintable(),
            lazy_gettext("Geben Sie den Namen ein."),
        ),
    )
    language = fields.String(
        load_default="de", validate=validate.OneOf([language.path for language in LANGUAGES])
    )

    @pre_load
    def _tidy(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        tidy = {key: value.strip() if isinstance(value, str) else value for key, value in data.items()}
        if isinstance(tidy.get("email"), str):
            tidy["email"] = tidy["email"].lower()
        return tidy


class NewMemberSchema(NewRegionMemberSchema):
    """Somebody who is to work at a town's desk."""

    roles = fields.List(
        fields.Enum(Role, by_value=True, validate=validate.OneOf(OF_TENANTS)),
        required=True,
        validate=must(bool, lazy_gettext("Wählen Sie mindestens eine Aufgabe.")),
    )
