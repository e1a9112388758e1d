"""Checking answers with marshmallow schemas that are built from the definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow import fields as ma

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes.base import FieldType, is_empty, missing_message

_KEPT_SCHEMAS = 1024


class AnswerField(ma.Field[Any]):
    """The marshmallow field of one question; its rules are those of the question's type."""

    def __init__(self, question: Field, kind: FieldType) -> None:
        self.question = question
        self.kind = kind
        super().__init__(required=question.required)

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        # Made when it is needed, because the schema outlives the language that it was built in.
        if key in ("required", "null"):
            return ValidationError(missing_message(self.kind, self.question))
        return super().make_error(key, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return self.kind.load(self.question, value)


class _Questions:
    """The very same questions, as a key to keep their schema by: building it takes longer than using it."""

    __slots__ = ("fields", "types")

    def __init__(self, fields: Sequence[Field], types: Mapping[str, FieldType]) -> None:
        self.fields = tuple(fields)
        self.types = types

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Questions)
            and self.types is other.types
            and len(self.fields) == len(other.fields)
            and all(mine is theirs for mine, theirs in zip(self.fields, other.fields, strict=True))
        )

    def __hash__(self) -> int:
        return hash(tuple(id(field) for field in self.fields))


@lru_cache(maxsize=_KEPT_SCHEMAS)
def _schema(questions: _Questions) -> Schema:
    built = {each.key: AnswerField(each, questions.types[each.type]) for each in questions.fields}
    return Schema.from_dict(dict(built), name="Answers")(unknown=EXCLUDE)


def schema_for(fields: Sequence[Field], types: Mapping[str, FieldType]) -> Schema:
    """The schema of these questions. Unknown answers are left out; sentences are in the language of the moment."""
    return _schema(_Questions(fields, types))


def load_fields(
    fields: Sequence[Field], raw: Mapping[str, Any], types: Mapping[str, FieldType]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The valid values by field key, and the errors as marshmallow nests them. Raises nothing for any ``raw``."""
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
