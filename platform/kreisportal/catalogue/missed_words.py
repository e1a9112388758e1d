"""Words that the search of a town found nothing for: counted in memory, written down now and then.

A request only adds to a counter. Words that few have typed stay in memory, because they may tell who asked: names,
addresses, numbers.
"""

from __future__ import annotations

import datetime
import logging
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import func, select, text, true
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kreisportal.catalogue.models import MissedWord
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import UnavailableError

LEAST = 3
"""How often a word must have been typed in one process before it is written down."""
_MOST_KEPT = 5_000
_LONGEST = 40
# Up to three words of letters: no numbers, no addresses, no sentences.
_WORDS = re.compile(r"[^\W\d_]{2,}(?:[ -][^\W\d_]{2,}){0,2}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Missed:
    """A word with how often it was typed in vain."""

    word: str
    count: int


class MissedWords:
    """The counter of a process. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        # How often since the start, and how much of that is written down; the word used longest ago first.
        self._counts: OrderedDict[tuple[int, str], list[int]] = OrderedDict()

    def note(self, tenant_id: int, query: str) -> None:
        """Count what was typed, if it can be shown to others."""
        word = " ".join(query.lower().split())
        if len(word) > _LONGEST or not _WORDS.fullmatch(word):
            return
        with self._lock:
            key = (tenant_id, word)
            self._counts.setdefault(key, [0, 0])[0] += 1
            self._counts.move_to_end(key)
            if len(self._counts) > _MOST_KEPT:
                self._counts.popitem(last=False)

    def flush(self) -> None:
        """Write down what has been counted often enough. While the database is away it waits."""
        with self._lock:
            due = {
                key: count - written
                for key, (count, written) in self._counts.items()
                if count >= LEAST and count > written
            }
        if not due:
            return
        try:
            self._write(due)
        except (UnavailableError, SQLAlchemyError) as error:
            _log.warning("words without a result could not be written down: %s", error)
            return
        with self._lock:
            for key, count in due.items():
                if key in self._counts:
                    self._counts[key][1] += count

    def _write(self, due: dict[tuple[int, str], int]) -> None:
        values = {
            "tenants": [tenant_id for tenant_id, _ in due],
            "words": [word for _, word in due],
            "counts": list(due.values()),
        }
        with self._database.transaction(ANONYMOUS) as session:
            session.execute(text("SELECT definer.note_missed_words(:tenants, :words, :counts)"), values)


def missed_words(
    session: Session, since: datetime.date, tenant_id: int | None = None, limit: int = 50
) -> list[Missed]:
    """What a town's search found nothing for since a month (its first day), most frequent first.

    Without a tenant: what the searches of all towns that the session may see have missed.
    """
    count = func.sum(MissedWord.count)
    query = (
        select(MissedWord.word, count)
        .where(MissedWord.month >= since)
        .where(MissedWord.tenant_id == tenant_id if tenant_id is not None else true())
        .group_by(MissedWord.word)
        .order_by(count.desc(), MissedWord.word)
        .limit(limit)
    )
    return [Missed(word, int(total)) for word, total in session.execute(query)]


def months_ago(day: datetime.date, months: int) -> datetime.date:
    """The first day of the month so many months before that of ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime.date(year, month + 1, 1)
