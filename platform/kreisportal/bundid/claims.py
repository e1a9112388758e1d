"""What an OpenID provider tells of a person (OIDC Core 1.0, 5.1), by the keys that forms propose answers by."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

_LONGEST = 200
_TEXTS = {
    "person.given_names": "given_name",
    "person.family_name": "family_name",
    "person.birth_name": "birth_family_name",
    "contact.phone": "phone_number",
}
# A street with its number, as the standard puts both in one line; further lines say what no form asks for.
_STREET = re.compile(r"(?P<street>.*\D)\s+(?P<number>\d+\s*[a-zA-Z]?([-/]\d+\s*[a-zA-Z]?)?)")


def attributes_of(claims: Mapping[str, Any]) -> dict[str, Any]:
    """The values that forms can take, as the types of their fields store them. What has another form is left out."""
    found: dict[str, Any] = {}
    for key, name in _TEXTS.items():
        value = _text(claims.get(name))
        if value:
            found[key] = value
    born = _day(claims.get("birthdate"))
    if born:
        found["person.birth_date"] = born
    address = _address(claims.get("address"))
    if address:
        found["person.address"] = address
    return found


def _text(value: object) -> str:
    """A text in one line, or nothing."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return ""
    text = " ".join(value.split())
    return text if text.isprintable() else ""


def _day(value: object) -> str:
    """A whole day that there was; people without a known birthday have a year only, which no form takes."""
    try:
        day = datetime.date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return ""
    return day.isoformat() if day and day.year > 1800 else ""


def _address(value: object) -> dict[str, str]:
    """Street, number, postcode and town, if they can be told apart."""
    if not isinstance(value, Mapping):
        return {}
    lines = value.get("street_address")
    line = _text(lines.splitlines()[0]) if isinstance(lines, str) and lines.strip() else ""
    street = _STREET.fullmatch(line)
    postcode, city = _text(value.get("postal_code")), _text(value.get("locality"))
    if street is None or not re.fullmatch(r"\d{5}", postcode) or not city:
        return {}
    return {
        "street": street["street"].strip(),
        "house_number": street["number"],
        "postcode": postcode,
        "city": city,
    }
