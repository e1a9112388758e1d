"""Who of an office has read a case: written down at every look, for the applicant to see."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from kreisportal.cases.models import Case, CaseReading
from kreisportal.kernel.database import Context

What = Literal["case", "copy", "letter", "document"]

# Going back and forth within a case is one look at it.
_NOTE = text(
    "INSERT INTO case_readings (tenant_id, case_id, staff_id, role, what)"
    " SELECT :tenant, :case, :staff, :role, :what WHERE NOT EXISTS ("
    "  SELECT FROM case_readings WHERE tenant_id = :tenant AND case_id = :case AND staff_id = :staff"
    "  AND what = :what AND at > now() - interval '10 minutes')"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A look at a case: when, at which authority, in which role; ``what`` was looked at."""

    tenant_id: int
    case_id: uuid.UUID
    at: datetime.datetime
    role: str
    what: What


def note_reading(session: Session, context: Context, case_id: uuid.UUID, role: str, what: What) -> None:
    """Write down that the member of staff whom ``context`` names looks at a case; within ten minutes once."""
    looked = {"tenant": context.tenant_id, "case": case_id, "staff": context.staff_id}
    session.execute(_NOTE, {**looked, "role": role, "what": what})


def readings_of_case(session: Session, case_id: uuid.UUID, most: int = 20) -> Sequence[Reading]:
    """The last looks at a case where it is now, newest first."""
    return _read(session, _newest(most).where(CaseReading.case_id == case_id))


def readings_of_account(session: Session, most: int, offset: int = 0) -> Sequence[Reading]:
    """Looks at all cases of the account that the transaction acts for, in all towns, newest first."""
    return _read(session, _newest(most).offset(offset))


def numbers_of(session: Session, cases: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Number and service of the account's cases, by their ids."""
    found = session.execute(
        select(Case.id, Case.number, Case.service_key).where(
            Case.id.in_(set(cases)), Case.went_to_id.is_(None)
        )
    )
    return {row.id: (row.number, row.service_key) for row in found}


def _newest(most: int) -> Select[int, uuid.UUID, datetime.datetime, str, str]:
    columns = (CaseReading.tenant_id, CaseReading.case_id, CaseReading.at, CaseReading.role, CaseReading.what)
    return select(*columns).order_by(CaseReading.at.desc(), CaseReading.id.desc()).limit(most)


def _read(session: Session, query: Select[int, uuid.UUID, datetime.datetime, str, str]) -> Sequence[Reading]:
    return [Reading(row.tenant_id, row.case_id, row.at, row.role, row.what) for row in session.execute(query)]
