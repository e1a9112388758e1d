"""The German states in the language that is spoken."""

from __future__ import annotations

from kreisportal.i18n import language_by_path, speaking
from kreisportal.tenancy.regional_key import STATES
from kreisportal.tenancy.state_names import STATE_NAMES


def test_every_state_has_its_name_in_german_and_english() -> None:
    assert {name: str(text) for name, text in STATE_NAMES.items()} == {name: name for name in STATES.values()}
    english = language_by_path("en")
    assert english
    with speaking(english):
        assert str(STATE_NAMES["Niedersachsen"]) == "Lower Saxony"
