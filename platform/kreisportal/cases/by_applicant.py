"""What an applicant can do with a case that was sent: confirm the address, answer, add a file, withdraw."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy.orm import Session

from kreisportal.cases import queries
from kreisportal.cases.errors import CaseClosedError
from kreisportal.cases.events import ANSWERED, WITHDRAWN
from kreisportal.cases.journal import add_event
from kreisportal.cases.models import Case
from kreisportal.cases.status import OPEN_STATES, CaseState
from kreisportal.jobs import defer
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.database.together import Row, add_together
from kreisportal.kernel.errors import NotAllowedError, NotFoundError
from kreisportal.mandates.service import note_act
from kreisportal.notifications.limits import may_mail
from kreisportal.notifications.models import Mail
from kreisportal.notifications.service import mail_to_add, queue_mail


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


def ask_to_confirm(session: Session, case: Case) -> bool:
    """Mail the link that confirms the applicant's address, the only mail to one that is not confirmed.

    False when there is none to confirm, or it has had too many of them lately.
    """
    if case.email_confirmed_at:
        return False
    mail = confirmation(session, case.tenant_id, case.id, case.email, case.language)
    if mail:
        add_together(session, *mail)
    return bool(mail)


def confirmation(
    session: Session, tenant_id: int, case_id: uuid.UUID, email: str | None, language: str
) -> list[tuple[type[Mail], Row]]:
    """The mail with the link that confirms an applicant's address, to be added; none as above."""
    if not email or not may_mail(session, tenant_id, email, "confirm"):
        return []
    return [mail_to_add(session, tenant_id, email, language, "confirm_address", {}, case_id)[1]]


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
    """A message of the applicant, an answer if the office had asked; files by their ids. Raises CaseClosedError.

    A case that waited goes on where it was, and is due later by the days that it waited.
    """
    row = _open(session, case_id)
    if row.state == CaseState.WAITING:
        row.state = CaseState.IN_PROGRESS if row.assignee_id else CaseState.NEW
        row.due_on += _waited(session, row)
    data = {"documents": documents, "state": row.state, "due_on": row.due_on.isoformat()}
    add_event(session, context, row, "message", data=data, content={"text": message})
    note_act(session, context, "answered")
    if not row.unread:
        # Once until somebody has looked: more would be a flood.
        defer(session, ANSWERED, row.tenant_id, case_id=row.id)
    row.unread = True
    session.flush()
    return row


def _waited(session: Session, case: Case) -> datetime.timedelta:
    asked = queries.last_asked(session, case.id)
    return clock.today() - asked.astimezone(clock.LOCAL_ZONE).date() if asked else datetime.timedelta()


def withdraw(session: Session, context: Context, case_id: uuid.UUID, retention_days: int) -> Case:
    """The applicant takes the application back. Raises CaseClosedError when it is too late for that.

    Nobody does so for somebody else: NotAllowedError, and row security behind it.
    """
    if context.mandate_id is not None:
        raise NotAllowedError
    row = _open(session, case_id)
    row.state = CaseState.WITHDRAWN
    row.closed_at = clock.now()
    row.delete_on = clock.today() + datetime.timedelta(days=retention_days)
    add_event(session, context, row, "withdrawn", data={"state": row.state})
    row.unread = True
    defer(session, WITHDRAWN, row.tenant_id, case_id=row.id)
    session.flush()
    return row


def take_into_account(session: Session, row: Case, account_id: uuid.UUID) -> None:
    """Make a guest's case an account's own; whose it is already it stays."""
    if row.account_id is None:
        row.account_id = account_id
        session.flush()
