"""What a tenant admin types of the town hall, its offices and the days on which all is closed, and what is kept of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import chain, count
from typing import Any

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.look_fields import LANGUAGES, Faults, Typed, day_typed
from kreisportal.tenancy.onboarding import slug_of
from kreisportal.tenancy.onboarding_fields import hours_of, typed_fault
from kreisportal.tenancy.opening_hours import WEEKDAYS

ADDRESS = ("street", "postcode", "city")
OF_HOURS = tuple(f"hours_{day}" for day in WEEKDAYS)
OF_HALL = (*ADDRESS, "phone", "email", "website", *OF_HOURS)
OF_OFFICE = ("name_de", "name_en", *ADDRESS, "phone", "email", *OF_HOURS)
OF_CLOSING = ("date", "until", "reason_de", "reason_en")
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")
_HALL_NEEDS = (*ADDRESS, "email")

Part = Mapping[str, Any]


def hall_typed_of(contact: Part, hours: Part | None) -> dict[str, str]:
    """The town hall as the form shows it."""
    return {**{name: contact.get(name, "") for name in OF_HALL[:6]}, **_hours_typed_of(hours)}


def hall_typed(typed: Typed, hours_before: Part | None) -> dict[str, Any]:
    """Contact and hours as they were typed; the days on which all is closed stay. Raises InvalidInputError."""
    words, faults = _checked(typed, OF_HALL, _HALL_NEEDS)
    hours = {} if faults else hours_of(words)
    if not faults and not hours:
        faults["hours_monday"] = [gettext("Geben Sie für mindestens einen Tag Zeiten ein.")]
    if faults:
        raise InvalidInputError(faults)
    contact = {name: words[name] for name in OF_HALL[:6] if words[name]}
    return {"contact": contact, "hours": {**hours, **_closed(hours_before)}}


def office_typed_of(office: Part | None) -> dict[str, str]:
    """An office as the form shows it; one that there is not yet has empty fields."""
    office = office or {}
    names = {f"name_{language}": office.get("name", {}).get(language, "") for language in LANGUAGES}
    contact = {name: office.get(name, "") for name in (*ADDRESS, "phone", "email")}
    return {**names, **contact, **_hours_typed_of(office.get("hours"))}


def office_typed(typed: Typed, before: Part | None, taken: Collection[str]) -> dict[str, Any]:
    """The office as it was typed, ``taken`` being the keys of all others. Raises InvalidInputError.

    What is left empty is the town hall's: the address, the number, the hours.
    """
    words, faults = _checked(typed, OF_OFFICE, ("name_de",))
    missing = [name for name in ADDRESS if not words[name]]
    if 0 < len(missing) < len(ADDRESS):
        sentence = gettext(
            "Straße, Postleitzahl und Ort gehören zusammen. Füllen Sie alle drei aus oder keines."
        )
        faults |= {name: [sentence] for name in missing}
    if faults:
        raise InvalidInputError(faults)
    hours = hours_of(words)
    return {
        "key": before["key"] if before else _key(words["name_de"], taken),
        "name": {language: words[f"name_{language}"] for language in LANGUAGES if words[f"name_{language}"]},
        **{name: words[name] for name in (*ADDRESS, "phone", "email") if words[name]},
        **({"hours": {**hours, **_closed(before.get("hours") if before else None)}} if hours else {}),
    }


def closing_typed(typed: Typed) -> dict[str, Any]:
    """A day, or days, on which all is closed, as typed. Raises InvalidInputError."""
    words = {name: " ".join(typed.get(name, "").split()) for name in OF_CLOSING}
    faults: Faults = {}
    first, last = (day_typed(words[name], name, faults) for name in ("date", "until"))
    if not first and "date" not in faults:
        faults["date"] = [gettext("Geben Sie den Tag ein, an dem geschlossen ist.")]
    if first and last and last < first:
        faults["until"] = [gettext("Dieser Tag liegt vor dem ersten. Geben Sie einen späteren ein.")]
    reason = {language: words[f"reason_{language}"] for language in LANGUAGES if words[f"reason_{language}"]}
    for language, text in reason.items():
        sentence = typed_fault("reason", text)
        if sentence:
            faults[f"reason_{language}"] = [sentence]
    if reason and "de" not in reason:
        faults["reason_de"] = [gettext("Schreiben Sie den Text auch auf Deutsch.")]
    if faults or first is None:
        raise InvalidInputError(faults)
    return {
        "date": first.isoformat(),
        **({"until": last.isoformat()} if last and last > first else {}),
        **({"reason": reason} if reason else {}),
    }


def _checked(typed: Typed, names: Collection[str], needed: Collection[str]) -> tuple[dict[str, str], Faults]:
    words = {name: " ".join(typed.get(name, "").split()) for name in names}
    faults: Faults = {}
    for name, text in words.items():
        sentence = typed_fault(name, text) if text else None
        if not text and name in needed:
            sentence = gettext("Füllen Sie dieses Feld aus.")
        if sentence:
            faults[name] = [sentence]
    return words, faults


def _hours_typed_of(hours: Part | None) -> dict[str, str]:
    return {f"hours_{day}": ", ".join((hours or {}).get(day, ())) for day in WEEKDAYS}


def _closed(hours: Part | None) -> dict[str, Any]:
    return {"closed": hours["closed"]} if hours and hours.get("closed") else {}


def _key(name: str, taken: Collection[str]) -> str:
    """What stands for a new office in files and addresses: its name in small letters, with a number if need be."""
    first = _NOT_IN_KEYS.sub("-", slug_of(name)).strip("-") or "amt"
    first = first if first[0].isalpha() else f"amt-{first}"
    return next(key for key in chain([first], (f"{first}-{n}" for n in count(2))) if key not in taken)
