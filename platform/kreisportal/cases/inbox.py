"""The inbox of a town's desk: baskets with counts, filter, search, pages."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from kreisportal.cases.applicant import fold
from kreisportal.cases.models import Case
from kreisportal.cases.status import OPEN_STATES, CaseState

PAGE_SIZE = 25


class Basket(StrEnum):
    """A view on the town's cases."""

    NEW = "eingang"
    MINE = "meine"
    WAITING = "rueckfragen"
    OVERDUE = "ueberfaellig"
    OPEN = "offen"
    CLOSED = "erledigt"


@dataclass(frozen=True, slots=True)
class Question:
    """What the inbox is asked for. ``page`` counts from 1."""

    basket: Basket
    staff_id: uuid.UUID
    today: datetime.date
    service_key: str = ""
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Inbox:
    """The cases of a page, how many there are in all, and the counts of all baskets."""

    cases: Sequence[Case]
    total: int
    counts: dict[Basket, int]
    services: list[str]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


def _condition(basket: Basket, question: Question) -> ColumnElement[bool]:
    is_open = Case.state.in_([state.value for state in OPEN_STATES])
    return {
        Basket.NEW: Case.state == CaseState.NEW.value,
        Basket.MINE: and_(is_open, Case.assignee_id == question.staff_id),
        Basket.WAITING: Case.state == CaseState.WAITING.value,
        Basket.OVERDUE: and_(is_open, Case.due_on < question.today),
        Basket.OPEN: is_open,
        Basket.CLOSED: ~is_open,
    }[basket]


def count_baskets(session: Session, question: Question) -> dict[Basket, int]:
    """How many cases each basket holds for the person who asks."""
    columns = (func.count().filter(_condition(basket, question)).label(basket.name) for basket in Basket)
    counts = session.execute(select(*columns)).one()
    return {basket: getattr(counts, basket.name) for basket in Basket}


def read_inbox(session: Session, question: Question) -> Inbox:
    """The inbox of the tenant that the transaction acts for. Open cases by due date, closed ones newest first."""
    counts = count_baskets(session, question)
    wanted = _condition(question.basket, question)
    if question.service_key:
        wanted = and_(wanted, Case.service_key == question.service_key)
    if question.words:
        words = fold(question.words).replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        number = question.words.strip().upper()
        wanted = and_(
            wanted, or_(Case.search_text.like(f"%{words}%"), Case.number.contains(number, autoescape=True))
        )
    total = session.scalar(select(func.count()).select_from(Case).where(wanted)) or 0
    order = (
        (Case.closed_at.desc(), Case.id)
        if question.basket is Basket.CLOSED
        else (Case.due_on, Case.received_at)
    )
    start = (max(question.page, 1) - 1) * PAGE_SIZE
    cases = session.scalars(select(Case).where(wanted).order_by(*order).offset(start).limit(PAGE_SIZE)).all()
    services = session.scalars(select(Case.service_key).distinct().order_by(Case.service_key)).all()
    return Inbox(cases, total, counts, list(services))
