"""Numbers and sums of money, in German and English writing."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar

from babel.numbers import format_currency, format_decimal
from marshmallow import ValidationError, validate
from marshmallow import fields as ma

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes.base import WIDTHS, FieldType, Limits, Raw, clean_line, refuse, short_label
from kreisportal.i18n import current_language, gettext
from kreisportal.i18n.numbers import read_decimal


def _bound() -> ma.Field[Any]:
    return ma.Integer(strict=True)


class NumberType(FieldType):
    """A number, stored as a whole number, or with ``decimals`` (1 or 2) as a text such as ``12.5``.

    ``min`` and ``max`` are whole numbers; ``unit`` stands behind the input and the value.
    """

    name = "number"
    limits: ClassVar[Limits] = {
        "min": _bound,
        "max": _bound,
        "decimals": lambda: ma.Integer(strict=True, validate=validate.Range(1, 2)),
        "unit": ma.String,
        "width": lambda: ma.Integer(strict=True, validate=validate.OneOf(WIDTHS)),
    }

    def load(self, field: Field, raw: Raw) -> int | str:
        number = self._read(field, raw)
        self._check_bounds(field, number)
        if not field.limits.get("decimals"):
            return int(number)
        return format(number.normalize(), "f")

    def _read(self, field: Field, raw: Raw) -> Decimal:
        decimals = field.limits.get("decimals", 0)
        text = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else clean_line(raw, field, 60)
        number = read_decimal(text.removesuffix(field.limits.get("unit", "")).strip() or text)
        if number is None or (decimals == 0 and number % 1):
            example = "12" if decimals == 0 else "12,5"
            raise refuse(
                field,
                gettext(
                    "Geben Sie bei „%(label)s“ eine Zahl ein, zum Beispiel %(example)s.",
                    label=short_label(field),
                    example=example,
                ),
            )
        if number % 1 and -int(number.as_tuple().exponent) > decimals:
            raise refuse(
                field, gettext("Geben Sie höchstens %(count)s Stellen nach dem Komma ein.", count=decimals)
            )
        return number

    def _check_bounds(self, field: Field, number: Decimal) -> None:
        low, high = field.limits.get("min"), field.limits.get("max")
        if low is not None and number < low:
            raise ValidationError(
                gettext("Geben Sie mindestens %(limit)s ein.", limit=self._bound_text(field, low))
            )
        if high is not None and number > high:
            raise ValidationError(
                gettext("Geben Sie höchstens %(limit)s ein.", limit=self._bound_text(field, high))
            )

    def _bound_text(self, field: Field, bound: int) -> str:
        return self.display(field, bound)

    def to_raw(self, field: Field, value: Any) -> Raw:
        return "" if value is None else format_decimal(Decimal(value), locale=current_language().locale)

    def display(self, field: Field, value: Any) -> str:
        shown = format_decimal(Decimal(value), locale=current_language().locale)
        unit = field.limits.get("unit")
        return f"{shown} {unit}" if unit else shown


class MoneyType(NumberType):
    """A sum in euros, stored in cents. ``min`` and ``max`` are cents too."""

    name = "money"
    limits: ClassVar[Limits] = {"min": _bound, "max": _bound}

    def load(self, field: Field, raw: Raw) -> int:
        if isinstance(raw, int) and not isinstance(raw, bool):
            cents = Decimal(raw)
        else:
            text = re.sub(r"(?i)€|euro?\b", "", clean_line(raw, field, 60)).strip()
            number = read_decimal(text)
            if number is None or (number * 100) % 1:
                raise refuse(
                    field,
                    gettext(
                        "Geben Sie bei „%(label)s“ einen Betrag in Euro ein, zum Beispiel 1.234,56.",
                        label=short_label(field),
                    ),
                )
            cents = number * 100
        self._check_bounds(field, cents)
        return int(cents)

    def to_raw(self, field: Field, value: Any) -> Raw:
        if value is None:
            return ""
        return format_decimal(Decimal(value) / 100, format="#,##0.00", locale=current_language().locale)

    def display(self, field: Field, value: Any) -> str:
        return format_currency(Decimal(value) / 100, "EUR", locale=current_language().locale)
