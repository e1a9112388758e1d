"""Case numbers: the town's code, the year, a running number and a check digit, e.g. ``VEC-2026-00042-8``."""

from __future__ import annotations

import re

from sqlalchemy import text
from sqlalchemy.orm import Session
from stdnum import luhn

_FORM = re.compile(r"([A-Z]{3})([0-9]{4})([0-9]{5,9})([0-9])")
# What people put between the parts, and what phones and word processors make of a hyphen.
_SEPARATORS = re.compile(r"[\s./_\u00ad\u2010-\u2015\u2212-]+")
_NEXT = text(
    "INSERT INTO case_numbers AS n (tenant_id, year, last) VALUES (:tenant, :year, 1)"
    " ON CONFLICT (tenant_id, year) DO UPDATE SET last = n.last + 1 RETURNING last"
)


def case_number(code: str, year: int, running: int) -> str:
    """The number of a case. The check digit (Luhn, ISO/IEC 7812) is over year and running number."""
    check = luhn.calc_check_digit(f"{year}{running:05d}")
    return f"{code}-{year}-{running:05d}-{check}"


def normalise(typed: str) -> str | None:
    """A number as a person typed it, in its proper form; None if it cannot be one (check digit included)."""
    matched = _FORM.fullmatch(_SEPARATORS.sub("", typed.upper()))
    if not matched:
        return None
    code, year, running, check = matched.groups()
    number = case_number(code, int(year), int(running))
    return number if number.endswith(check) and running == f"{int(running):05d}" else None


def next_number(session: Session, tenant_id: int, code: str, year: int) -> str:
    """The next number of a tenant. Two submissions at once wait for each other, so no number is given twice."""
    running = session.scalar(_NEXT, {"tenant": tenant_id, "year": year})
    return case_number(code, year, int(running or 0))
