"""Confirming at the counter who the applicant is: one of the office has seen a document, another confirms it.

The database holds the rule of two persons, and that nobody confirms a case of their own.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import psycopg
from sqlalchemy import Row, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kreisportal.accounts.confirmations import YEARS, Document
from kreisportal.audit.service import record
from kreisportal.cases import queries
from kreisportal.cases.errors import (
    AlreadyAskedError,
    CaseClosedError,
    NothingAskedError,
    OwnCaseError,
    SamePersonError,
)
from kreisportal.cases.identity import OFFICE, Shown
from kreisportal.cases.journal import add_event
from kreisportal.cases.models import Case, IdentityCheck
from kreisportal.cases.status import OPEN_STATES
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import new_id
from kreisportal.notifications.service import queue_mail

DOCUMENTS: tuple[Document, ...] = get_args(Document)

_ASK = text("SELECT definer.ask_identity_check(:id, :case, :document)")
_DECIDE = text("SELECT * FROM definer.decide_identity_check(:case, :confirmed, :years)")
_REVOKE = text("SELECT definer.revoke_identity_check(:check)")
_OWN, _SAME = "KP001", "KP002"


def ask(session: Session, context: Context, case_id: uuid.UUID, document: Document) -> None:
    """Ask a colleague to confirm: the applicant was seen with a document of this kind.

    Raises NotFoundError, CaseClosedError, AlreadyAskedError, OwnCaseError.
    """
    case = _open(session, case_id)
    if open_check(session, case_id) is not None:
        raise AlreadyAskedError
    with _refusals():
        session.execute(_ASK, {"id": new_id(), "case": case_id, "document": document})
    add_event(session, context, case, "identity-asked", is_public=False, data={"document": document})


def confirm(session: Session, context: Context, case_id: uuid.UUID) -> None:
    """Confirm it: the case's identity is raised, and the account's owner is known, whose case it is.

    Raises NotFoundError, CaseClosedError, NothingAskedError, SamePersonError, OwnCaseError.
    """
    case, found = _decide(session, case_id, confirmed=True)
    shown = Shown("substantial", f"{OFFICE}:{found.document}", clock.now())
    data = {"identity": shown.data(), "asked_by": str(found.asked_by)}
    add_event(session, context, case, "identity-confirmed", data=data)
    if found.account_email is not None:
        # About no case: the office does not get to know the account's address by it.
        email, language = found.account_email, found.account_language
        queue_mail(session, case.tenant_id, email, language, "account_confirmed", {})
    elif case.email and case.email_confirmed_at:
        queue_mail(session, case.tenant_id, case.email, case.language, "case_news", {}, case.id)


def refuse(session: Session, context: Context, case_id: uuid.UUID) -> None:
    """Do not confirm it; nothing is raised. Raises as ``confirm``."""
    case, found = _decide(session, case_id, confirmed=False)
    data = {"asked_by": str(found.asked_by)}
    add_event(session, context, case, "identity-refused", is_public=False, data=data)


def revoke(session: Session, context: Context, check_id: uuid.UUID) -> None:
    """Take a confirmation back, for a tenant's admin: the account is confirmed no more. Raises NotFoundError."""
    try:
        case_id = session.scalar(_REVOKE, {"check": check_id})
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.NoDataFound):
            raise NotFoundError from error
        raise
    case = queries.case(session, case_id, lock=True) if case_id else None
    if case is None:
        record(session, context, "identity.revoked", "identity_check", check_id)
    else:
        add_event(session, context, case, "identity-revoked", data={"check": str(check_id)})


def open_check(session: Session, case_id: uuid.UUID) -> IdentityCheck | None:
    """What is asked about a case."""
    query = select(IdentityCheck).where(IdentityCheck.case_id == case_id, IdentityCheck.state == "open")
    return session.scalar(query)


def open_checks(session: Session) -> list[tuple[IdentityCheck, Case]]:
    """What waits for somebody else to confirm, the oldest first."""
    query = select(IdentityCheck, Case).join(Case, Case.id == IdentityCheck.case_id)
    query = query.where(IdentityCheck.state == "open", Case.state.in_([state.value for state in OPEN_STATES]))
    return [(row[0], row[1]) for row in session.execute(query.order_by(IdentityCheck.asked_at))]


def count_open(session: Session, staff_id: uuid.UUID | None) -> int:
    """How many wait for this member of staff: what one has asked oneself another decides."""
    query = select(func.count()).select_from(IdentityCheck).join(Case, Case.id == IdentityCheck.case_id)
    query = query.where(
        IdentityCheck.state == "open",
        Case.state.in_([state.value for state in OPEN_STATES]),
        IdentityCheck.asked_by != staff_id,
    )
    return session.scalar(query) or 0


def confirmed_checks(session: Session, most: int = 200) -> list[tuple[IdentityCheck, str | None]]:
    """The town's confirmations with the numbers of their cases, the newest first; also those taken back."""
    query = select(IdentityCheck, Case.number).outerjoin(Case, Case.id == IdentityCheck.case_id)
    query = query.where(IdentityCheck.state.in_(["confirmed", "revoked"]))
    rows = session.execute(query.order_by(IdentityCheck.decided_at.desc()).limit(most))
    return [(row[0], row[1]) for row in rows]


def _open(session: Session, case_id: uuid.UUID) -> Case:
    case = queries.case(session, case_id, lock=True)
    if case is None:
        raise NotFoundError
    if case.state not in OPEN_STATES:
        raise CaseClosedError
    return case


def _decide(session: Session, case_id: uuid.UUID, *, confirmed: bool) -> tuple[Case, Row[Any]]:
    case = _open(session, case_id)
    values = {"case": case_id, "confirmed": confirmed, "years": YEARS}
    with _refusals():
        found = session.execute(_DECIDE, values).one()
    return case, found


@contextmanager
def _refusals() -> Iterator[None]:
    """What the database refuses, by name."""
    try:
        yield
    except DBAPIError as error:
        code = getattr(error.orig, "sqlstate", None)
        if code == _OWN:
            raise OwnCaseError from error
        if code == _SAME:
            raise SamePersonError from error
        if isinstance(error.orig, psycopg.errors.NoDataFound):
            raise NothingAskedError from error
        raise
