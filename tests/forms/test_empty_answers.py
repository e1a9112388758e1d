"""A question that was not answered yet shows an empty input, whatever its type."""

from __future__ import annotations

import pytest

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes import FIELD_TYPES


@pytest.mark.parametrize("name", sorted(FIELD_TYPES))
def test_nothing_typed_is_nothing_shown(name: str) -> None:
    raw = FIELD_TYPES[name].to_raw(Field(key="question", type=name, label={"de": "Frage"}), None)

    assert not (any(raw.values()) if isinstance(raw, dict) else raw)
