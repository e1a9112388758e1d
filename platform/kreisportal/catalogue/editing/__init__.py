"""What editors of the catalogue are told: findings that fail a build, and figures on how texts read."""

from kreisportal.catalogue.editing.check import check
from kreisportal.catalogue.editing.figures import Figures, figures_of
from kreisportal.catalogue.editing.findings import Finding

__all__ = ["Figures", "Finding", "check", "figures_of"]
