"""What an applicant can do with a case that was sent: confirm the address, answer, add a file, withdraw."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy.orm import Session

from kreisportal.cases import queries
from kreisportal.cases.errors import CaseClosedError
from kreisportal.cases.journal import add_event
from kreisportal.cases.models import Case
from kreisportal.cases.status import OPEN_STATES, CaseState
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import NotFoundError
from kreisportal.notifications.service import queue_mail


def load(session: Session, case_id: uuid.UUID, *, lock: bool = False) -> Case:
    """The case. Raises NotFoundError when it is not there or not this applicant's."""
    row = queries.case(session, case_id, lock=lock)
    if row is None:
        raise NotFoundError
    return row


def _open(session: Session, case_id: uuid.UUID) -> Case:
    row = load(session, case_id, lock=True)
    if CaseState(row.state) not in OPEN_STATES:
        raise CaseClosedError
    return row


def confirm_address(session: Session, context: Context, case_id: uuid.UUID) -> Case:
    """The applicant's address is confirmed; from now on it gets mails. Confirming again changes nothing."""
    row = load(session, case_id, lock=True)
    if row.email_confirmed_at is None and row.email:
        row.email_confirmed_at = clock.now()
        add_event(session, context, row, "address-confirmed")
        queue_mail(session, row.tenant_id, row.email, row.language, "application_received", {}, row.id)
    return row


def answer(
    session: Session, context: Context, case_id: uuid.UUID, message: str, documents: list[str]
) -> Case:
    """A message of the applicant, an answer if the office had asked; files by their ids. Raises CaseClosedError."""
    row = _open(session, case_id)
    add_event(session, context, row, "message", data={"documents": documents}, content={"text": message})
    if row.state == CaseState.WAITING:
        row.state = CaseState.IN_PROGRESS if row.assignee_id else CaseState.NEW
    session.flush()
    return row


def withdraw(session: Session, context: Context, case_id: uuid.UUID, retention_days: int) -> Case:
    """The applicant takes the application back. Raises CaseClosedError when it is too late for that."""
    row = _open(session, case_id)
    row.state = CaseState.WITHDRAWN
    row.closed_at = clock.now()
    row.delete_on = clock.today() + datetime.timedelta(days=retention_days)
    add_event(session, context, row, "withdrawn")
    return row
