"""The face of a town: its colours computed from one brand colour, and the static files of the pages."""

from kreisportal.theming.palette import Palette, Scheme, palette
from kreisportal.theming.stylesheet import theme_css

__all__ = ["Palette", "Scheme", "palette", "theme_css"]
