from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kreisportal.theming.contrast import contrast
from kreisportal.theming.oklch import from_hex
from kreisportal.theming.pairs import FEEDBACK, PAIRS
from kreisportal.theming.palette import NEUTRAL_BRAND, Palette, Scheme, palette

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
FIELDS = [field.name for field in dataclasses.fields(Scheme)]


def schemes(made: Palette) -> list[tuple[str, Scheme]]:
    return [("light", made.light), ("dark", made.dark)]


@given(colours)
@example("#000000")
@example("#ffffff")
@example("#ffff00")
@example("#00ffff")
@example("#ff0000")
@example("#0000ff")
@example("#808080")
def test_every_pair_has_its_contrast_for_any_brand(brand: str) -> None:
    for mode, scheme in schemes(palette(brand)):
        for pair in PAIRS:
            foreground, background = getattr(scheme, pair.foreground), getattr(scheme, pair.background)
            ratio = contrast(foreground, background)
            assert ratio >= pair.minimum, (
                f"{brand} {mode}: {pair}, {foreground} on {background} has {ratio:.2f}"
            )


@given(colours)
def test_every_colour_is_written_as_a_colour(brand: str) -> None:
    for _, scheme in schemes(palette(brand)):
        for name in FIELDS:
            assert re.fullmatch("#[0-9a-f]{6}", getattr(scheme, name)), name


@given(colours)
def test_buttons_and_surfaces_change_when_touched(brand: str) -> None:
    for _, scheme in schemes(palette(brand)):
        assert len({scheme.action, scheme.action_hover, scheme.action_active}) == 3
        assert len({scheme.background, scheme.surface, scheme.surface_strong, scheme.surface_pressed}) == 4
        assert scheme.band != scheme.band_strong


@pytest.mark.parametrize("brand", ["#0b4ea2", "#c8102e", "#2e7d32", "#ffd500", "#5b2c83", NEUTRAL_BRAND])
def test_the_band_is_the_brand_where_it_can_be_read(brand: str) -> None:
    assert palette(brand).light.band == brand


@pytest.mark.parametrize("brand", ["#0b4ea2", "#c8102e", "#2e7d32"])
def test_surfaces_carry_the_hue_of_the_brand(brand: str) -> None:
    hue = from_hex(brand).hue
    for _, scheme in schemes(palette(brand)):
        strong = from_hex(scheme.surface_strong)
        assert strong.chroma > 0.012
        assert abs((strong.hue - hue + 180) % 360 - 180) < 20


def test_a_grey_brand_gives_greys() -> None:
    messages = {name for kind in FEEDBACK for name in (kind, f"{kind}_surface")}
    for brand in ("#000000", "#7f7f7f", "#ffffff"):
        for _, scheme in schemes(palette(brand)):
            for name in FIELDS:
                if name not in messages and name != "visited":
                    assert from_hex(getattr(scheme, name)).chroma < 0.005, name


def test_two_towns_look_different_and_messages_the_same() -> None:
    blue, red = palette("#0b4ea2"), palette("#c8102e")
    for one, other in zip(schemes(blue), schemes(red), strict=True):
        assert one[1].band != other[1].band
        assert one[1].surface_strong != other[1].surface_strong
        assert one[1].danger == other[1].danger


@pytest.mark.parametrize("brand", ["", "blue", "#fff", "#12345", "url(x)", "#000000;}*{display:none}"])
def test_only_a_colour_is_a_brand(brand: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        palette(brand)


def test_every_colour_of_a_scheme_stands_in_a_pair_or_is_decoration() -> None:
    paired = {name for pair in PAIRS for name in (pair.foreground, pair.background)}
    assert set(FIELDS) - paired == {"border_soft", "band_line"}
    assert paired <= set(FIELDS)
