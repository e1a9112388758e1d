"""What staff do with a case: take, hand over, note, ask, decide, pass on. Each act is an event and an audit entry."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.cases import queries
from kreisportal.cases.errors import CaseClosedError
from kreisportal.cases.journal import add_event
from kreisportal.cases.models import Case
from kreisportal.cases.status import OPEN_STATES, CaseState
from kreisportal.cases.submission import TELL_STAFF
from kreisportal.jobs import defer
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import NotFoundError
from kreisportal.notifications.service import queue_mail
from kreisportal.staff.queries import active_member

_PASS_ON = text("SELECT definer.pass_case_on(:tenant, :case, :target)")


@dataclass(frozen=True, slots=True)
class Target:
    """The authority that a case is passed on to, and how long the one before keeps what is left with it."""

    id: int
    slug: str
    retention_days: int


def load(session: Session, case_id: uuid.UUID, *, lock: bool = False) -> Case:
    """The case. Raises NotFoundError when the tenant has none with this id."""
    row = queries.case(session, case_id, lock=lock)
    if row is None:
        raise NotFoundError
    return row


def _open(session: Session, case_id: uuid.UUID) -> Case:
    row = load(session, case_id, lock=True)
    if CaseState(row.state) not in OPEN_STATES:
        raise CaseClosedError
    return row


def _mail(session: Session, case: Case, template: str) -> None:
    """Tell the applicant that there is something, never what; only an address that was confirmed."""
    if case.email and case.email_confirmed_at:
        queue_mail(session, case.tenant_id, case.email, case.language, template, {}, case.id)


def take(session: Session, context: Context, case_id: uuid.UUID) -> Case:
    """Take a case oneself."""
    row = _open(session, case_id)
    row.assignee_id = context.staff_id
    if row.state == CaseState.NEW:
        row.state = CaseState.IN_PROGRESS
    add_event(session, context, row, "taken", data={"state": row.state})
    return row


def hand_over(session: Session, context: Context, case_id: uuid.UUID, staff_id: uuid.UUID | None) -> Case:
    """Give a case to a colleague, or back to the inbox (None). Raises NotFoundError for nobody of this town."""
    row = _open(session, case_id)
    if staff_id is not None and active_member(session, staff_id) is None:
        raise NotFoundError
    row.assignee_id = staff_id
    add_event(
        session,
        context,
        row,
        "handed-over",
        is_public=False,
        data={"to": str(staff_id) if staff_id else None},
    )
    return row


def note(session: Session, context: Context, case_id: uuid.UUID, words: str) -> Case:
    """A note for colleagues; the applicant does not see it."""
    row = load(session, case_id, lock=True)
    add_event(session, context, row, "note", is_public=False, content={"text": words})
    return row


def ask(session: Session, context: Context, case_id: uuid.UUID, question: str) -> Case:
    """A question to the applicant; the case waits for the answer."""
    row = _open(session, case_id)
    row.state = CaseState.WAITING
    row.assignee_id = row.assignee_id or context.staff_id
    add_event(session, context, row, "question", data={"state": row.state}, content={"text": question})
    _mail(session, row, "case_news")
    return row


def set_state(session: Session, context: Context, case_id: uuid.UUID, state: CaseState) -> Case:
    """Move an open case to another open state. Raises CaseClosedError for any other."""
    row = _open(session, case_id)
    if state not in OPEN_STATES:
        raise CaseClosedError
    row.state = state
    add_event(session, context, row, "state", data={"state": state.value})
    return row


def set_due(session: Session, context: Context, case_id: uuid.UUID, due_on: datetime.date) -> Case:
    """Set another day by which the case should be decided."""
    row = _open(session, case_id)
    row.due_on = due_on
    add_event(session, context, row, "due", is_public=False, data={"due_on": due_on.isoformat()})
    return row


def decide(
    session: Session,
    context: Context,
    case_id: uuid.UUID,
    outcome: str,
    words: str,
    documents: list[str],
    retention_days: int,
) -> Case:
    """The office's answer: ``outcome`` is granted, refused or done; ``words`` is what the applicant reads."""
    row = _open(session, case_id)
    now = clock.now()
    row.state = CaseState.DECIDED
    row.assignee_id = row.assignee_id or context.staff_id
    row.decided_at = row.closed_at = now
    row.delete_on = clock.today() + datetime.timedelta(days=retention_days)
    data = {"outcome": outcome, "documents": documents, "state": row.state}
    add_event(session, context, row, "decided", data=data, content={"text": words})
    _mail(session, row, "case_decided")
    return row


def pass_on(
    session: Session,
    context: Context,
    case_id: uuid.UUID,
    target: Target,
    reason: str,
    copy_files: Callable[[Session, uuid.UUID], None],
) -> None:
    """Hand a case to the authority that is responsible, and tell its staff. Number, secret and date of receipt stay.

    ``copy_files`` lays the documents where the other tenant reads them, before the rows go over.
    Raises ``CaseClosedError`` or, from the database, an error if the target cannot take it.
    """
    row = _open(session, case_id)
    add_event(session, context, row, "passed-on", data={"to": target.slug}, content={"text": reason})
    row.delete_on = clock.today() + datetime.timedelta(days=target.retention_days)
    _mail(session, row, "case_news")
    copy_files(session, case_id)
    session.flush()
    session.execute(_PASS_ON, {"tenant": row.tenant_id, "case": case_id, "target": target.id})
    defer(session, TELL_STAFF, target.id, case_id=case_id)
    session.expire_all()
