"""The mailbox of an account: what it and the offices of all towns wrote to each other, and what of it is new."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kreisportal.cases.models import Case, CaseEvent, SeenCase

FROM_OFFICES = ("question", "decided", "passed-on")
"""Events by which an office says something to the applicant."""
_KINDS = (*FROM_OFFICES, "message")


@dataclass(frozen=True, slots=True)
class Letter:
    """A line of the mailbox: ``kind`` of event, at which authority, about which case; ``new`` if not yet seen."""

    kind: str
    at: datetime.datetime
    tenant_id: int
    via_tenant_id: int
    case_id: uuid.UUID
    number: str
    service_key: str
    form_key: str
    form_version: int
    new: bool


def letters(session: Session, most: int, offset: int = 0) -> Sequence[Letter]:
    """The mailbox of the account that the transaction acts for, newest first."""
    columns = (
        CaseEvent.kind,
        CaseEvent.at,
        Case.tenant_id,
        Case.via_tenant_id,
        Case.id,
        Case.number,
        Case.service_key,
        Case.form_key,
        Case.form_version,
        _IS_NEW.label("new"),
    )
    query = _of_own_cases(select(*columns)).where(CaseEvent.kind.in_(_KINDS))
    newest = query.order_by(CaseEvent.at.desc(), Case.id, CaseEvent.sequence.desc())
    return [Letter(*row) for row in session.execute(newest.limit(most).offset(offset))]


def count_new(session: Session) -> int:
    """How many letters of offices have not been seen."""
    return session.scalar(_of_own_cases(select(func.count())).where(_IS_NEW)) or 0


def note_seen(session: Session, account_id: uuid.UUID, case_id: uuid.UUID, events: int) -> None:
    """The account has been shown a case up to its event number ``events``. Acts for the account.

    What is known of cases that are no longer there is forgotten with it.
    """
    seen = insert(SeenCase).values(account_id=account_id, case_id=case_id, events=events)
    session.execute(
        seen.on_conflict_do_update(
            index_elements=[SeenCase.account_id, SeenCase.case_id],
            set_={"events": seen.excluded.events},
            where=SeenCase.events < seen.excluded.events,
        )
    )
    session.execute(
        delete(SeenCase)
        .where(SeenCase.case_id.not_in(select(Case.id)))
        .execution_options(synchronize_session=False)
    )


_IS_NEW = and_(CaseEvent.kind.in_(FROM_OFFICES), CaseEvent.sequence > func.coalesce(SeenCase.events, 0))


def _of_own_cases(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """``query`` over the public events of cases where they are now; whose they are, row security knows."""
    here = and_(CaseEvent.tenant_id == Case.tenant_id, CaseEvent.case_id == Case.id)
    return (
        query.select_from(Case)
        .join(CaseEvent, here)
        .outerjoin(SeenCase, SeenCase.case_id == Case.id)
        .where(Case.went_to_id.is_(None), CaseEvent.is_public)
    )
