"""The time: aware, and the region's days begin when its clocks say so."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.kernel import clock

MOMENT = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


def test_without_a_hold_it_is_now() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.now().tzinfo is UTC


def test_a_held_clock_stands_still_and_goes_on_afterwards() -> None:
    with clock.frozen(MOMENT):
        assert clock.now() == MOMENT
        with clock.frozen(MOMENT + timedelta(days=1)):
            assert clock.now() == MOMENT + timedelta(days=1)
        assert clock.now() == MOMENT
    assert clock.now() != MOMENT


def test_a_held_clock_goes_on_after_an_error() -> None:
    with pytest.raises(RuntimeError), clock.frozen(MOMENT):
        raise RuntimeError
    assert clock.now() != MOMENT


def test_a_clock_is_held_for_its_own_thread_only() -> None:
    seen: list[datetime] = []
    with clock.frozen(MOMENT):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0] != MOMENT


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.frozen(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_an_instant_of_another_zone_is_the_same_instant() -> None:
    with clock.frozen(datetime(2026, 7, 1, 2, tzinfo=timezone(timedelta(hours=9)))):
        assert clock.now().isoformat() == "2026-06-30T17:00:00+00:00"


def test_the_regions_year_begins_before_that_of_greenwich() -> None:
    with clock.frozen(MOMENT):
        assert clock.today().isoformat() == "2027-01-01"
        assert clock.local_now().isoformat() == "2027-01-01T00:30:00+01:00"


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-12-01T10:00:00+00:00", "2026-12-02T00:00:00+01:00"),
        ("2026-12-01T23:00:00+00:00", "2026-12-03T00:00:00+01:00"),
        ("2026-12-01T22:59:59+00:00", "2026-12-02T00:00:00+01:00"),
        # The clocks go forward at night on 29 March and back on 25 October.
        ("2026-03-29T00:30:00+00:00", "2026-03-30T00:00:00+02:00"),
        ("2026-03-29T12:00:00+00:00", "2026-03-30T00:00:00+02:00"),
        ("2026-10-25T00:30:00+00:00", "2026-10-26T00:00:00+01:00"),
        ("2026-10-24T23:00:00+00:00", "2026-10-26T00:00:00+01:00"),
    ],
)
def test_the_next_day_begins_at_midnight_whatever_the_clocks_do(now: str, midnight: str) -> None:
    with clock.frozen(datetime.fromisoformat(now)):
        assert clock.next_midnight().isoformat() == midnight


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_today_lasts_until_the_next_midnight(moment: datetime) -> None:
    with clock.frozen(moment):
        today, midnight = clock.today(), clock.next_midnight()
    assert moment < midnight <= moment + timedelta(hours=25)
    with clock.frozen(midnight - timedelta(microseconds=1)):
        assert clock.today() == today
    with clock.frozen(midnight):
        assert clock.today() == today + timedelta(days=1)
