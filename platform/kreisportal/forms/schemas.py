"""The format of definitions: marshmallow schemas that read plain data into the classes of
``forms.definition``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, cast

from marshmallow import Schema, ValidationError, post_dump, post_load, validate, validates_schema
from marshmallow import fields as ma

from kreisportal.forms.conditions import condition_to_data, parse_condition
from kreisportal.forms.definition import (
    Choice,
    Field,
    FormDefinition,
    Link,
    Note,
    PrefillWhen,
    PrivacyNotice,
    Rule,
    Step,
)
from kreisportal.forms.fieldtypes import FIELD_TYPES
from kreisportal.forms.integrity import find_faults
from kreisportal.forms.prefill import PREFILL_KEYS
from kreisportal.forms.wording import APPLICATION, KINDS
from kreisportal.i18n import LANGUAGES
from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.levels import LEVELS

TRUST_LEVELS = ("none", *LEVELS)
_REQUIRED_LANGUAGES = ("de", "en")
_KEY = validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z", error="must be small letters, digits and _, at most 40")
_FORM_KEY = validate.Regexp(
    r"[a-z][a-z0-9-]{0,59}\Z", error="must be small letters, digits and -, at most 60"
)
_URL = validate.Regexp(r"(https://|tel:\+)[^\s]+\Z", error="must begin with https:// or tel:+")


class TextsField(ma.Field[Any]):
    """A map of languages to texts; German and English must be there."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, dict):
            raise ValidationError("must be a map of languages such as {de: …, en: …}")
        known = [language.path for language in LANGUAGES]
        faults: dict[str, Any] = {key: ["is no language of the region"] for key in value if key not in known}
        for key in known:
            text = value.get(key)
            if key in _REQUIRED_LANGUAGES and key not in value:
                faults[key] = ["is missing"]
            elif key in value and (not isinstance(text, str) or not text.strip()):
                faults[key] = ["must be a text"]
        if faults:
            raise ValidationError(faults)
        return MappingProxyType({key: str(text).strip() for key, text in value.items()})

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return dict(value)


class ConditionField(ma.Field[Any]):
    """A condition as ``forms.conditions`` writes it."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        try:
            return parse_condition(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else condition_to_data(value)


class _Part(Schema):
    """Base: reads into ``makes`` and leaves empty entries out when it writes."""

    makes: ClassVar[type]

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return self.makes(
            **{key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        )

    @post_dump
    def _shorten(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        return {
            key: value
            for key, value in data.items()
            if value not in (None, "", [], {}) and not _usual(key, value)
        }


def _usual(key: str, value: Any) -> bool:
    return (key, value) in (("required", True), ("kind", "info"), ("kind", APPLICATION), ("trust", "none"))


class _ChoiceSchema(_Part):
    makes = Choice
    key = ma.String(required=True, validate=_KEY)
    label = TextsField(required=True)
    help = TextsField()


class _LinkSchema(_Part):
    makes = Link
    label = TextsField(required=True)
    url = ma.String(validate=_URL)
    text = TextsField()


class _NoteSchema(_Part):
    makes = Note
    text = TextsField(required=True)
    kind = ma.String(validate=validate.OneOf(["info", "warning"]))
    title = TextsField()
    links = ma.List(ma.Nested(_LinkSchema))
    when = ConditionField()


class _RuleSchema(_Part):
    makes = Rule
    check = ConditionField(required=True)
    at = ma.String(required=True)
    message = TextsField(required=True)


class _LimitsField(ma.Field[Any]):
    """Limits are checked with the field's type, see ``_FieldSchema``."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, dict):
            raise ValidationError("must be a map")
        return MappingProxyType(dict(value))

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return dict(value)


class _MessagesField(ma.Field[Any]):
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, dict) or set(value) - {"missing", "invalid"}:
            raise ValidationError("must be a map with missing, invalid or both")
        faults, found = {}, {}
        for key, texts in value.items():
            try:
                found[key] = TextsField().deserialize(texts)
            except ValidationError as error:
                faults[key] = error.messages
        if faults:
            raise ValidationError(cast("dict[str, Any]", faults))
        return MappingProxyType(found)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return {key: dict(texts) for key, texts in value.items()}


_PREFILL = validate.OneOf(list(PREFILL_KEYS), error="is no prefill key")


class _PrefillWhenSchema(_Part):
    makes = PrefillWhen
    key = ma.String(required=True, validate=_PREFILL)
    when = ConditionField(required=True)


class _FieldSchema(_Part):
    makes = Field
    key = ma.String(required=True, validate=_KEY)
    type = ma.String(
        required=True, validate=validate.OneOf(list(FIELD_TYPES), error="must be one of {choices}")
    )
    label = TextsField(required=True)
    short = TextsField()
    help = TextsField()
    why = TextsField()
    required = ma.Boolean(truthy={True}, falsy={False})
    prefill = ma.String(validate=_PREFILL)
    prefill_when = ma.List(ma.Nested(_PrefillWhenSchema))
    source = ma.String()
    limits = _LimitsField()
    choices = ma.List(ma.Nested(_ChoiceSchema))
    # Marshmallow's schemas have an attribute "fields" of their own.
    questions = ma.List(ma.Nested(lambda: _FieldSchema()), data_key="fields", attribute="fields")
    item = TextsField()
    when = ConditionField()
    messages = _MessagesField()

    @validates_schema(skip_on_field_errors=True)
    def _check_limits(self, data: dict[str, Any], **kwargs: Any) -> None:
        allowed = FIELD_TYPES[data["type"]].limits
        schema = Schema.from_dict({name: make() for name, make in allowed.items()}, name="Limits")()
        faults = schema.validate(dict(data.get("limits", {})))
        if faults:
            raise ValidationError({"limits": faults})


class _StepSchema(_Part):
    makes = Step
    key = ma.String(required=True, validate=_KEY)
    title = TextsField(required=True)
    help = TextsField()
    why = TextsField()
    notes = ma.List(ma.Nested(_NoteSchema))
    questions = ma.List(ma.Nested(_FieldSchema), data_key="fields", attribute="fields")
    rules = ma.List(ma.Nested(_RuleSchema))
    when = ConditionField()
    trust = ma.String(validate=validate.OneOf(TRUST_LEVELS, error="must be one of {choices}"))


class _PrivacySchema(_Part):
    makes = PrivacyNotice
    purpose = TextsField(required=True)
    legal_basis = TextsField(required=True)
    recipients = TextsField(required=True)
    retention = TextsField(required=True)
    duty = TextsField(required=True)
    rights = TextsField()


class _FormSchema(_Part):
    makes = FormDefinition
    key = ma.String(required=True, validate=_FORM_KEY)
    title = TextsField(required=True)
    intro = TextsField(required=True)
    legal_sources = ma.List(
        ma.String(validate=validate.Length(min=1)), required=True, validate=validate.Length(min=1)
    )
    kind = ma.String(validate=validate.OneOf(KINDS, error="must be one of {choices}"))
    trust = ma.String(validate=validate.OneOf(TRUST_LEVELS, error="must be one of {choices}"))
    notice = ma.Nested(_NoteSchema)
    needed = ma.List(TextsField())
    outcome = TextsField(required=True)
    privacy = ma.Nested(_PrivacySchema, required=True)
    steps = ma.List(ma.Nested(_StepSchema), required=True, validate=validate.Length(min=1))


Fault = tuple[tuple[str | int, ...], str]
"""A trail of keys and indexes to the part, and what is wrong with it."""


def _flatten(errors: Any, trail: tuple[str | int, ...] = ()) -> list[Fault]:
    if isinstance(errors, Mapping):
        return [
            fault
            for key, inner in errors.items()
            for fault in _flatten(inner, trail if key == "_schema" else (*trail, key))
        ]
    return [(trail, str(sentence).rstrip(".")) for sentence in errors]


def read_definition(data: Any) -> tuple[FormDefinition | None, list[Fault]]:
    """The definition in plain data, or None and everything that is wrong with it."""
    if not isinstance(data, dict):
        return None, [((), "must be a map")]
    try:
        definition = cast("FormDefinition", _FormSchema().load(data))
    except ValidationError as error:
        return None, _flatten(error.messages)
    faults = find_faults(definition)
    return (None, faults) if faults else (definition, [])


def shown_trail(trail: tuple[str | int, ...]) -> str:
    """A trail as people write it: ``steps[1].fields[0].type``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in trail)
    return text.lstrip(".") or "form"


def definition_from_data(data: Mapping[str, Any]) -> FormDefinition:
    """See ``FormDefinition.from_data``."""
    definition, faults = read_definition(dict(data))
    if definition is None:
        key = str(data.get("key", "form"))
        raise DefinitionError([f"{key}: {shown_trail(trail)}: {sentence}" for trail, sentence in faults])
    return definition


def definition_to_data(definition: FormDefinition) -> dict[str, Any]:
    """See ``FormDefinition.to_data``."""
    return cast("dict[str, Any]", _FormSchema().dump(definition))
