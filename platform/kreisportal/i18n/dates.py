"""How days and instants are written, in the current language."""

from __future__ import annotations

import datetime

from babel.dates import format_date, format_datetime

from kreisportal.i18n.languages import current_language
from kreisportal.kernel.clock import LOCAL_ZONE


def date_text(value: datetime.date | datetime.datetime | str) -> str:
    """A day, e.g. 24. Dezember 2026; an instant is taken on the region's clocks."""
    if isinstance(value, str):
        value = datetime.date.fromisoformat(value)
    if isinstance(value, datetime.datetime):
        value = value.astimezone(LOCAL_ZONE).date()
    return format_date(value, "long", locale=current_language().locale)


def weekday_text(value: datetime.date) -> str:
    """A day with its day of the week, e.g. Donnerstag, 24. Dezember 2026."""
    return format_date(value, "full", locale=current_language().locale)


def moment_text(value: datetime.datetime) -> str:
    """An instant on the region's clocks, e.g. 24.12.2026, 14:05."""
    return format_datetime(
        value.astimezone(LOCAL_ZONE), "dd.MM.yyyy, HH:mm", locale=current_language().locale
    )
