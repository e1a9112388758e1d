"""Days in definitions and answers: relative, typed, stored, however short the months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.forms.moments import resolve_day, split_typed, spoken, stored_day
from kreisportal.kernel.clock import frozen

DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))


def on(day: date, hour: int = 10) -> datetime:
    """A moment of a day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("today", "expression", "day"),
    [
        ((2026, 12, 1), "today", (2026, 12, 1)),
        ((2026, 12, 1), "today+14d", (2026, 12, 15)),
        ((2026, 12, 1), "today-2w", (2026, 11, 17)),
        ((2026, 12, 31), "today+2m", (2027, 2, 28)),
        ((2027, 12, 31), "today+2m", (2028, 2, 29)),
        ((2028, 2, 29), "today-18y", (2010, 2, 28)),
        ((2028, 2, 29), "today+4y", (2032, 2, 29)),
        ((2026, 1, 15), "today-1m", (2025, 12, 15)),
        ((2026, 12, 1), "2026-12-24", (2026, 12, 24)),
    ],
)
def test_a_day_is_named_in_relation_to_today(
    today: tuple[int, int, int], expression: str, day: tuple[int, int, int]
) -> None:
    with frozen(on(date(*today))):
        assert resolve_day(expression) == date(*day)


def test_today_is_the_regions() -> None:
    # Half past eleven in the evening, UTC, is tomorrow in Berlin.
    with frozen(datetime(2026, 12, 1, 23, 30, tzinfo=UTC)):
        assert resolve_day("today") == date(2026, 12, 2)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "tomorrow",
        "today-",
        "today-18",
        "today-18x",
        "today - 18y",
        "2026-13-01",
        "2026-02-30",
        "today+9999y",
        "TODAY",
    ],
)
def test_what_names_no_day_is_none(expression: str) -> None:
    assert resolve_day(expression) is None


@given(DAYS)
def test_a_stored_day_is_read_back(day: date) -> None:
    assert stored_day(day.isoformat()) == day


@pytest.mark.parametrize(
    ("stored", "day"),
    [
        ("1960-00-00", date(1960, 1, 1)),
        ("1960-05-00", date(1960, 5, 1)),
        ("1960-02-30", None),
        ("0000-01-01", None),
        ("1.5.1960", None),
        ("1960-5-1", None),
        (19600501, None),
        (None, None),
        ("1960-05-01\n", None),
    ],
)
def test_an_unknown_part_counts_as_the_first_and_nonsense_as_none(stored: object, day: date | None) -> None:
    assert stored_day(stored) == day


@given(DAYS, st.sampled_from([".", "/", "-", " ", ". ", " . "]))
def test_a_day_is_understood_however_it_is_typed(day: date, between: str) -> None:
    typed = f"{day.day}{between}{day.month}{between}{day.year:04}"
    assert split_typed(typed) == (str(day.day), str(day.month), f"{day.year:04}")
    assert split_typed(f" {day.isoformat()} ") == (f"{day.day:02}", f"{day.month:02}", f"{day.year:04}")


@pytest.mark.parametrize(
    "typed", ["", "24.12.26", "24.12.", "Heiligabend", "24.12.2026 10:00", "1.2.3.2026", "24122026"]
)
def test_what_is_no_whole_day_is_not_guessed(typed: str) -> None:
    assert split_typed(typed) is None


@given(DAYS)
def test_what_is_spoken_is_understood(day: date) -> None:
    parts = split_typed(spoken(day))
    assert parts is not None
    assert date(int(parts[2]), int(parts[1]), int(parts[0])) == day


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 1200))
def test_months_forward_never_leave_the_month_meant(day: date, months: int) -> None:
    with frozen(on(day)):
        later = resolve_day(f"today+{months}m")
    assert later is not None
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
