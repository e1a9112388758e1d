"""The states of a case at the desk, and the public words for them."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands for the office."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    PASSED_ON = "passed_on"


OPEN_STATES = (CaseState.NEW, CaseState.IN_PROGRESS, CaseState.WAITING)


class PublicStatus(StrEnum):
    """The status words of the federal mailbox (Zentrales Bürgerpostfach), as the applicant is told them."""

    INITIATED = "INITIATED"
    SUBMITTED = "SUBMITTED"
    RECEIVED = "RECEIVED"
    PROCESSING = "PROCESSING"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    COMPLETED = "COMPLETED"


_PUBLIC = {
    CaseState.NEW: PublicStatus.RECEIVED,
    CaseState.IN_PROGRESS: PublicStatus.PROCESSING,
    CaseState.WAITING: PublicStatus.ACTION_REQUIRED,
    CaseState.DECIDED: PublicStatus.COMPLETED,
    CaseState.WITHDRAWN: PublicStatus.COMPLETED,
    # Whoever holds the secret is led on to the case where it is now, so this is only seen for a moment.
    CaseState.PASSED_ON: PublicStatus.RECEIVED,
}


def public_status(state: str) -> PublicStatus:
    """The public word for a state of the desk."""
    return _PUBLIC[CaseState(state)]
