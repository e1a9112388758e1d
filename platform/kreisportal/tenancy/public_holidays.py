"""The public holidays of a German Land, and the working days between them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from holidays.countries.germany import Germany

LOWER_SAXONY = "Niedersachsen"
"""Whose holidays count where no authority is asked for."""

_SUBDIVISIONS = {
    "Baden-Württemberg": "BW",
    "Bayern": "BY",
    "Berlin": "BE",
    "Brandenburg": "BB",
    "Bremen": "HB",
    "Hamburg": "HH",
    "Hessen": "HE",
    "Mecklenburg-Vorpommern": "MV",
    "Niedersachsen": "NI",
    "Nordrhein-Westfalen": "NW",
    "Rheinland-Pfalz": "RP",
    "Saarland": "SL",
    "Sachsen": "SN",
    "Sachsen-Anhalt": "ST",
    "Schleswig-Holstein": "SH",
    "Thüringen": "TH",
}
_LANGUAGES = {"de": "de", "en": "en_US"}
_SATURDAY = 5


@lru_cache(maxsize=64)
def public_holidays(year: int, state: str = LOWER_SAXONY) -> Mapping[date, Mapping[str, str]]:
    """The holidays of ``year`` in all of a Land, and their names (maps of languages).

    Those that only some of its municipalities have (Mariä Himmelfahrt, Fronleichnam in Saxony) are not among them.
    """
    named = {
        path: Germany(subdiv=_SUBDIVISIONS[state], years=year, language=language)
        for path, language in _LANGUAGES.items()
    }
    return MappingProxyType(
        {
            day: MappingProxyType({path: names[day] for path, names in named.items()})
            for day in sorted(named["de"])
        }
    )


def working_day(day: date, state: str = LOWER_SAXONY) -> date:
    """``day``, or the next one that is neither at a weekend nor a holiday (as § 193 BGB moves the end of a time)."""
    while day.weekday() >= _SATURDAY or day in public_holidays(day.year, state):
        day += timedelta(days=1)
    return day
