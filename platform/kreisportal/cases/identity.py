"""How surely it is known who applied: kept in the case's chain as it was at sending, and raised by the office only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kreisportal.cases.models import CaseEvent
from kreisportal.kernel.levels import LEVELS, reaches

NONE = "none"
"""The level of somebody who has applied without signing in."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A level of trust, by what it was shown (a word of sessions' means) and when.

    ``name`` is what a provider has told of the person's name: what was typed in the form may be another.
    """

    level: str = NONE
    by: str | None = None
    at: datetime | None = None
    name: str = ""

    def data(self) -> dict[str, Any]:
        """What the chain keeps for ever: nothing personal."""
        if self.level not in LEVELS:
            return {"level": NONE}
        return {"level": self.level, "by": self.by, "at": self.at.isoformat() if self.at else None}


GUEST = Shown()


def identity_of(events: Iterable[CaseEvent]) -> Shown | None:
    """The surest that a case's events tell; None for a case that was sent before this was kept."""
    found: Shown | None = None
    for event in events:
        told = event.data.get("identity")
        if told is not None and (found is None or reaches(told["level"], found.level)):
            found = _read(told, event.content or {})
    return found


def _read(told: Mapping[str, Any], content: Mapping[str, Any]) -> Shown:
    at = datetime.fromisoformat(told["at"]) if told.get("at") else None
    return Shown(told["level"], told.get("by"), at, content.get("shown_name", ""))
