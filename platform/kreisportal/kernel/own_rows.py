"""Rows that are an account's own and go with it: counted beforehand, and erased."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kreisportal.kernel.registries import Count


@dataclass(frozen=True, slots=True)
class OwnRows:
    """The rows of a table whose ``owner`` is the account; ``words`` name them, None: nobody need be told how many."""

    owner: InstrumentedAttribute[uuid.UUID]
    words: object | None = None


def tables_of(kinds: Sequence[OwnRows]) -> frozenset[str]:
    """The tables in which they lie."""
    return frozenset(kind.owner.class_.__tablename__ for kind in kinds)


def count_rows(session: Session, account_id: uuid.UUID, kinds: Sequence[OwnRows]) -> tuple[Count, ...]:
    """How many there are."""
    return _told(
        (kind, session.scalar(select(func.count()).where(kind.owner == account_id)) or 0) for kind in kinds
    )


def erase_rows(session: Session, account_id: uuid.UUID, kinds: Sequence[OwnRows]) -> tuple[Count, ...]:
    """Erase them; how many there were."""
    gone = [(kind, _erase(session, kind, account_id)) for kind in kinds]
    return _told(gone)


def _erase(session: Session, kind: OwnRows, account_id: uuid.UUID) -> int:
    gone: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # DELETE gives a cursor's result.
        delete(kind.owner.class_).where(kind.owner == account_id).execution_options(synchronize_session=False)
    )
    return gone.rowcount


def _told(counted: Iterable[tuple[OwnRows, int]]) -> tuple[Count, ...]:
    return tuple(Count(kind.words, number) for kind, number in counted if kind.words is not None and number)
