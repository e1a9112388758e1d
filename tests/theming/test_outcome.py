"""What is said to have become of a colour is what the palette did with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.theming.contrast import TEXT
from kreisportal.theming.outcome import Band, outcome_of
from kreisportal.theming.palette import palette
from kreisportal.theming.stylesheet import sample_css


@pytest.mark.parametrize(
    ("colour", "band"),
    [
        ("#0b4ea2", Band.AS_IT_IS),
        ("#ffe000", Band.DARK_TEXT),
        ("#ffffff", Band.DARK_TEXT),
        ("#e8590c", Band.DARKENED),
    ],
)
def test_what_became_of_the_band(colour: str, band: Band) -> None:
    assert outcome_of(palette(colour)).band is band


@given(number=st.integers(0, 0xFFFFFF))
def test_all_that_is_told_can_be_read(number: int) -> None:
    outcome = outcome_of(palette(f"#{number:06x}"))
    for uses in (outcome.light, outcome.dark):
        assert uses.band.contrast >= TEXT and uses.action.contrast >= TEXT


def test_a_samples_colours_are_for_samples_only() -> None:
    css = sample_css(palette("#0b4ea2"), "sample")
    assert css.count("{") == 2
    assert css.startswith(".sample[data-kern-theme=light]{") and "}.sample[data-kern-theme=dark]{" in css
