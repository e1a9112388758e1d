"""Days in definitions and answers: relative days ("today-18y"), typed days ("24.12.2026"), stored days
(ISO).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from kreisportal.kernel.clock import today

_RELATIVE = re.compile(r"today(?:([+-])([0-9]{1,4})([dwmy]))?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TYPED = re.compile(r"([0-9]{1,2})\s*[./\-\s]\s*([0-9]{1,2})\s*[./\-\s]\s*([0-9]{4})\.?")
_TYPED_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


def _months_later(day: date, months: int) -> date:
    # The 31st becomes the last day of a shorter month, the 29 February the 28th (as § 188(3) BGB counts).
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def resolve_day(expression: str) -> date | None:
    """The day that ``2026-12-24``, ``today`` or ``today-18y`` (d, w, m, y) names, or None."""
    if _ISO.fullmatch(expression):
        return stored_day(expression)
    match = _RELATIVE.fullmatch(expression)
    if match is None:
        return None
    sign, amount, unit = match.groups()
    if sign is None:
        return today()
    count = int(amount) if sign == "+" else -int(amount)
    try:
        if unit in "my":
            return _months_later(today(), count * (12 if unit == "y" else 1))
        return today() + timedelta(days=count * (7 if unit == "w" else 1))
    except (ValueError, OverflowError):
        return None


def stored_day(value: object) -> date | None:
    """The day of a stored answer ``YYYY-MM-DD``; an unknown day or month ("00") counts as the first."""
    match = _ISO.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month or 1, day or 1)
    except ValueError:
        return None


def split_typed(text: str) -> tuple[str, str, str] | None:
    """Day, month and year of a day typed in one piece: 24.12.2026, 24/12/2026, 24 12 2026 or 2026-12-24."""
    if match := _TYPED.fullmatch(text.strip()):
        return match[1], match[2], match[3]
    if match := _TYPED_ISO.fullmatch(text.strip()):
        return match[3], match[2], match[1]
    return None


def spoken(day: date) -> str:
    """A day as German offices write it: 24.12.2026."""
    return f"{day.day:02}.{day.month:02}.{day.year:04}"
