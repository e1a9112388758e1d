"""Levels of trust (Vertrauensniveau): how surely it is known who somebody is. The lowest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

Level = Literal["basic", "substantial", "high"]
LEVELS: tuple[Level, ...] = get_args(Level)


def highest(levels: Iterable[str]) -> str:
    """The highest of these; "none" if none of them is a level."""
    return max((level for level in levels if level in LEVELS), key=LEVELS.index, default="none")


def reaches(level: str | None, needed: str) -> bool:
    """Whether ``level`` is enough where ``needed`` is asked for. What is no level reaches none, and "none" needs none."""
    if needed not in LEVELS:
        return needed == "none"
    return level in LEVELS and LEVELS.index(level) >= LEVELS.index(needed)
