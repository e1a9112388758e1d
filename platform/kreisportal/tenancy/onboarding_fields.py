"""The fields by which a town is brought on line, and what is said of each that does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from marshmallow import ValidationError, validate

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.definition_fields import WEB_ADDRESS, check_host, check_phone, check_text
from kreisportal.tenancy.look_fields import mark_faults
from kreisportal.tenancy.opening_hours import WEEKDAYS, Interval, check_intervals

OF_HOURS = tuple(f"hours_{day}" for day in WEEKDAYS[:5])
OF_TOWN = (
    *("name", "short", "street", "postcode", "city", "email", "phone"),
    *OF_HOURS,
    *("portal_host", "desk_host", "colour"),
)
OF_DISTRICT = tuple(f"district_{part}" for part in ("name", "street", "postcode", "city", "email"))
OWN_MARK = "mark_svg"
"""A drawing that the town has already; without one it begins with that of a town hall."""
_OPTIONAL = frozenset({"phone", *OF_HOURS})
_LONGEST = 200
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_SHORT_HOUR = re.compile(r"(?<![0-9])(?=[0-9]:)")
_POSTCODE = re.compile(r"[0-9]{5}")


def checked_fields(typed: Mapping[str, str], *, with_district: bool) -> dict[str, str]:
    """What was typed, tidied. Raises InvalidInputError with all that does not fit at once."""
    names = OF_TOWN + (OF_DISTRICT if with_district else ())
    fields = {name: " ".join(typed.get(name, "").split()) for name in names}
    for name in ("portal_host", "desk_host", "colour"):
        fields[name] = fields[name].lower()
    faults: dict[str, list[str]] = {}
    for name, text in fields.items():
        sentence = _fault(name, text)
        if sentence:
            faults[name] = [sentence]
    fields[OWN_MARK] = typed.get(OWN_MARK, "")
    if of_mark := mark_faults(fields[OWN_MARK]):
        faults["mark"] = of_mark
    if fields["portal_host"] and fields["portal_host"] == fields["desk_host"]:
        faults["desk_host"] = [gettext("Portal und Verwaltung brauchen verschiedene Hostnamen.")]
    if faults:
        raise InvalidInputError(faults)
    return fields


def hours_of(fields: Mapping[str, str]) -> dict[str, list[str]]:
    """The fields of opening hours as a town's folder writes them; a day without any is closed."""
    times = {
        name.removeprefix("hours_"): times_of(text)
        for name, text in fields.items()
        if name.startswith("hours_")
    }
    return {day: found for day, found in times.items() if found}


def times_of(text: str) -> list[str]:
    """The times of a day as a folder writes them, of "8:30 – 12:00, 14:00-16:00" as people do."""
    parts = [part.replace(" ", "").replace("–", "-") for part in text.split(",") if part.strip()]
    return [_SHORT_HOUR.sub("0", part) for part in parts]


def _check_times(text: str) -> None:
    """Raises ValidationError."""
    try:
        check_intervals([Interval.parse(part) for part in times_of(text)])
    except ValueError as error:
        raise ValidationError(str(error)) from error


def _fault(name: str, text: str) -> str | None:
    """What is wrong with a field, as what to do about it."""
    if not text:
        return None if name in _OPTIONAL else gettext("Füllen Sie dieses Feld aus.")
    return typed_fault(name.removeprefix("district_"), text)


def typed_fault(kind: str, text: str) -> str | None:
    """What is wrong with something that was typed, as what to do about it. ``kind`` is the name of a field of a town."""
    if len(text) > _LONGEST or _refused(check_text, text):
        return gettext("Kürzen Sie den Text auf 200 Zeichen, ohne spitze Klammern.")
    if kind.startswith("hours_") and _refused(_check_times, text):
        return gettext("Schreiben Sie die Zeiten so: 08:30-12:30, 14:00-16:00")
    if kind.endswith("_host") and _refused(check_host, text):
        return gettext("Geben Sie einen Hostnamen ein, zum Beispiel portal.beispielstadt.de.")
    if kind == "postcode" and not _POSTCODE.fullmatch(text):
        return gettext("Geben Sie die fünf Ziffern der Postleitzahl ein.")
    if kind.endswith("email") and _refused(validate.Email(), text):
        return gettext("Geben Sie eine vollständige E-Mail-Adresse ein.")
    if kind == "phone" and _refused(check_phone, text):
        return gettext("Geben Sie eine Telefonnummer mit Vorwahl ein.")
    if kind == "colour" and not _COLOUR.fullmatch(text):
        return gettext("Wählen Sie eine Farbe, zum Beispiel #1d4f91.")
    if kind == "website" and _refused(WEB_ADDRESS, text):
        return gettext("Geben Sie eine Adresse ein, die mit https:// beginnt.")
    return None


def _refused(check: Callable[[str], object], text: str) -> bool:
    try:
        check(text)
    except ValidationError:
        return True
    return False
