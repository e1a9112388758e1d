"""Sums of money: typed, written in files, and shown. Inside they are whole cents."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from babel.numbers import format_currency

from kreisportal.i18n import current_language
from kreisportal.i18n.numbers import read_decimal

MOST_CENTS = 1_000_000_000
"""Ten million euros: no fee of a municipality is higher, and a formula that says more is wrong."""

_EURO = re.compile(r"(?i)€|\beuro?\b")


def amount_typed(text: str) -> int | None:
    """The cents of a sum such as ``84``, ``84,50 €`` or ``1.234,50``; None for what is no sum of whole cents."""
    number = read_decimal(_EURO.sub("", text).strip())
    if number is None or number < 0 or (number * 100) % 1 or number * 100 > MOST_CENTS:
        return None
    return int(number * 100)


def amount_stored(cents: int) -> str:
    """Cents as files and the database have them: ``84.50``."""
    return f"{cents // 100}.{cents % 100:02}"


def amount_text(cents: int) -> str:
    """Cents as people read them in the current language, e.g. ``84 €`` or ``84,50 €``."""
    pattern = "#,##0\u00a0¤" if current_language().locale.startswith("de") else "¤#,##0"
    if cents % 100:
        pattern = pattern.replace("#,##0", "#,##0.00")
    euros = Decimal(cents) / 100
    return format_currency(euros, "EUR", pattern, locale=current_language().locale, currency_digits=False)


def to_cents(euros: Fraction) -> int:
    """Euros in whole cents, half a cent up."""
    return int((euros * 100 + Fraction(1, 2)) // 1)
