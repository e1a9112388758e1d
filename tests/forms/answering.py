"""Posting to a single field and looking at what comes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kreisportal.forms.fieldtypes import FIELD_TYPES, Posted, field_type
from kreisportal.forms.fieldtypes.loading import flatten_errors, load_fields
from kreisportal.kernel.clock import frozen
from tests.forms.making import field

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def parse(kind: str, inputs: dict[str, Any], /, **more: Any) -> tuple[Any, dict[str, list[str]]]:
    """The value of a field of this type and its errors, after these inputs were posted as ``answer…``."""
    answer = field(kind, **more)
    page = Posted(
        {f"answer{name}": [value] if isinstance(value, str) else value for name, value in inputs.items()}
    )
    raw = {"answer": field_type(answer).gather(answer, "answer", page)}
    with frozen(NOON):
        values, nested = load_fields([answer], raw, FIELD_TYPES)
    return values.get("answer"), flatten_errors(nested)


def accepted(kind: str, inputs: dict[str, Any] | str, /, **more: Any) -> Any:
    """The stored value; fails when there is an error."""
    value, errors = parse(kind, {"": inputs} if isinstance(inputs, str) else inputs, **more)
    assert errors == {}
    return value


def refused(kind: str, inputs: dict[str, Any] | str, /, **more: Any) -> dict[str, list[str]]:
    """The errors; fails when there is none."""
    value, errors = parse(kind, {"": inputs} if isinstance(inputs, str) else inputs, **more)
    assert value is None
    assert errors
    return errors


def shown(kind: str, value: Any, /, **more: Any) -> str:
    """The display of a stored value."""
    answer = field(kind, **more)
    return field_type(answer).display(answer, value)
