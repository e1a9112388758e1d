from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.theming.oklch import Oklch, from_hex, is_hex, linear_rgb, to_hex

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(colours)
def test_there_and_back_is_the_same_colour(colour: str) -> None:
    assert to_hex(from_hex(colour)) == colour


@pytest.mark.parametrize(
    ("colour", "lightness", "chroma", "hue"),
    [
        # KERN's own table names these three with both notations.
        ("#2044aa", 0.4284, 0.1689, 265.02),
        ("#c31c13", 0.5237, 0.2002, 29.28),
        ("#006b8c", 0.4929, 0.0962, 228.10),
        ("#ffffff", 1.0, 0.0, 0.0),
        ("#000000", 0.0, 0.0, 0.0),
    ],
)
def test_known_colours(colour: str, lightness: float, chroma: float, hue: float) -> None:
    found = from_hex(colour)
    assert found.lightness == pytest.approx(lightness, abs=5e-4)
    assert found.chroma == pytest.approx(chroma, abs=5e-4)
    assert found.hue == pytest.approx(hue, abs=0.1)


@given(
    st.builds(Oklch, st.floats(0.2, 0.95), st.floats(0.0, 0.4), st.floats(0, 360)).filter(
        lambda colour: colour.chroma > 0.05
    )
)
def test_what_srgb_cannot_show_keeps_its_lightness(colour: Oklch) -> None:
    shown = from_hex(to_hex(colour))
    assert shown.lightness == pytest.approx(colour.lightness, abs=0.01)
    assert shown.chroma <= colour.chroma + 0.01


def test_what_srgb_cannot_show_keeps_its_hue() -> None:
    shown = from_hex(to_hex(Oklch(0.6, 0.4, 140.0)))
    assert shown.hue == pytest.approx(140.0, abs=1.5)
    assert shown.chroma > 0.15


@pytest.mark.parametrize(
    "text", ["", "#fff", "123456", "#12345g", "#1234567", "red", "#ffffff;}", "#ffffff\n"]
)
def test_anything_else_is_refused(text: str) -> None:
    assert not is_hex(text)
    with pytest.raises(ValueError, match="#rrggbb"):
        linear_rgb(text)
