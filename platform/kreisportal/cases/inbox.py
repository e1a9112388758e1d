"""The inbox of a town's desk: baskets with counts, filter, search, pages."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from kreisportal.cases.applicant import fold
from kreisportal.cases.models import Case
from kreisportal.cases.numbers import normalise
from kreisportal.cases.status import OPEN_STATES, CaseState
from kreisportal.staff.duty import Duty

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
    """What the inbox is asked for. ``page`` counts from 1; ``everything``: also what only other departments work."""

    basket: Basket
    duty: Duty
    today: datetime.date
    everything: bool = False
    service_key: str = ""
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Inbox:
    """The cases of a page, how many there are in all, and the counts of all baskets."""

    cases: Sequence[Case]
    total: int
    page: int
    counts: dict[Basket, int]
    services: list[str]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return _pages(self.total)


def _condition(basket: Basket, question: Question) -> ColumnElement[bool]:
    is_open = Case.state.in_([state.value for state in OPEN_STATES])
    return {
        Basket.NEW: Case.state == CaseState.NEW.value,
        Basket.MINE: and_(is_open, Case.assignee_id.in_(question.duty.persons)),
        Basket.WAITING: Case.state == CaseState.WAITING.value,
        Basket.OVERDUE: and_(is_open, Case.due_on < question.today),
        Basket.OPEN: is_open,
        Basket.CLOSED: ~is_open,
    }[basket]


def count_baskets(session: Session, question: Question) -> dict[Basket, int]:
    """How many cases each basket holds for the person who asks."""
    columns = (func.count().filter(_condition(basket, question)).label(basket.name) for basket in Basket)
    counts = session.execute(select(*columns).where(_in_reach(question))).one()
    return {basket: getattr(counts, basket.name) for basket in Basket}


def read_inbox(session: Session, question: Question) -> Inbox:
    """The inbox of the tenant that the transaction acts for. Open cases by due date, closed ones newest first.

    A page beyond the last one is the last one.
    """
    wanted = and_(_condition(question.basket, question), _in_reach(question), *_filters(question))
    total = session.scalar(select(func.count()).select_from(Case).where(wanted)) or 0
    page = min(max(question.page, 1), _pages(total))
    # The id at the end keeps the order the same from page to page.
    order = (
        (Case.closed_at.desc(), Case.id)
        if question.basket is Basket.CLOSED
        else (Case.due_on, Case.received_at, Case.id)
    )
    query = select(Case).where(wanted).order_by(*order).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    cases = session.scalars(query).all()
    services = session.scalars(select(Case.service_key).distinct().order_by(Case.service_key)).all()
    return Inbox(cases, total, page, count_baskets(session, question), list(services))


def _in_reach(question: Question) -> ColumnElement[bool]:
    """What departments work to which somebody does not belong is not in their list, unless it was given to them."""
    if question.everything or not question.duty.others:
        return true()
    return or_(Case.service_key.not_in(question.duty.others), Case.assignee_id.in_(question.duty.persons))


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))


def _filters(question: Question) -> Iterator[ColumnElement[bool]]:
    if question.service_key:
        yield Case.service_key == question.service_key
    if not question.words:
        return
    number = normalise(question.words) or question.words.strip().upper()
    words = fold(question.words).split()
    by_name = and_(true(), *(Case.search_text.contains(word, autoescape=True) for word in words))
    by_number = Case.number.contains(number, autoescape=True)
    yield or_(by_name, by_number) if words else by_number
