"""What became of a brand colour: where it is used as it is, where it was changed, and how well one can read on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kreisportal.theming.contrast import contrast
from kreisportal.theming.palette import Palette, Scheme


class Band(StrEnum):
    """What the band on top of a light page had to become."""

    AS_IT_IS = "as-it-is"
    DARK_TEXT = "dark-text"
    DARKENED = "darkened"


@dataclass(frozen=True, slots=True)
class Use:
    """A colour on what it stands on or beside, ``contrast`` being 1 to 21."""

    colour: str
    contrast: float


@dataclass(frozen=True, slots=True)
class Uses:
    """The brand in one mode: the band with its text, and what can be pressed on the page."""

    band: Use
    action: Use


@dataclass(frozen=True, slots=True)
class Outcome:
    """All of it."""

    band: Band
    light: Uses
    dark: Uses


def outcome_of(palette: Palette) -> Outcome:
    """What became of the colour that a palette was made from."""
    light = palette.light
    as_it_is = Band.AS_IT_IS if light.on_band == "#ffffff" else Band.DARK_TEXT
    band = as_it_is if light.band == palette.brand else Band.DARKENED
    return Outcome(band, _uses(light), _uses(palette.dark))


def _uses(scheme: Scheme) -> Uses:
    return Uses(
        Use(scheme.band, contrast(scheme.band, scheme.on_band)),
        Use(scheme.action, contrast(scheme.action, scheme.background)),
    )
