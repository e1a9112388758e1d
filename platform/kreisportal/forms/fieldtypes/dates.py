"""Days, typed into three inputs or as one text."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from babel.dates import get_month_names
from marshmallow import ValidationError
from marshmallow import fields as ma

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes.base import FieldType, Limits, Posted, Raw, clean_line, refuse, short_label
from kreisportal.forms.moments import resolve_day, split_typed, spoken, stored_day
from kreisportal.i18n import gettext

_MIN_YEAR = 1800
_MAX_YEAR = 2200


def _check_day(expression: str) -> None:
    if resolve_day(expression) is None:
        raise ValidationError("is not a day such as 2026-12-24, today or today-18y")


def _month_number(text: str) -> str:
    """The number of a month written as a word in German or English, or the text itself."""
    if text.isdecimal() or not text:
        return text
    for locale in ("de", "en"):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=locale).items():
                if text.rstrip(".").casefold() == name.rstrip(".").casefold():
                    return str(number)
    return text


class DateType(FieldType):
    """A day, stored as ``YYYY-MM-DD``.

    ``min`` and ``max`` are days or relative ones such as ``today-18y``. With ``unknown_parts`` a day or
    month that no register knows may be typed as 00, as it stands in some identity papers.
    """

    name = "date"
    parts = ("day", "month", "year")
    limits: ClassVar[Limits] = {
        "min": lambda: ma.String(validate=_check_day),
        "max": lambda: ma.String(validate=_check_day),
        "unknown_parts": ma.Boolean,
    }

    def gather(self, field: Field, name: str, posted: Posted) -> Raw:
        """The three inputs; a day pasted in one piece (into ``name`` itself or the day's input) is taken
        apart.
        """
        raw = {part: posted.one(f"{name}.{part}") for part in self.parts}
        whole = posted.one(name) or (raw["day"] if not raw["month"] and not raw["year"] else "")
        split = split_typed(whole)
        if split is not None:
            return dict(zip(self.parts, split, strict=True))
        return raw if not posted.one(name) else {**raw, "day": raw["day"] or whole}

    def load(self, field: Field, raw: Raw) -> str:
        typed = self._typed(field, raw)
        self._check_complete(typed)
        value = self._join(field, typed)
        self._check_bounds(field, value)
        return value

    def _typed(self, field: Field, raw: Raw) -> dict[str, str]:
        if isinstance(raw, str):
            return dict(zip(self.parts, split_typed(raw) or (raw, "", ""), strict=True))
        if not isinstance(raw, dict):
            raise self._wrong(field)
        typed = {part: clean_line(raw.get(part, ""), field, 40) for part in self.parts}
        typed["month"] = _month_number(typed["month"])
        return {part: text.rstrip(".") for part, text in typed.items()}

    def _check_complete(self, typed: dict[str, str]) -> None:
        sentences = {
            "day": gettext("Ergänzen Sie den Tag."),
            "month": gettext("Ergänzen Sie den Monat."),
            "year": gettext("Ergänzen Sie das Jahr."),
        }
        missing = {part: [sentences[part]] for part, text in typed.items() if not text}
        if missing:
            raise ValidationError(missing)

    def _join(self, field: Field, typed: dict[str, str]) -> str:
        if not all(text.isascii() and text.isdigit() for text in typed.values()):
            raise self._wrong(field)
        if len(typed["year"]) != 4:
            raise ValidationError(
                {"year": [gettext("Schreiben Sie das Jahr mit vier Ziffern, zum Beispiel 2026.")]}
            )
        day, month, year = (int(typed[part]) for part in self.parts)
        unknown = bool(field.limits.get("unknown_parts")) and not day
        try:
            date(year, month or 1 if unknown else month, day or 1 if unknown else day)
        except ValueError as error:
            raise ValidationError(
                gettext(
                    "Diesen Tag gibt es nicht. Prüfen Sie Tag und Monat bei „%(label)s“.",
                    label=short_label(field),
                )
            ) from error
        if not _MIN_YEAR <= year <= _MAX_YEAR:
            raise ValidationError({"year": [gettext("Prüfen Sie das Jahr.")]})
        return f"{year:04}-{month:02}-{day:02}"

    def _check_bounds(self, field: Field, value: str) -> None:
        day = stored_day(value)
        low, high = (resolve_day(field.limits.get(end, "")) for end in ("min", "max"))
        sentence = ""
        if day is not None and low is not None and day < low:
            sentence = gettext("Geben Sie einen Tag ab dem %(day)s ein.", day=spoken(low))
        elif day is not None and high is not None and day > high:
            sentence = gettext("Geben Sie einen Tag bis zum %(day)s ein.", day=spoken(high))
        if sentence:
            raise refuse(field, sentence)

    def _wrong(self, field: Field) -> ValidationError:
        return refuse(field, gettext("Geben Sie ein Datum in der Form 24.12.2026 ein."))

    def to_raw(self, field: Field, value: Any) -> Raw:
        year, _, rest = str(value or "").partition("-")
        month, _, day = rest.partition("-")
        return {"day": day, "month": month, "year": year}

    def display(self, field: Field, value: Any) -> str:
        raw = self.to_raw(field, value)
        return f"{raw['day']}.{raw['month']}.{raw['year']}"

    def missing(self, field: Field) -> str:
        return gettext(
            "Geben Sie bei „%(label)s“ ein Datum ein, zum Beispiel 24.12.2026.", label=short_label(field)
        )
