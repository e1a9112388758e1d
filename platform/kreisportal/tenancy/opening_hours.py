"""Opening hours: a week, the days it does not hold for, and what can be said about them at a moment.

Pure: nothing here asks what time it is. Hours are those on the region's clocks (Europe/Berlin).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from babel.dates import format_date, format_time

from kreisportal.i18n import current_language, gettext, pick
from kreisportal.kernel.clock import LOCAL_ZONE
from kreisportal.tenancy.public_holidays import LOWER_SAXONY, public_holidays

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_INTERVAL = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")

# An office that does not open within this many days is called closed, without a day.
_HORIZON_DAYS = 60
# From this many days on, a weekday's name would be ambiguous ("on Monday": which?), so the date is said.
_WEEK = 7


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A time of day from ``start`` up to, not including, ``end``; both local, on one day."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"{self} ends before it begins")

    @classmethod
    def parse(cls, text: str) -> Interval:
        """``08:00-12:30`` as an interval. Raises ValueError with a sentence that says what is wrong."""
        found = _INTERVAL.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is not a time like 08:00-12:30")
        start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
        return cls(time(start_hour, start_minute), time(end_hour, end_minute))

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Closure:
    """Days from ``first`` to ``last``, both included, on which the office is closed against its week."""

    first: date
    last: date
    reason: Mapping[str, str]

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"the closure from {self.first} ends before it begins")


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """``week`` holds the intervals of Monday to Sunday; the holidays of ``state`` are closed without being listed."""

    week: tuple[tuple[Interval, ...], ...]
    closures: tuple[Closure, ...] = ()
    state: str = LOWER_SAXONY

    def __post_init__(self) -> None:
        if len(self.week) != len(WEEKDAYS):
            raise ValueError("a week has seven days")
        for day in self.week:
            check_intervals(day)

    def closed_because(self, day: date) -> Mapping[str, str] | None:
        """Why the office is closed on ``day`` (a map of languages, perhaps empty), or None if it is not."""
        for closure in self.closures:
            if closure.first <= day <= closure.last:
                return closure.reason
        return public_holidays(day.year, self.state).get(day)

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """When the office is open on ``day``, holidays and closures considered."""
        return () if self.closed_because(day) is not None else self.week[day.weekday()]


def closed_soon(hours: OpeningHours, today: date, days: int) -> list[tuple[date, Mapping[str, str]]]:
    """The days of the next ``days`` on which the week would be open, but a holiday or closure is in the way, and which."""
    found = []
    for ahead in range(days):
        day = today + timedelta(days=ahead)
        reason = hours.closed_because(day)
        if reason is not None and hours.week[day.weekday()]:
            found.append((day, reason))
    return found


class When(StrEnum):
    """How far away an opening is, in the words a person would use."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEKDAY = "weekday"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class OpenState:
    """What is true of an office at a moment.

    ``changes_at``: local time at which it closes (when open) or next opens; None if it does not open within
    60 days. ``when`` says how to name that day and is None exactly then. ``closed_today_because`` holds the
    reason (a map of languages) while a holiday or closure shuts the whole day. ``valid_until``: the instant
    (UTC) at which a page that shows this state must be made anew.
    """

    is_open: bool
    changes_at: datetime | None
    when: When | None
    closed_today_because: Mapping[str, str] | None
    valid_until: datetime


def check_intervals(intervals: Iterable[Interval]) -> None:
    """Raise ValueError unless the intervals of a day are in order and leave a gap between them."""
    before: Interval | None = None
    for interval in intervals:
        if before is not None and interval.start <= before.end:
            raise ValueError(f"{interval} must begin after {before} has ended")
        before = interval


def open_state(hours: OpeningHours, moment: datetime) -> OpenState:
    """What is true at ``moment`` (any aware instant).

    Instants are compared in UTC: two local times of the same zone compare by their clock faces, which is
    wrong in the nights when the clocks change. Raises ValueError for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    moment = moment.astimezone(UTC)
    today = moment.astimezone(LOCAL_ZONE).date()
    for start, end in _openings(hours, today):
        if end <= moment:
            continue
        if start <= moment:
            return OpenState(True, end.astimezone(LOCAL_ZONE), When.TODAY, None, end)
        return _closed_until(hours, start.astimezone(LOCAL_ZONE), today)
    return OpenState(False, None, None, hours.closed_because(today), _midnight(today + timedelta(days=1)))


def _closed_until(hours: OpeningHours, opens: datetime, today: date) -> OpenState:
    days = (opens.date() - today).days
    tomorrow = _midnight(today + timedelta(days=1))
    reason = hours.closed_because(today)
    if days == 0:
        return OpenState(False, opens, When.TODAY, None, opens.astimezone(UTC))
    if days == 1:
        return OpenState(False, opens, When.TOMORROW, reason, tomorrow)
    # The words stay true until the opening is nearer by a word, or a day has a reason; that holds for its day only.
    when, words_end = (
        (When.WEEKDAY, _midnight(opens.date() - timedelta(days=1)))
        if days < _WEEK
        else (When.DATE, _midnight(opens.date() - timedelta(days=_WEEK - 1)))
    )
    between = (today + timedelta(days=ahead) for ahead in range(1, days))
    reasoned = next((_midnight(day) for day in between if hours.closed_because(day)), words_end)
    return OpenState(False, opens, when, reason, min(words_end, reasoned if reason is None else tomorrow))


def _openings(hours: OpeningHours, first: date) -> Iterator[tuple[datetime, datetime]]:
    """The times of opening and closing (UTC) of the coming days, in order."""
    for offset in range(_HORIZON_DAYS + 1):
        day = first + timedelta(days=offset)
        for interval in hours.intervals(day):
            yield _instant(day, interval.start), _instant(day, interval.end)


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, LOCAL_ZONE).astimezone(UTC)


def _midnight(day: date) -> datetime:
    return _instant(day, time.min)


def describe(state: OpenState) -> str:
    """The state as a sentence in the current language, e.g. "Öffnet morgen um 8 Uhr"."""
    words = _describe_change(state)
    reason = pick(state.closed_today_because)
    if reason:
        return gettext("Heute geschlossen (%(reason)s). %(words)s", reason=reason, words=words)
    return words


def _describe_change(state: OpenState) -> str:
    if state.changes_at is None or state.when is None:
        return gettext("Zurzeit geschlossen")
    clock = format_clock(state.changes_at.time())
    if state.is_open:
        return gettext("Jetzt geöffnet bis %(clock)s", clock=clock)
    if state.when is When.TODAY:
        return gettext("Öffnet heute um %(clock)s", clock=clock)
    if state.when is When.TOMORROW:
        return gettext("Öffnet morgen um %(clock)s", clock=clock)
    locale = current_language().locale
    pattern = "EEEE" if state.when is When.WEEKDAY else gettext("d. MMMM")
    day = format_date(state.changes_at.date(), pattern, locale=locale)
    return gettext("Öffnet am %(day)s um %(clock)s", day=day, clock=clock)


def format_clock(clock: time) -> str:
    """A time of day as people say it: "8 Uhr", "12:30 Uhr", "8 am"."""
    # A pattern of CLDR, which each language writes in its own order.
    pattern = gettext("H:mm 'Uhr'") if clock.minute else gettext("H 'Uhr'")
    return format_time(clock, pattern, locale=current_language().locale)
