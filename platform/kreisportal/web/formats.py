"""How dates, times and sizes are written on pages, in the current language."""

from __future__ import annotations

import re

from babel.numbers import format_decimal

from kreisportal.i18n import current_language, gettext
from kreisportal.i18n.dates import date_text, moment_text

_KILO = 1000
_KIBI = 1024
_KEPT_TOGETHER = re.compile(r"(?<=[0-9]) (?=[€%])|(?<=§) (?=[0-9])")


def size_text(size: int) -> str:
    """A size in bytes as people read it, e.g. 1,4 MB."""
    locale = current_language().locale
    if round(size / _KILO) < _KILO:
        return gettext("%(number)s KB", number=format_decimal(max(1, round(size / _KILO)), locale=locale))
    return gettext("%(number)s MB", number=format_decimal(round(size / _KILO / _KILO, 1), locale=locale))


def limit_text(size: int) -> str:
    """How many bytes there may be, rounded down as where a file is refused for having more: 10 MB."""
    locale = current_language().locale
    if size < _KIBI * _KIBI:
        return gettext("%(number)s KB", number=format_decimal(max(1, size // _KIBI), locale=locale))
    return gettext("%(number)s MB", number=format_decimal(size // _KIBI // _KIBI, locale=locale))


def unbroken(text: str) -> str:
    """A text in which a number stays on one line with its euro sign, and a section sign with its number."""
    return _KEPT_TOGETHER.sub("\u00a0", text)


__all__ = ["FILTERS", "date_text", "moment_text", "size_text", "unbroken"]

FILTERS = {"date": date_text, "moment": moment_text, "size": size_text, "unbroken": unbroken}
