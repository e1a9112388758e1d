"""How dates, times and sizes are written, in the current language."""

from __future__ import annotations

import datetime
import re

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from kreisportal.i18n import current_language, gettext
from kreisportal.kernel.clock import LOCAL_ZONE

_KILO = 1000
_KEPT_TOGETHER = re.compile(r"(?<=[0-9]) (?=[€%])|(?<=§) (?=[0-9])")


def date_text(value: datetime.date | datetime.datetime | str) -> str:
    """A day, e.g. 24. Dezember 2026; an instant is taken on the region's clocks."""
    if isinstance(value, str):
        value = datetime.date.fromisoformat(value)
    if isinstance(value, datetime.datetime):
        value = value.astimezone(LOCAL_ZONE).date()
    return format_date(value, "long", locale=current_language().locale)


def moment_text(value: datetime.datetime) -> str:
    """An instant on the region's clocks, e.g. 24.12.2026, 14:05."""
    return format_datetime(
        value.astimezone(LOCAL_ZONE), "dd.MM.yyyy, HH:mm", locale=current_language().locale
    )


def size_text(size: int) -> str:
    """A size in bytes as people read it, e.g. 1,4 MB."""
    locale = current_language().locale
    if round(size / _KILO) < _KILO:
        return gettext("%(number)s KB", number=format_decimal(max(1, round(size / _KILO)), locale=locale))
    return gettext("%(number)s MB", number=format_decimal(round(size / _KILO / _KILO, 1), locale=locale))


def unbroken(text: str) -> str:
    """A text in which a number stays on one line with its euro sign, and a section sign with its number."""
    return _KEPT_TOGETHER.sub("\u00a0", text)


FILTERS = {"date": date_text, "moment": moment_text, "size": size_text, "unbroken": unbroken}
