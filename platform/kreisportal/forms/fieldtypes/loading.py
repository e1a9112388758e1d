"""Checking answers with marshmallow schemas that are built from the definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow import fields as ma

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes.base import FieldType, is_empty, missing_message


class AnswerField(ma.Field[Any]):
    """The marshmallow field of one question; its rules are those of the question's type."""

    def __init__(self, question: Field, kind: FieldType) -> None:
        self.question = question
        self.kind = kind
        missing = missing_message(kind, question)
        super().__init__(required=question.required, error_messages={"required": missing, "null": missing})

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return self.kind.load(self.question, value)


def schema_for(fields: Sequence[Field], types: Mapping[str, FieldType]) -> Schema:
    """The schema of these questions, with its sentences in the current language.

    Unknown answers are left out.
    """
    built = {question.key: AnswerField(question, types[question.type]) for question in fields}
    return Schema.from_dict(dict(built), name="Answers")(unknown=EXCLUDE)


def load_fields(
    fields: Sequence[Field], raw: Mapping[str, Any], types: Mapping[str, FieldType]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The valid values by field key, and the errors as marshmallow nests them.

    Raises nothing for any ``raw``.
    """
    given = {key: value for key, value in raw.items() if not is_empty(value)}
    try:
        return dict(schema_for(fields, types).load(given)), {}
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        # An invalid group still brings its errors; what it could read stays out of the values.
        return {key: value for key, value in valid.items() if key not in error.messages_dict}, dict(
            error.messages_dict
        )


def flatten_errors(errors: Mapping[Any, Any], prefix: str = "") -> dict[str, list[str]]:
    """Nested errors as sentences by input name: ``{"children.0.name": […]}``."""
    found: dict[str, list[str]] = {}
    for key, value in errors.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            found |= flatten_errors(value, f"{name}.")
        else:
            found[name] = [str(sentence) for sentence in ([value] if isinstance(value, str) else value)]
    return found
