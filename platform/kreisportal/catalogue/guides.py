"""A situation as a guided list: what is due, in order, counted from a day that the person names."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from kreisportal.catalogue.definitions import Texts

_OFFSET = re.compile(r"([+-]\d{1,3}) (day|workday|week|month|year)s?")


class Unit(StrEnum):
    """What an offset counts in. Workdays are all but Sundays and public holidays."""

    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Offset:
    """A distance from the day of the event, e.g. ``+2 weeks`` or ``-3 months``."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Offset:
        """The offset that is written like ``+2 weeks``. Raises ValueError."""
        found = _OFFSET.fullmatch(text)
        if found is None:
            raise ValueError(f"must be an offset like +2 weeks, not {text}")
        return cls(int(found[1]), Unit(found[2]))

    def days(self) -> float:
        """About how many days it is, to put steps into order."""
        return self.amount * {"day": 1, "workday": 1.2, "week": 7, "month": 30.4, "year": 365}[self.unit]

    def from_day(self, day: datetime.date, is_holiday: Callable[[datetime.date], bool]) -> datetime.date:
        """The day at this distance from ``day``. A month has the length it has: 31 January + 1 month is
        28 February."""
        if self.unit is Unit.WORKDAY:
            return self._workdays_from(day, is_holiday)
        if self.unit in (Unit.DAY, Unit.WEEK):
            return day + datetime.timedelta(days=self.amount * (7 if self.unit is Unit.WEEK else 1))
        months = self.amount * (12 if self.unit is Unit.YEAR else 1)
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        return day.replace(
            year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1])
        )

    def _workdays_from(
        self, day: datetime.date, is_holiday: Callable[[datetime.date], bool]
    ) -> datetime.date:
        step = datetime.timedelta(days=1 if self.amount > 0 else -1)
        left = abs(self.amount)
        while left:
            day += step
            if day.weekday() != calendar.SUNDAY and not is_holiday(day):
                left -= 1
        return day


@dataclass(frozen=True, slots=True)
class Event:
    """What a guide counts from: the question for its day, and how to speak of the time around it."""

    question: Texts
    before: Texts
    on: Texts
    after: Texts


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``binding`` says that the law sets the time limit; else it is advice."""

    key: str
    name: Texts
    note: Texts = field(default_factory=dict)
    services: tuple[str, ...] = ()
    earliest: Offset | None = None
    latest: Offset | None = None
    binding: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """The guided list of a situation; ``key`` is the situation's. Without ``event`` no day is asked for."""

    key: str
    steps: tuple[Step, ...]
    event: Event | None = None

    def in_order(self) -> list[Step]:
        """The steps by when they are due, those without a time last, else as they stand in the file."""
        return sorted(self.steps, key=_when)


def _when(step: Step) -> float:
    due = step.latest or step.earliest
    return due.days() if due else float("inf")
