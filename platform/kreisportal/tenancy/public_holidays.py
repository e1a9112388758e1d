"""The public holidays of Lower Saxony (§ 2 Niedersächsisches Feiertagsgesetz, NFeiertagsG)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

_FIXED = (
    (1, 1, "Neujahr", "New Year's Day"),
    (5, 1, "Tag der Arbeit", "Labour Day"),
    (10, 3, "Tag der Deutschen Einheit", "German Unity Day"),
    (10, 31, "Reformationstag", "Reformation Day"),
    (12, 25, "1. Weihnachtstag", "Christmas Day"),
    (12, 26, "2. Weihnachtstag", "Boxing Day"),
)
_SATURDAY = 5
# Days counted from Easter Sunday, which is a Sunday anyway and no holiday of its own here.
_FROM_EASTER = (
    (-2, "Karfreitag", "Good Friday"),
    (1, "Ostermontag", "Easter Monday"),
    (39, "Christi Himmelfahrt", "Ascension Day"),
    (50, "Pfingstmontag", "Whit Monday"),
)


def easter_sunday(year: int) -> date:
    """Easter Sunday of a Gregorian year, by the anonymous algorithm of 1876 (Meeus, Jones, Butcher)."""
    golden = year % 19
    century, year_of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leap_years, leap_rest = divmod(year_of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - epact - leap_rest) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=16)
def public_holidays(year: int) -> Mapping[date, Mapping[str, str]]:
    """The holidays of ``year`` and their names (maps of languages). Valid from 2018, when 31 October came."""
    easter = easter_sunday(year)
    days = {date(year, month, day): (de, en) for month, day, de, en in _FIXED}
    days |= {easter + timedelta(days=offset): (de, en) for offset, de, en in _FROM_EASTER}
    return MappingProxyType({day: MappingProxyType({"de": de, "en": en}) for day, (de, en) in days.items()})


def working_day(day: date) -> date:
    """``day``, or the next one that is neither at a weekend nor a holiday (as § 193 BGB moves the end of a time)."""
    while day.weekday() >= _SATURDAY or day in public_holidays(day.year):
        day += timedelta(days=1)
    return day
