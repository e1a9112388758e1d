"""Numbers as people write them, in German and English."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")
_MAX_DIGITS = 15


def read_decimal(text: str) -> Decimal | None:
    """The number that people wrote as 1234,5 or 1.234,50 or 1,234.50, or None.

    A single point or comma before exactly three digits separates thousands, because nobody writes three
    decimals here.
    """
    text = re.sub(r"[\s\u2009\u202f'’]", "", text).replace("−", "-")
    if not _DIGITS.fullmatch(text) or len(text) > _MAX_DIGITS + 6:
        return None
    sign, digits = ("-", text[1:]) if text[0] == "-" else ("", text.lstrip("+"))
    marks = [letter for letter in digits if letter in ".,"]
    if not marks:
        return Decimal(sign + digits)
    last = max(digits.rfind("."), digits.rfind(","))
    whole, rest = digits[:last], digits[last + 1 :]
    if len(set(marks)) == 1 and (len(marks) > 1 or (len(rest) == 3 and not whole.startswith("0"))):
        whole, rest = digits, ""
    if "." in whole or "," in whole:
        inner = {letter for letter in whole if letter in ".,"}
        if len(inner) > 1 or (digits[last] in inner and rest) or not _GROUPED.fullmatch(whole):
            return None
        whole = re.sub("[.,]", "", whole)
    return Decimal(f"{sign}{whole}.{rest or 0}")
