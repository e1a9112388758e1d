"""The holidays of Lower Saxony, and of other Länder, against days that are known."""

from __future__ import annotations

from datetime import date

import pytest

from kreisportal.tenancy.public_holidays import public_holidays, working_day
from kreisportal.tenancy.regional_key import STATES


def test_the_ten_holidays_of_2026() -> None:
    assert sorted(public_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 10, 3),
        date(2026, 10, 31),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]


def test_holidays_of_other_states_are_none_here() -> None:
    days = public_holidays(2026)
    assert date(2026, 1, 6) not in days
    assert date(2026, 6, 4) not in days
    assert date(2026, 11, 1) not in days


@pytest.mark.parametrize(
    ("state", "day", "name"),
    [
        ("Bayern", date(2026, 1, 6), "Heilige Drei Könige"),
        ("Nordrhein-Westfalen", date(2026, 6, 4), "Fronleichnam"),
        ("Berlin", date(2026, 3, 8), "Frauentag"),
        ("Sachsen", date(2026, 11, 18), "Buß- und Bettag"),
        ("Thüringen", date(2026, 9, 20), "Weltkindertag"),
    ],
)
def test_each_land_has_its_own(state: str, day: date, name: str) -> None:
    assert public_holidays(2026, state)[day]["de"] == name
    assert day not in public_holidays(2026)


def test_no_land_is_without() -> None:
    assert len(STATES) == 16
    assert all(len(public_holidays(2027, state)) >= 9 for state in STATES.values())


def test_holidays_have_names_in_both_languages() -> None:
    assert public_holidays(2026)[date(2026, 10, 31)] == {"de": "Reformationstag", "en": "Reformation Day"}
    assert all(set(names) == {"de", "en"} for names in public_holidays(2027).values())


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        (date(2026, 12, 4), date(2026, 12, 4)),
        (date(2026, 12, 5), date(2026, 12, 7)),
        # Good Friday, Easter Sunday and Easter Monday.
        (date(2026, 4, 3), date(2026, 4, 7)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 4)),
    ],
)
def test_a_time_that_ends_when_offices_are_closed_ends_on_the_next_working_day(
    day: date, moved: date
) -> None:
    assert working_day(day) == moved
