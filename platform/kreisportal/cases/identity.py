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


OFFICE = "office"
"""By what it was shown: ``office:passport`` and the like, seen by two of the office."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A level of trust, by what it was shown (a word of sessions' means) and when.

    ``name`` is what a provider has told of the person's name: what was typed in the form may be another. An account's
    owner may have been seen in person before, by the tenant ``confirmed_in`` at ``confirmed_at``. ``email`` is the
    account's address, which its owner has confirmed.
    """

    level: str = NONE
    by: str | None = None
    at: datetime | None = None
    name: str = ""
    confirmed_in: int | None = None
    confirmed_at: datetime | None = None
    email: str = ""

    def data(self) -> dict[str, Any]:
        """What the chain keeps for ever: nothing personal."""
        if self.level not in LEVELS:
            return {"level": NONE}
        told: dict[str, Any] = {
            "level": self.level,
            "by": self.by,
            "at": self.at.isoformat() if self.at else None,
        }
        if self.confirmed_in is not None and self.confirmed_at is not None:
            told |= {"confirmed_in": self.confirmed_in, "confirmed_at": self.confirmed_at.isoformat()}
        return told


GUEST = Shown()


def identity_of(events: Iterable[CaseEvent]) -> Shown | None:
    """The surest that a case's events tell; None for a case that was sent before this was kept.

    What the office has confirmed counts until it takes that back.
    """
    found: Shown | None = None
    sent: Shown | None = None
    for event in events:
        if event.kind == "submitted":
            sent = _read(event.data["identity"], event.content or {}) if "identity" in event.data else None
        elif event.kind == "identity-revoked":
            found = sent
        told = event.data.get("identity")
        if told is not None and (found is None or reaches(told["level"], found.level)):
            found = _read(told, event.content or {})
    return found


def _read(told: Mapping[str, Any], content: Mapping[str, Any]) -> Shown:
    at, confirmed_at = (
        datetime.fromisoformat(told[key]) if told.get(key) else None for key in ("at", "confirmed_at")
    )
    name = content.get("shown_name", "")
    return Shown(told["level"], told.get("by"), at, name, told.get("confirmed_in"), confirmed_at)
