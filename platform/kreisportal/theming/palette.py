"""A town's light and dark colours, computed from its one brand colour.

The brand gives hue and liveliness; lightness is moved as far as contrast asks for (see ``pairs``) and no
further, so that a town keeps its character and everybody can read it. Any colour works, white and black too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kreisportal.theming.contrast import LARGE, TEXT, contrast
from kreisportal.theming.oklch import Oklch, from_hex, to_hex

NEUTRAL_BRAND = "#31507c"
"""What pages are coloured from that belong to no town, and the style sheet before a town's theme arrives."""

_WHITE = "#ffffff"
_STEP = 0.005
# A brand that white text cannot stand on is darkened by up to this much; beyond it the text turns dark
# instead, because a darkened yellow would no longer be the town's yellow.
_MOST_DARKENING = 0.10


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
    origin = from_hex(brand)
    return Palette(brand.lower(), _light(brand.lower(), origin), _dark(origin))


# Messages look the same in every town: red means the same everywhere. Hues are those of KERN.
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


def _light(brand: str, origin: Oklch) -> Scheme:
    tint = _tints(origin)
    surface, strong, pressed = tint(0.974, 0.011), tint(0.94, 0.026), tint(0.905, 0.038)
    under = [_WHITE, surface, strong, pressed]
    under_links = [*under, *(_LIGHT_FEEDBACK[f"{kind}_surface"] for kind in _KINDS)]
    # A grey brand cannot tell links by its hue; near black it does so by weight.
    deepest = 0.52 if origin.chroma > 0.03 else 0.32
    action = _reach(_deep(origin, min(origin.lightness, deepest)), under_links, TEXT, -_STEP)
    band, on_band = _light_band(brand, origin)
    text = tint(0.225, 0.03)
    return Scheme(
        background=_WHITE,
        surface=surface,
        surface_strong=strong,
        surface_pressed=pressed,
        inverted=tint(0.26, 0.05),
        on_inverted=_WHITE,
        text=text,
        muted=_reach(Oklch(0.45, min(origin.chroma, 0.03), origin.hue), under, TEXT, -_STEP),
        border=_reach(Oklch(0.62, min(origin.chroma, 0.03), origin.hue), under, LARGE, -_STEP),
        border_soft=tint(0.87, 0.025),
        input_border=tint(0.38, 0.04),
        focus=tint(0.25, 0.06),
        action=action,
        on_action=_WHITE,
        action_hover=_shade(action, _WHITE, _WHITE),
        action_active=_shade(_shade(action, _WHITE, _WHITE), _WHITE, _WHITE),
        visited=_reach(Oklch(0.43, 0.14, _visited_hue(origin)), under_links, TEXT, -_STEP),
        band=band,
        on_band=on_band,
        band_strong=_shade(band, on_band),
        band_line=action if contrast(band, _WHITE) < 1.5 else _shade(band, on_band),
        **_LIGHT_FEEDBACK,
    )


def _dark(origin: Oklch) -> Scheme:
    tint = _tints(origin)
    background, surface = tint(0.175, 0.012), tint(0.22, 0.016)
    strong, pressed = tint(0.265, 0.022), tint(0.315, 0.028)
    under = [background, surface, strong, pressed]
    under_links = [*under, *(_DARK_FEEDBACK[f"{kind}_surface"] for kind in _KINDS)]
    lively = Oklch(max(origin.lightness, 0.76), min(origin.chroma, 0.14), origin.hue)
    action = _reach(lively, under_links, TEXT, _STEP)
    ink = tint(0.15, 0.02)
    on_band = tint(0.985, 0.005)
    band = _reach(_deep(origin, min(max(origin.lightness, 0.29), 0.40), 0.13), [on_band], TEXT, -_STEP)
    return Scheme(
        background=background,
        surface=surface,
        surface_strong=strong,
        surface_pressed=pressed,
        inverted=tint(0.93, 0.01),
        on_inverted=ink,
        text=tint(0.95, 0.008),
        muted=_reach(Oklch(0.80, min(origin.chroma, 0.02), origin.hue), under, TEXT, _STEP),
        border=_reach(Oklch(0.55, min(origin.chroma, 0.03), origin.hue), under, LARGE, _STEP),
        border_soft=tint(0.36, 0.03),
        input_border=tint(0.80, 0.02),
        focus=tint(0.95, 0.03),
        action=action,
        on_action=ink,
        action_hover=_shade(action, ink, background),
        action_active=_shade(_shade(action, ink, background), ink, background),
        visited=_reach(Oklch(0.80, 0.10, _visited_hue(origin)), under_links, TEXT, _STEP),
        band=band,
        on_band=on_band,
        band_strong=_shade(band, on_band),
        band_line=to_hex(Oklch(0.55, min(origin.chroma, 0.14), origin.hue)),
        **_DARK_FEEDBACK,
    )


_KINDS = ("danger", "info", "success", "warning")


def _tints(origin: Oklch) -> Callable[[float, float], str]:
    """A function (lightness, most chroma) → colour of the brand's hue; a grey brand gives greys."""
    return lambda lightness, chroma: to_hex(Oklch(lightness, min(origin.chroma, chroma), origin.hue))


def _light_band(brand: str, origin: Oklch) -> tuple[str, str]:
    """The band at the top in light mode, and the text on it: the brand itself wherever that can be read."""
    darkened = _reach(origin, [_WHITE], TEXT, -_STEP) if contrast(brand, _WHITE) < TEXT else brand
    if origin.lightness - from_hex(darkened).lightness <= _MOST_DARKENING:
        return darkened, _WHITE
    ink = Oklch(0.24, min(origin.chroma, 0.05), origin.hue)
    return brand, _reach(ink, [brand], TEXT, -_STEP)


def _deep(origin: Oklch, lightness: float, most_chroma: float = 0.4) -> Oklch:
    """The brand at a lower lightness. Yellow turns amber on the way: darkened as it is, it looks mouldy."""
    hue = origin.hue
    if 70 < hue < 125:
        distance = min(max(origin.lightness - lightness, 0.0) / 0.35, 1.0)
        hue -= (hue - 70) * 0.8 * distance
    return Oklch(lightness, min(origin.chroma, most_chroma), hue)


def _visited_hue(origin: Oklch) -> float:
    """Violet, as people know it; magenta where the brand is violet itself."""
    return 355.0 if origin.chroma > 0.04 and 275 < origin.hue < 345 else 310.0


def _reach(start: Oklch, against: Sequence[str], minimum: float, step: float) -> str:
    """The first colour from ``start`` on, lightness going by ``step``, with enough contrast to all ``against``.

    Ends at black or white at the latest; ``against`` must be such that one of them suffices.
    """
    lightness = start.lightness
    while True:
        colour = to_hex(Oklch(lightness, start.chroma, start.hue))
        if all(contrast(colour, other) >= minimum for other in against):
            return colour
        if not 0 <= lightness <= 1:
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
