"""Colours as lightness, chroma and hue (OKLCH), and the way from and to sRGB.

Equal steps of lightness look equally large in OKLCH, whatever the hue. That is why a palette is computed in
it. Source of the matrices: Björn Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_GAMUT_STEPS = 24
# Rounding in the matrices leaves greys with a chroma of about 1e-8; below this a colour has no hue.
_ACHROMATIC = 1e-4

Linear = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Oklch:
    """``lightness`` 0 (black) to 1 (white), ``chroma`` 0 (grey) to about 0.37, ``hue`` in degrees."""

    lightness: float
    chroma: float
    hue: float


def is_hex(text: str) -> bool:
    """Whether ``text`` is a colour written ``#rrggbb``."""
    return _HEX.fullmatch(text) is not None


def linear_rgb(colour: str) -> Linear:
    """The linear-light red, green and blue (0 to 1) of an sRGB colour ``#rrggbb``.

    Raises ValueError for anything else.
    """
    if not is_hex(colour):
        raise ValueError(f"not a colour of the form #rrggbb: {colour!r}")
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return red, green, blue


def from_hex(colour: str) -> Oklch:
    """An sRGB colour ``#rrggbb`` in OKLCH. Greys get hue 0. Raises ValueError for anything else."""
    red, green, blue = linear_rgb(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    chroma = math.hypot(a, b)
    if chroma < _ACHROMATIC:
        return Oklch(min(lightness, 1.0), 0.0, 0.0)
    return Oklch(lightness, chroma, math.degrees(math.atan2(b, a)) % 360)


def to_hex(colour: Oklch) -> str:
    """The sRGB colour ``#rrggbb`` for ``colour``; where sRGB cannot show it, with less chroma.

    Lightness and hue are kept, because contrast hangs on the first and a town's character on the second.
    """
    lightness = min(max(colour.lightness, 0.0), 1.0)
    within, beyond = 0.0, max(colour.chroma, 0.0)
    if _in_gamut(_to_linear(lightness, beyond, colour.hue)):
        within = beyond
    else:
        for _ in range(_GAMUT_STEPS):
            middle = (within + beyond) / 2
            if _in_gamut(_to_linear(lightness, middle, colour.hue)):
                within = middle
            else:
                beyond = middle
    channels = (round(_encoded(value) * 255) for value in _to_linear(lightness, within, colour.hue))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _to_linear(lightness: float, chroma: float, hue: float) -> Linear:
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _in_gamut(linear: Linear) -> bool:
    # Half of one of 255 steps near black, the finest place, is about 0.00015 in linear light.
    return all(-0.00015 <= value <= 1.00015 for value in linear)


def _linear(encoded: float) -> float:
    return encoded / 12.92 if encoded <= 0.04045 else ((encoded + 0.055) / 1.055) ** 2.4


def _encoded(linear: float) -> float:
    value = min(max(linear, 0.0), 1.0)
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
