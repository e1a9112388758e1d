"""What people hand in to sign in and to change how they do, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from kreisportal.i18n import LazyText, lazy_gettext
from kreisportal.kernel.errors import InvalidInputError

_LONGEST = 200
_SECRET = 4096


def must(test: Callable[[str], object], message: LazyText) -> Callable[[Any], None]:
    """A validator that answers with ``message``, translated only when it is shown."""

    def check(value: Any) -> None:
        if not test(value):
            raise ValidationError([message])

    return check


def needed(message: LazyText) -> dict[str, Any]:
    """Options of a text that must be there."""
    return {
        "required": True,
        "error_messages": {"required": message, "null": message, "invalid": message},
        "validate": must(lambda value: 0 < len(value) <= _SECRET, message),
    }


def is_email(value: str) -> bool:
    """Whether a text can be an e-mail address."""
    try:
        validate.Email()(value)
    except ValidationError:
        return False
    return len(value) <= _LONGEST and value.isprintable()


class SignInSchema(Schema):
    """The first step of signing in."""

    class Meta:
        unknown = EXCLUDE

    email = fields.String(**needed(lazy_gettext("Geben Sie Ihre E-Mail-Adresse ein.")))
    password = fields.String(**needed(lazy_gettext("Geben Sie Ihr Passwort ein.")))


class CodeSchema(Schema):
    """A code of the app, or a recovery code."""

    class Meta:
        unknown = EXCLUDE

    code = fields.String(**needed(lazy_gettext("Geben Sie den Code ein.")))


class PasswordSchema(Schema):
    """The own password, asked for again."""

    class Meta:
        unknown = EXCLUDE

    password = fields.String(**needed(lazy_gettext("Geben Sie Ihr Passwort ein.")))


class PasswordAndCodeSchema(PasswordSchema, CodeSchema):
    """Both at once."""

    class Meta:
        unknown = EXCLUDE


class NewPasswordSchema(Schema):
    """A new password, typed twice. Whether it is a good one is for ``password_rules``."""

    class Meta:
        unknown = EXCLUDE

    new_password = fields.String(**needed(lazy_gettext("Geben Sie ein neues Passwort ein.")))
    repeated = fields.String(**needed(lazy_gettext("Geben Sie das neue Passwort ein zweites Mal ein.")))

    @validates_schema
    def _same(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["new_password"] != data["repeated"]:
            raise ValidationError(
                {
                    "repeated": [
                        lazy_gettext("Das ist nicht dasselbe Passwort. Geben Sie es zweimal gleich ein.")
                    ]
                }
            )


class ChangePasswordSchema(NewPasswordSchema):
    """The old password and a new one."""

    old_password = fields.String(**needed(lazy_gettext("Geben Sie Ihr bisheriges Passwort ein.")))


def checked(schema: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` as the schema loads it. Raises InvalidInputError with sentences by field."""
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        raise InvalidInputError(_sentences(error.messages_dict)) from None
    return loaded


def _sentences(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    return {str(name): [str(text) for text in _flat(found)] for name, found in messages.items()}


def _flat(found: Any) -> list[Any]:
    if isinstance(found, Mapping):
        return [text for part in found.values() for text in _flat(part)]
    return list(found) if isinstance(found, list) else [found]
