"""Reading what providers tell of a person, however they speak: texts in one line, days, addresses in Germany."""

from __future__ import annotations

import datetime
import re

_LONGEST = 200
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_GERMAN_DAY = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")
# "Am Markt 3 a", "Straße des 17. Juni 135", "Hauptstr. 5/7".
_WITH_NUMBER = re.compile(r"(?P<street>.*\D)\s+(?P<number>\d+\s?[a-zA-Z]?(\s?[-/]\s?\d+\s?[a-zA-Z]?)?)")
_POSTCODE = re.compile(r"\d{5}")
_FIRST_YEAR = 1800


def one_line(value: object) -> str:
    """A text in one line; empty for what is none, or longer than any name."""
    if not isinstance(value, str):
        return ""
    text = " ".join(value.split())
    return text if text.isprintable() and len(text) <= _LONGEST else ""


def whole_day(value: object) -> str:
    """A day as forms store it (1980-12-24); empty where only a part of it is known."""
    text = one_line(value)
    try:
        day = datetime.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return ""
    return text if day and day.year >= _FIRST_YEAR else ""


def german_day(value: object) -> str:
    """The same for one that may be written 24.12.1980."""
    return whole_day(_GERMAN_DAY.sub(r"\3-\2-\1", one_line(value)))


def german_address(line: object, postcode: object, city: object) -> dict[str, str]:
    """An address as forms store it, from street and number in one line; empty if they cannot be told apart."""
    street, code, town = _WITH_NUMBER.fullmatch(one_line(line)), one_line(postcode), one_line(city)
    if street is None or not _POSTCODE.fullmatch(code) or not town:
        return {}
    return {"street": street["street"], "house_number": street["number"], "postcode": code, "city": town}
