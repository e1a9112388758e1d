"""The source of the council's meetings in a town's file: read, refused, and written as it was."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from kreisportal.tenancy.council_source import CouncilSource, CouncilSourceSchema

SAID = {"url": "https://rat.example/system", "body": "https://rat.example/body/1", "name": "Rat"}


def test_a_source_is_read_and_on_unless_it_says_otherwise() -> None:
    assert CouncilSourceSchema().load(SAID) == CouncilSource(*SAID.values())
    assert CouncilSourceSchema().load({**SAID, "on": False}).on is False


@pytest.mark.parametrize(
    "changes",
    [
        *({"url": each} for each in ("http://rat.example/", "https://u:p@rat.example/", "rat", "", 7)),
        *({"body": each} for each in ("javascript:alert(1)", "https://rat.example/#a", None)),
        *({"name": each} for each in ("", "a" * 201)),
        *({"on": "yes"}, {"secret": "x"}),
    ],
)
def test_what_is_no_source_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CouncilSourceSchema().load({**SAID, **changes})
