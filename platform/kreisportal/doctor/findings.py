"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """OK; WARNING: it works, but somebody should look; FAULT: it must not go on like this."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what, how it is, and what to do if that is not as it should be."""

    level: Level
    what: str
    state: str
    advice: str = ""


def ok(what: str, state: str) -> Finding:
    """All is as it should be."""
    return Finding(Level.OK, what, state)


def warning(what: str, state: str, advice: str) -> Finding:
    """It works, but somebody should look."""
    return Finding(Level.WARNING, what, state, advice)


def fault(what: str, state: str, advice: str) -> Finding:
    """It must not go on like this."""
    return Finding(Level.FAULT, what, state, advice)
