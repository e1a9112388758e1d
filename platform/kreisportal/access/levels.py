"""Levels of trust, under the name by which faces know them; see ``kernel/levels.py``."""

from __future__ import annotations

from kreisportal.kernel.levels import LEVELS, Level, reaches

__all__ = ["LEVELS", "Level", "reaches"]
