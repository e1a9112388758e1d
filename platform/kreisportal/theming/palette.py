"""A town's light and dark colours, computed from its one brand colour.

The brand gives hue and liveliness; lightness is moved as far as contrast asks for (see ``pairs``) and no
further, so that a town keeps its character and everybody can read it. Any colour works, white and black too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kreisportal.theming.contrast import LARGE, TEXT, contrast
from kreisportal.theming.oklch import Oklch, from_hex, to_hex
from kreisportal.theming.pairs import FEEDBACK_SURFACES

NEUTRAL_BRAND = "#31507c"
"""What pages are coloured from that belong to no town, and the style sheet before a town's theme arrives."""

_WHITE = "#ffffff"
_DARKER = -0.005
_LIGHTER = 0.005
# A brand that white text cannot stand on is darkened by up to this much; beyond it the text turns dark
# instead, because a darkened yellow would no longer be the town's yellow.
_MOST_DARKENING = 0.10
# Below this chroma a brand is a grey to the eye.
_GREY = 0.03


@dataclass(frozen=True, slots=True)
class Scheme:
    """The colours of one mode, each ``#rrggbb``. ``pairs`` says what stands on what."""

    background: str
    surface: str
    surface_strong: str
    surface_pressed: str
    inverted: str
    on_inverted: str
    text: str
    muted: str
    border: str
    border_soft: str
    input_border: str
    focus: str
    action: str
    on_action: str
    action_hover: str
    action_active: str
    visited: str
    band: str
    on_band: str
    band_strong: str
    band_line: str
    danger: str
    danger_surface: str
    info: str
    info_surface: str
    success: str
    success_surface: str
    warning: str
    warning_surface: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a town: ``brand`` as given, and what was computed from it for both modes."""

    brand: str
    light: Scheme
    dark: Scheme


def palette(brand: str) -> Palette:
    """The palette for a brand colour ``#rrggbb``. Raises ValueError for anything else."""
    tones = _Tones(from_hex(brand))
    return Palette(brand.lower(), _light(brand.lower(), tones), _dark(tones))


# Messages look the same in every town, because red means the same everywhere. The hues are KERN's.
_LIGHT_FEEDBACK = {
    "danger": "#b81410",
    "danger_surface": "#fee9e6",
    "info": "#005f7d",
    "info_surface": "#dcf6ff",
    "success": "#00634a",
    "success_surface": "#dcf5eb",
    "warning": "#804900",
    "warning_surface": "#ffefcf",
}
_DARK_FEEDBACK = {
    "danger": "#ff9a8b",
    "danger_surface": "#470806",
    "info": "#4fc3ee",
    "info_surface": "#042c3b",
    "success": "#4fcaa5",
    "success_surface": "#062d21",
    "warning": "#f5a52f",
    "warning_surface": "#372104",
}


@dataclass(frozen=True, slots=True)
class _Tones:
    """The brand in other lightnesses."""

    brand: Oklch

    def at(self, lightness: float, most_chroma: float) -> Oklch:
        """The brand's hue at ``lightness``, no livelier than ``most_chroma`` and than the brand itself."""
        return Oklch(lightness, min(self.brand.chroma, most_chroma), self.brand.hue)

    def tint(self, lightness: float, most_chroma: float) -> str:
        """:meth:`at` as ``#rrggbb``."""
        return to_hex(self.at(lightness, most_chroma))

    def deep(self, lightness: float, most_chroma: float = 0.4) -> Oklch:
        """:meth:`at`, but yellow turns amber on its way down: darkened as it is, it looks mouldy."""
        tone = self.at(lightness, most_chroma)
        if not 70 < tone.hue < 125:
            return tone
        way = min(max(self.brand.lightness - lightness, 0.0) / 0.35, 1.0)
        return Oklch(tone.lightness, tone.chroma, tone.hue - (tone.hue - 70) * 0.8 * way)

    def visited(self, lightness: float, chroma: float) -> Oklch:
        """Violet, as people know links they have been to; magenta where the brand is violet itself."""
        violet = self.brand.chroma > _GREY and 275 < self.brand.hue < 345
        return Oklch(lightness, chroma, 355.0 if violet else 310.0)


def _light(brand: str, tones: _Tones) -> Scheme:
    surface, strong, pressed = tones.tint(0.974, 0.011), tones.tint(0.94, 0.026), tones.tint(0.905, 0.038)
    under = [_WHITE, surface, strong, pressed]
    under_links = [*under, *(_LIGHT_FEEDBACK[name] for name in FEEDBACK_SURFACES)]
    # A grey brand cannot tell links by their hue, so it does by weight, near black.
    lightest_action = 0.52 if tones.brand.chroma > _GREY else 0.32
    action = _reach(tones.deep(min(tones.brand.lightness, lightest_action)), under_links, TEXT, _DARKER)
    hover = _shade(action, _WHITE, _WHITE)
    band, on_band = _light_band(brand, tones)
    return Scheme(
        background=_WHITE,
        surface=surface,
        surface_strong=strong,
        surface_pressed=pressed,
        inverted=tones.tint(0.26, 0.05),
        on_inverted=_WHITE,
        text=tones.tint(0.225, 0.03),
        muted=_reach(tones.at(0.45, 0.03), under, TEXT, _DARKER),
        border=_reach(tones.at(0.62, 0.03), under, LARGE, _DARKER),
        border_soft=tones.tint(0.87, 0.025),
        input_border=tones.tint(0.38, 0.04),
        focus=tones.tint(0.25, 0.06),
        action=action,
        on_action=_WHITE,
        action_hover=hover,
        action_active=_shade(hover, _WHITE, _WHITE),
        visited=_reach(tones.visited(0.43, 0.14), under_links, TEXT, _DARKER),
        band=band,
        on_band=on_band,
        band_strong=_shade(band, on_band),
        band_line=action if contrast(band, _WHITE) < 1.5 else _shade(band, on_band),
        **_LIGHT_FEEDBACK,
    )


def _dark(tones: _Tones) -> Scheme:
    background, surface = tones.tint(0.175, 0.012), tones.tint(0.22, 0.016)
    strong, pressed = tones.tint(0.265, 0.022), tones.tint(0.315, 0.028)
    under = [background, surface, strong, pressed]
    under_links = [*under, *(_DARK_FEEDBACK[name] for name in FEEDBACK_SURFACES)]
    ink, on_band = tones.tint(0.15, 0.02), tones.tint(0.985, 0.005)
    # In the dark a middling grey looks switched off, so a grey brand acts near white.
    darkest_action = 0.76 if tones.brand.chroma > _GREY else 0.92
    bright = tones.at(max(tones.brand.lightness, darkest_action), 0.14)
    action = _reach(bright, under_links, TEXT, _LIGHTER)
    hover = _shade(action, ink, background)
    band = tones.deep(min(max(tones.brand.lightness, 0.29), 0.40), 0.13)
    band_colour = _reach(band, [on_band], TEXT, _DARKER)
    return Scheme(
        background=background,
        surface=surface,
        surface_strong=strong,
        surface_pressed=pressed,
        inverted=tones.tint(0.93, 0.01),
        on_inverted=ink,
        text=tones.tint(0.95, 0.008),
        muted=_reach(tones.at(0.80, 0.02), under, TEXT, _LIGHTER),
        border=_reach(tones.at(0.55, 0.03), under, LARGE, _LIGHTER),
        border_soft=tones.tint(0.36, 0.03),
        input_border=tones.tint(0.80, 0.02),
        focus=tones.tint(0.95, 0.03),
        action=action,
        on_action=ink,
        action_hover=hover,
        action_active=_shade(hover, ink, background),
        visited=_reach(tones.visited(0.80, 0.10), under_links, TEXT, _LIGHTER),
        band=band_colour,
        on_band=on_band,
        band_strong=_shade(band_colour, on_band),
        band_line=tones.tint(0.55, 0.14),
        **_DARK_FEEDBACK,
    )


def _light_band(brand: str, tones: _Tones) -> tuple[str, str]:
    """The band at the top in light mode, and the text on it: the brand itself wherever that can be read."""
    darkened = brand if contrast(brand, _WHITE) >= TEXT else _reach(tones.brand, [_WHITE], TEXT, _DARKER)
    if tones.brand.lightness - from_hex(darkened).lightness <= _MOST_DARKENING:
        return darkened, _WHITE
    return brand, _reach(tones.at(0.24, 0.05), [brand], TEXT, _DARKER)


def _reach(start: Oklch, against: Sequence[str], minimum: float, step: float) -> str:
    """The first colour from ``start`` on, lightness going by ``step``, with enough contrast to ``against``.

    Ends at black or white at the latest; ``against`` must be such that one of them suffices.
    """
    lightness = start.lightness
    while True:
        colour = to_hex(Oklch(lightness, start.chroma, start.hue))
        enough = all(contrast(colour, other) >= minimum for other in against)
        if enough or not 0 <= lightness <= 1:
            return colour
        lightness += step


def _shade(colour: str, text: str, beside: str | None = None) -> str:
    """A neighbour of ``colour`` that still bears ``text`` and stands out from ``beside``.

    Darker where that can be, for a pressed button looks sunk; near black it is lighter.
    """
    origin = from_hex(colour)
    darker, lighter = (-0.07, -0.04), (0.10, 0.07, 0.04)
    for delta in (*lighter, *darker) if origin.lightness < 0.2 else (*darker, *lighter):
        lightness = min(max(origin.lightness + delta, 0.0), 1.0)
        shade = to_hex(Oklch(lightness, origin.chroma, origin.hue))
        stands_out = beside is None or contrast(shade, beside) >= LARGE
        if shade != colour and contrast(text, shade) >= TEXT and stands_out:
            return shade
    return colour
