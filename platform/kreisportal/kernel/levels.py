"""Levels of trust (Vertrauensniveau): how surely it is known who somebody is. The lowest first."""

from __future__ import annotations

from typing import Literal, get_args

Level = Literal["basic", "substantial", "high"]
LEVELS: tuple[Level, ...] = get_args(Level)


def reaches(level: str | None, needed: str) -> bool:
    """Whether ``level`` is enough where ``needed`` is asked for. What is no level reaches none, and "none" needs none."""
    if needed not in LEVELS:
        return needed == "none"
    return level in LEVELS and LEVELS.index(level) >= LEVELS.index(needed)
