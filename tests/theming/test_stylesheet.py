from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kreisportal.theming import palette, theme_css
from kreisportal.theming.stylesheet import base_css
from tests.theming.gallery import ROOT, THEME

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
KERN = ROOT / "node_modules/@kern-ux/native/src/scss/core"


def properties(css: str) -> set[str]:
    return set(re.findall(r"(--[a-z0-9-]+):", css))


@given(colours)
def test_a_theme_is_small_and_nothing_but_colours(brand: str) -> None:
    css = theme_css(palette(brand))
    assert len(css.encode()) <= 4096
    rest = re.sub(r"--[a-z0-9-]+:#[0-9a-f]{6};?", "", css)
    assert rest == (
        ":root,[data-kern-theme=light]{}"
        "@media (prefers-color-scheme:dark){:root:not([data-kern-theme=light]){}}"
        "[data-kern-theme=dark]{}"
    )


def test_light_and_dark_set_the_same_properties() -> None:
    made = palette("#0b4ea2")
    blocks = re.findall(r"\{([^{}]+)\}", theme_css(made))
    assert len(blocks) == 3
    assert properties(blocks[0]) == properties(blocks[1]) == properties(blocks[2])
    assert made.light.action in blocks[0]
    assert made.dark.action in blocks[1]
    assert blocks[1] == blocks[2]


def test_kern_knows_the_properties_that_are_set() -> None:
    sources = "".join(file.read_text("utf-8") for file in sorted(KERN.rglob("*.scss")))
    for name in properties(base_css(palette("#0b4ea2"))):
        assert name.startswith("--kp-") or f"{name}:" in sources, name


def test_every_colour_the_style_sheet_asks_for_is_set() -> None:
    """A property that nobody sets would leave a hole: text without colour, a field without an edge."""
    css = "".join(file.read_text("utf-8") for file in sorted((THEME / "scss").glob("*.scss")))
    given_ = properties(base_css(palette("#0b4ea2"))) | properties(css)
    asked = set(re.findall(r"var\((--(?:kern-color|kp)-[a-z0-9-]+)", css))
    assert asked - given_ == set()
