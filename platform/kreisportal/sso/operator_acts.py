"""What an operator does by a command, and the region's audit, which tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from kreisportal.audit import service as audit
from kreisportal.commands import open_database
from kreisportal.kernel.database.context import REGION
from kreisportal.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class OperatorAct:
    """A transaction of the region for one act."""

    session: Session
    settings: Settings

    def note(self, action: str, kind: str, subject: str, **data: Any) -> None:
        """Write down that something was done to a subject of this kind."""
        audit.record(self.session, REGION, action, kind, subject, **data)


@contextmanager
def operator_act() -> Iterator[OperatorAct]:
    """A transaction for one act."""
    settings = read_settings()
    with open_database() as database, database.transaction(REGION) as session:
        yield OperatorAct(session, settings)
