"""Opening hours: what is true at a moment, until when, and how it is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kreisportal.i18n import language_by_path, speaking
from kreisportal.kernel.clock import LOCAL_ZONE
from kreisportal.tenancy.opening_hours import (
    Closure,
    Interval,
    OpeningHours,
    OpenState,
    When,
    describe,
    open_state,
)


def week(*days: str) -> OpeningHours:
    """Hours from texts like "08:00-12:30 14:00-16:00" for Monday on; missing days are closed."""
    parsed = [tuple(Interval.parse(part) for part in day.split()) for day in days]
    return OpeningHours(tuple(parsed + [()] * (7 - len(parsed))))


TOWN_HALL = week(*["08:00-12:30 14:00-16:00"] * 4, "08:00-12:30")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE)


def said(moment: str, hours: OpeningHours = TOWN_HALL, language: str = "de") -> str:
    spoken = language_by_path(language)
    assert spoken
    with speaking(spoken):
        return describe(open_state(hours, at(moment)))


# 23 November 2026 is a Monday.
@pytest.mark.parametrize(
    ("moment", "german", "english"),
    [
        ("2026-11-23T07:00", "Öffnet heute um 8 Uhr", "Opens today at 8 am"),
        ("2026-11-23T08:00", "Jetzt geöffnet bis 12:30 Uhr", "Open now until 12:30 pm"),
        ("2026-11-23T12:29", "Jetzt geöffnet bis 12:30 Uhr", "Open now until 12:30 pm"),
        ("2026-11-23T12:30", "Öffnet heute um 14 Uhr", "Opens today at 2 pm"),
        ("2026-11-23T15:00", "Jetzt geöffnet bis 16 Uhr", "Open now until 4 pm"),
        ("2026-11-23T16:00", "Öffnet morgen um 8 Uhr", "Opens tomorrow at 8 am"),
        ("2026-11-27T13:00", "Öffnet am Montag um 8 Uhr", "Opens on Monday at 8 am"),
        ("2026-11-29T13:00", "Öffnet morgen um 8 Uhr", "Opens tomorrow at 8 am"),
    ],
)
def test_what_is_said_in_an_ordinary_week(moment: str, german: str, english: str) -> None:
    assert said(moment) == german
    assert said(moment, language="en") == english
    assert said(moment, language="de-simple") == german


@pytest.mark.parametrize(
    ("moment", "german", "english"),
    [
        # Good Friday, and Easter Monday after it.
        (
            "2026-04-03T09:00",
            "Heute geschlossen (Karfreitag). Öffnet am Dienstag um 8 Uhr",
            "Closed today (Good Friday). Opens on Tuesday at 8 am",
        ),
        (
            "2026-04-06T09:00",
            "Heute geschlossen (Ostermontag). Öffnet morgen um 8 Uhr",
            "Closed today (Easter Monday). Opens tomorrow at 8 am",
        ),
    ],
)
def test_a_holiday_is_closed_and_named(moment: str, german: str, english: str) -> None:
    assert said(moment) == german
    assert said(moment, language="en") == english


def test_a_weekday_is_named_only_while_it_can_mean_one_day() -> None:
    mondays = week("08:00-09:00")
    assert said("2026-11-23T10:00", mondays) == "Öffnet am 30. November um 8 Uhr"
    assert said("2026-11-24T00:00", mondays) == "Öffnet am Montag um 8 Uhr"
    assert open_state(mondays, at("2026-11-23T10:00")).valid_until == at("2026-11-24T00:00")


def test_a_closure_is_closed_named_and_may_last() -> None:
    hours = OpeningHours(
        TOWN_HALL.week,
        (Closure(date(2026, 12, 21), date(2027, 1, 3), {"de": "Betriebsferien", "en": "Company holidays"}),),
    )
    assert (
        said("2026-12-21T09:00", hours) == "Heute geschlossen (Betriebsferien). Öffnet am 4. Januar um 8 Uhr"
    )
    assert (
        said("2026-12-21T09:00", hours, "en") == "Closed today (Company holidays). Opens on 4 January at 8 am"
    )
    assert said("2026-12-20T09:00", hours) == "Öffnet am 4. Januar um 8 Uhr"
    assert said("2026-12-29T09:00", hours) == "Heute geschlossen (Betriebsferien). Öffnet am Montag um 8 Uhr"


def test_a_closure_without_a_reason_is_closed_all_the_same() -> None:
    hours = OpeningHours(TOWN_HALL.week, (Closure(date(2026, 11, 23), date(2026, 11, 23), {}),))
    assert said("2026-11-23T09:00", hours) == "Öffnet morgen um 8 Uhr"


def test_an_office_that_never_opens() -> None:
    state = open_state(week(), at("2026-11-23T09:00"))
    assert (state.is_open, state.changes_at, state.when) == (False, None, None)
    assert said("2026-11-23T09:00", week()) == "Zurzeit geschlossen"
    assert said("2026-11-23T09:00", week(), "en") == "Closed at present"
    assert state.valid_until == at("2026-11-24T00:00")


@pytest.mark.parametrize(
    ("moment", "until", "when"),
    [
        ("2026-11-23T09:00", "2026-11-23T12:30", When.TODAY),
        ("2026-11-23T13:00", "2026-11-23T14:00", When.TODAY),
        ("2026-11-23T17:00", "2026-11-24T00:00", When.TOMORROW),
        ("2026-11-27T17:00", "2026-11-29T00:00", When.WEEKDAY),
        ("2026-11-29T17:00", "2026-11-30T00:00", When.TOMORROW),
        ("2026-04-03T09:00", "2026-04-04T00:00", When.WEEKDAY),
    ],
)
def test_a_statement_says_how_long_it_holds(moment: str, until: str, when: When) -> None:
    state = open_state(TOWN_HALL, at(moment))
    assert state.valid_until == at(until)
    assert state.when is when


def test_hours_are_those_of_the_local_clock_in_summer_and_winter() -> None:
    assert open_state(TOWN_HALL, datetime(2026, 7, 6, 6, 0, tzinfo=UTC)).is_open
    assert not open_state(TOWN_HALL, datetime(2026, 7, 6, 5, 59, tzinfo=UTC)).is_open
    assert open_state(TOWN_HALL, datetime(2026, 11, 23, 7, 0, tzinfo=UTC)).is_open
    assert not open_state(TOWN_HALL, datetime(2026, 11, 23, 6, 59, tzinfo=UTC)).is_open


def test_the_nights_when_the_clocks_change() -> None:
    sundays = week("08:00-12:00", "", "", "", "", "", "01:00-05:00")
    # On 25 October 2026 the hour from two to three comes twice: one to five lasts five hours.
    state = open_state(sundays, datetime(2026, 10, 24, 23, 30, tzinfo=UTC))
    assert state.is_open
    assert state.valid_until == datetime(2026, 10, 25, 4, 0, tzinfo=UTC)
    # In the second of the two hours the office is still open.
    assert open_state(sundays, datetime(2026, 10, 25, 1, 30, tzinfo=UTC)).is_open
    # On 29 March 2026 the hour from two to three is missing: one to five lasts three hours.
    state = open_state(sundays, datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    assert state.is_open
    assert state.valid_until == datetime(2026, 3, 29, 3, 0, tzinfo=UTC)


def test_a_moment_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        open_state(TOWN_HALL, datetime(2026, 11, 23, 9, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    "text", ["", "8-12", "8:00-12:00", "08:00", "08:00-24:00", "08:00–12:00", "08:00-12:60"]
)
def test_an_interval_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time like"):
        Interval.parse(text)


def test_intervals_run_forward_and_leave_gaps() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Interval.parse("12:00-08:00")
    with pytest.raises(ValueError, match="must begin after"):
        week("08:00-12:00 12:00-16:00")
    with pytest.raises(ValueError, match="must begin after"):
        week("14:00-16:00 08:00-12:00")
    with pytest.raises(ValueError, match="seven days"):
        OpeningHours(((),))
    with pytest.raises(ValueError, match="ends before it begins"):
        Closure(date(2026, 12, 2), date(2026, 12, 1), {})


@st.composite
def hours_of_any_kind(draw: st.DrawFn) -> OpeningHours:
    days = []
    for _ in range(7):
        times = sorted(draw(st.sets(st.integers(0, 24 * 60 - 1), max_size=6)))
        pairs = list(zip(times[::2], times[1::2], strict=False))
        days.append(tuple(Interval(_clock(start), _clock(end)) for start, end in pairs))
    first = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 400)))
    last = first + timedelta(days=draw(st.integers(0, 90)))
    closures = (Closure(first, last, {"de": "Umbau"}),) if draw(st.booleans()) else ()
    return OpeningHours(tuple(days), closures)


def _clock(minutes: int) -> time:
    return time(*divmod(minutes, 60))


def _same_words(one: OpenState, other: OpenState) -> bool:
    return describe(one) == describe(other)


@example(
    OpeningHours(((),) * 6 + ((Interval(time(0, 0), time(0, 1)),),)),
    datetime(2026, 12, 27, 23, tzinfo=UTC),
    800,
)
@given(
    hours_of_any_kind(),
    st.integers(0, 400 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.integers(0, 999),
)
def test_a_statement_is_true_until_it_runs_out_and_no_longer_than_needed(
    hours: OpeningHours, moment: datetime, share: int
) -> None:
    state = open_state(hours, moment)
    assert state.valid_until > moment
    between = moment + (state.valid_until - moment) * share / 1000
    assert _same_words(open_state(hours, between), state)
    if state.when is not None and state.closed_today_because is None:
        assert not _same_words(open_state(hours, state.valid_until), state)
