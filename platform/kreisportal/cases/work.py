"""What staff do with a case: take, hand over, note, ask, decide, pass on. Each act is an event and an audit entry."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.cases import queries
from kreisportal.cases.errors import CaseChangedError, CaseClosedError, TargetRefusedError
from kreisportal.cases.events import ARRIVED, CLEAR_AWAY
from kreisportal.cases.journal import add_event
from kreisportal.cases.models import Case
from kreisportal.cases.status import OPEN_STATES, CaseState
from kreisportal.documents.service import documents_of_case
from kreisportal.jobs import defer
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import NotFoundError
from kreisportal.notifications.service import queue_mail
from kreisportal.staff.queries import active_member

SETTABLE = (CaseState.NEW, CaseState.IN_PROGRESS)
"""The states that staff set by hand: a case waits because something was asked."""

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


def check_seen(session: Session, case_id: uuid.UUID, seen: int) -> None:
    """Keep the case as it is until the end of the transaction, if all that matters was on the page.

    ``seen`` is how many events the case had when the page was shown. Raises CaseChangedError.
    """
    row = load(session, case_id, lock=True)
    if row.events != seen and queries.happened_since(session, case_id, seen):
        raise CaseChangedError


def _locked(session: Session, case_id: uuid.UUID) -> Case:
    """The case for something to be done to it, after which the office has seen what there was."""
    row = load(session, case_id, lock=True)
    if row.state == CaseState.PASSED_ON:
        raise CaseClosedError
    row.unread = False
    return row


def _open(session: Session, case_id: uuid.UUID) -> Case:
    row = _locked(session, case_id)
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
    """Give a case to a colleague, or back to the inbox (None). Where it is already, it stays, and nothing happens.

    Raises NotFoundError for somebody who does not work cases of this town.
    """
    row = _open(session, case_id)
    if row.assignee_id == staff_id:
        return row
    if staff_id is not None:
        member = active_member(session, staff_id)
        if member is None or Role.CASEWORKER.value not in member.roles:
            raise NotFoundError
    row.assignee_id = staff_id
    if row.state != CaseState.WAITING:
        row.state = CaseState.NEW if staff_id is None else CaseState.IN_PROGRESS
    data = {"to": str(staff_id) if staff_id else None, "state": row.state}
    add_event(session, context, row, "handed-over", is_public=False, data=data)
    return row


def note(session: Session, context: Context, case_id: uuid.UUID, words: str) -> Case:
    """A note for colleagues, on a closed case too; the applicant does not see it."""
    row = _locked(session, case_id)
    add_event(session, context, row, "note", is_public=False, content={"text": words})
    return row


def mark_read(session: Session, context: Context, case_id: uuid.UUID) -> Case:
    """Say that what the applicant wrote was read and needs nothing to be done. Saying it again changes nothing."""
    row = load(session, case_id, lock=True)
    if row.unread:
        row.unread = False
        add_event(session, context, row, "read", is_public=False)
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
    """Move an open case to one of the states ``SETTABLE``. Raises CaseClosedError for any other."""
    row = _open(session, case_id)
    if state not in SETTABLE:
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
    *,
    signed: str = "",
    remedies: Mapping[str, str] | None = None,
) -> Case:
    """The office's answer: ``outcome`` is granted, refused or done; ``words`` is what the applicant reads.

    ``signed`` is the name of who decides, ``remedies`` (by language) how to contest the decision: both are kept with
    it, so that its letter stays the same whatever becomes of the member of staff and of the service.
    """
    row = _open(session, case_id)
    now = clock.now()
    row.state = CaseState.DECIDED
    row.assignee_id = row.assignee_id or context.staff_id
    row.decided_at = row.closed_at = now
    row.delete_on = clock.today() + datetime.timedelta(days=retention_days)
    data = {"outcome": outcome, "documents": documents, "state": row.state}
    content = {"text": words, "signed": signed, "remedies": dict(remedies or {})}
    add_event(session, context, row, "decided", data=data, content=content)
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
    """Hand a case to the authority that is responsible. Number, secret and date of receipt stay with the case.

    Here only stays that it went and where: answers, files and what was written are the next authority's from now
    on. That one's staff and the applicant are told from there. ``copy_files`` lays the documents where the other
    tenant reads them, before the rows go over. Raises ``CaseClosedError``, and ``TargetRefusedError`` if the target
    cannot take it.
    """
    row = _open(session, case_id)
    add_event(session, context, row, "passed-on", data={"to": target.slug}, content={"text": reason})
    row.delete_on = clock.today() + datetime.timedelta(days=target.retention_days)
    session.flush()
    queries.hold_files(session, case_id)
    files = [document.id for document in documents_of_case(session, case_id)]
    copy_files(session, case_id)
    try:
        session.execute(_PASS_ON, {"tenant": row.tenant_id, "case": case_id, "target": target.id})
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.NoDataFound):
            raise TargetRefusedError from error
        raise
    for document_id in files:
        defer(session, CLEAR_AWAY, row.tenant_id, case_id=case_id, document_id=document_id)
    defer(session, ARRIVED, target.id, case_id=case_id)
    session.expire_all()
