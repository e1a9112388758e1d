"""Contrast as WCAG 2.2 defines it (success criteria 1.4.3 and 1.4.11)."""

from __future__ import annotations

from kreisportal.theming.oklch import linear_rgb

TEXT = 4.5
"""Least contrast of text with what it stands on."""

LARGE = 3.0
"""Least contrast of large text, of edges and symbols of controls, and of the focus ring."""


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour ``#rrggbb``: 0 for black to 1 for white."""
    red, green, blue = linear_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours ``#rrggbb``, from 1 to 21; their order does not matter."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
