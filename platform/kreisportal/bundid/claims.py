"""What an OpenID provider tells of a person (OIDC Core 1.0, 5.1), by the keys that forms propose answers by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kreisportal.bundid.told import german_address, one_line, whole_day

_TEXTS = {
    "person.given_names": "given_name",
    "person.family_name": "family_name",
    "person.birth_name": "birth_family_name",
    "contact.phone": "phone_number",
}


def attributes_of(claims: Mapping[str, Any]) -> dict[str, Any]:
    """The values that forms can take, as the types of their fields store them. What has another form is left out."""
    found: dict[str, Any] = {}
    for key, name in _TEXTS.items():
        value = one_line(claims.get(name))
        if value:
            found[key] = value
    born = whole_day(claims.get("birthdate"))
    if born:
        found["person.birth_date"] = born
    address = _address(claims.get("address"))
    if address:
        found["person.address"] = address
    return found


def _address(value: object) -> dict[str, str]:
    """Street, number, postcode and town; further lines of the street say what no form asks for."""
    if not isinstance(value, Mapping):
        return {}
    lines = value.get("street_address")
    first = lines.splitlines()[0] if isinstance(lines, str) and lines.strip() else ""
    return german_address(first, value.get("postal_code"), value.get("locality"))
