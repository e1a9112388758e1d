"""Reading drafts, cases and events, always within what the transaction's context lets through."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, func, select, text
from sqlalchemy.orm import Session

from kreisportal.cases.chain import Link
from kreisportal.cases.models import Case, CaseEvent, Draft
from kreisportal.kernel.ids import digest

T = TypeVar("T")

# Events that leave nothing to be looked at before one goes on.
_QUIET = ("address-confirmed", "note", "read", "due", "identity-asked")
_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended('files:' || :case, 0))")
_DRAFT_BY_RESUME = text("SELECT * FROM definer.draft_by_resume_digest(:digest)")
_CASE_BY_SECRET = text("SELECT * FROM definer.case_by_secret(:number, :digest)")
_CASE_BY_CONFIRM = text("SELECT * FROM definer.case_by_confirm_digest(:digest)")


@dataclass(frozen=True, slots=True)
class Matter:
    """A draft or case of an account as its list shows it. ``until`` is when a draft expires."""

    tenant_id: int
    id: uuid.UUID
    via_tenant_id: int
    service_key: str
    is_draft: bool
    at: datetime.datetime
    number: str = ""
    state: str = ""
    until: datetime.datetime | None = None


def matters_of(session: Session, most: int = 500) -> list[Matter]:
    """The drafts and cases of the account that the transaction acts for, newest first, at most so many of each."""
    drafts = session.execute(
        select(
            Draft.tenant_id,
            Draft.id,
            Draft.via_tenant_id,
            Draft.service_key,
            Draft.updated_at,
            Draft.expires_at,
        )
        .where(Draft.expires_at > func.now())
        .order_by(Draft.updated_at.desc())
        .limit(most)
    )
    cases = session.execute(
        select(
            Case.tenant_id,
            Case.id,
            Case.via_tenant_id,
            Case.service_key,
            Case.received_at,
            Case.number,
            Case.state,
        )
        .where(Case.went_to_id.is_(None))
        .order_by(Case.received_at.desc())
        .limit(most)
    )
    found = [Matter(*row[:4], True, row.updated_at, until=row.expires_at) for row in drafts]
    found += [Matter(*row[:4], False, row.received_at, row.number, row.state) for row in cases]
    return sorted(found, key=lambda matter: matter.at, reverse=True)


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered in a draft or case, and on which form."""

    id: uuid.UUID
    form_key: str
    form_version: int
    answers: Mapping[str, Any]


def answers_of(session: Session, ids: Collection[uuid.UUID], most: int = 100) -> list[Answers]:
    """What was answered in drafts and cases of the account that the transaction acts for, in so many of each at most.

    Cases whose content has been erased are left out.
    """
    if not ids:
        return []
    of_drafts = select(Draft.id, Draft.form_key, Draft.form_version, Draft.answers).where(Draft.id.in_(ids))
    of_cases = select(Case.id, Case.form_key, Case.form_version, Case.answers).where(
        Case.id.in_(ids), Case.went_to_id.is_(None), Case.answers.is_not(None)
    )
    return [Answers(*row) for query in (of_drafts, of_cases) for row in session.execute(query.limit(most))]


def _locked(query: Select[T]) -> Select[T]:
    """Whoever waited for the lock sees what the one before has written, even if the session had read the row."""
    return query.with_for_update().execution_options(populate_existing=True)


# Made once, because making a query costs more than sending it.
_DRAFT = select(Draft).where(Draft.id == bindparam("id"))
_DRAFT_LOCKED = _locked(_DRAFT)
_CASE = select(Case).where(Case.id == bindparam("id"))
_CASE_LOCKED = _locked(_CASE)
_EVENTS = select(CaseEvent).where(CaseEvent.case_id == bindparam("id")).order_by(CaseEvent.sequence)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a draft or case is: its tenant, its id, and the tenants on whose portals it may be seen."""

    tenant_id: int
    id: uuid.UUID
    seen_at: frozenset[int]


def find_draft_by_token(session: Session, token: str) -> Pointer | None:
    """The draft that a mailed link leads to, or None if it has expired."""
    row = session.execute(_DRAFT_BY_RESUME, {"digest": digest(token)}).one_or_none()
    return (
        None if row is None else Pointer(row.tenant_id, row.id, frozenset({row.tenant_id, row.via_tenant_id}))
    )


def find_case_by_secret(session: Session, number: str, secret: str) -> Pointer | None:
    """The case with this number whose secret this is (normalised), wherever it is now."""
    row = session.execute(_CASE_BY_SECRET, {"number": number, "digest": digest(secret)}).one_or_none()
    return None if row is None else Pointer(row.tenant_id, row.id, _seen_at(row))


def find_case_by_confirmation(session: Session, token: str) -> Pointer | None:
    """The case whose address a mailed link confirms."""
    row = session.execute(_CASE_BY_CONFIRM, {"digest": digest(token)}).one_or_none()
    return None if row is None else Pointer(row.tenant_id, row.id, _seen_at(row))


def _seen_at(row: object) -> frozenset[int]:
    names = ("tenant_id", "via_tenant_id", "first_tenant_id")
    return frozenset(getattr(row, name) for name in names if getattr(row, name) is not None)


def draft(session: Session, draft_id: uuid.UUID, *, lock: bool = False) -> Draft | None:
    """A draft; locked until the end of the transaction if asked for."""
    return session.scalar(_DRAFT_LOCKED if lock else _DRAFT, {"id": draft_id})


def case(session: Session, case_id: uuid.UUID, *, lock: bool = False) -> Case | None:
    """A case; locked until the end of the transaction if asked for."""
    return session.scalar(_CASE_LOCKED if lock else _CASE, {"id": case_id})


def events(session: Session, case_id: uuid.UUID) -> Sequence[CaseEvent]:
    """The events of a case in order; an applicant sees the public ones only."""
    return session.scalars(_EVENTS, {"id": case_id}).all()


def happened_since(session: Session, case_id: uuid.UUID, sequence: int) -> bool:
    """Whether something has happened to a case after an event that one should have seen before going on."""
    query = select(CaseEvent.sequence).where(
        CaseEvent.case_id == case_id, CaseEvent.sequence > sequence, CaseEvent.kind.not_in(_QUIET)
    )
    return session.scalar(query.limit(1)) is not None


def last_asked(session: Session, case_id: uuid.UUID) -> datetime.datetime | None:
    """When the applicant was last asked something."""
    query = select(CaseEvent.at).where(CaseEvent.case_id == case_id, CaseEvent.kind == "question")
    return session.scalar(query.order_by(CaseEvent.sequence.desc()).limit(1))


def hold_files(session: Session, case_id: uuid.UUID) -> None:
    """Keep everybody else, at whatever tenant, from moving the case's files until the end of the transaction."""
    session.execute(_HOLD, {"case": str(case_id)})


def chain_of(session: Session, case_id: uuid.UUID) -> list[Link]:
    """The whole chain of a case, for staff and jobs."""
    return links(events(session, case_id))


def links(happened: Iterable[CaseEvent]) -> list[Link]:
    """The chain that all events of a case make."""
    names = Link.__dataclass_fields__
    return [Link(**{name: getattr(row, name) for name in names}) for row in happened]
