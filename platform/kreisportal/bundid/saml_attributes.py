"""What a provider says of a person or a business, by OID and never by friendly name, as forms can propose it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kreisportal.bundid.told import german_address, german_day, one_line

LEVEL = "urn:oid:1.2.40.0.10.2.1.1.261.94"
"""The attribute with the level of trust."""

BPK2 = "urn:oid:1.3.6.1.4.1.25484.494450.3"
"""The pseudonym that BundID gives a person for the region's entityID."""

_PERSON = {
    "person.given_names": "urn:oid:2.5.4.42",
    "person.family_name": "urn:oid:2.5.4.4",
    "person.birth_name": "urn:oid:1.2.40.0.10.2.1.1.225566",
    "person.birth_date": "urn:oid:1.2.40.0.10.2.1.1.55",
    "person.birth_place": "urn:oid:1.3.6.1.5.5.7.9.2",
    "person.nationality": "urn:oid:1.2.40.0.10.2.1.1.225577",
    "person.doctoral_degree": "urn:oid:0.9.2342.19200300.100.1.40",
    "contact.email": "urn:oid:0.9.2342.19200300.100.1.3",
    "street": "urn:oid:2.5.4.16",
    "postcode": "urn:oid:2.5.4.17",
    "city": "urn:oid:2.5.4.7",
    "country": "urn:oid:1.2.40.0.10.2.1.1.225599",
}
_BUSINESS = {
    "business.name": "urn:oid:2.5.4.10",
    "business.register_number": "",
    "contact.email": "urn:oid:0.9.2342.19200300.100.1.3",
    "contact.phone": "",
    "street": "urn:oid:2.5.4.16",
    "postcode": "urn:oid:2.5.4.17",
    "city": "urn:oid:2.5.4.7",
    "country": "",
}
_PARTS = ("street", "postcode", "city", "country")
_CODE = re.compile(r"[A-Z]{2}")
# Germany is written in other ways as well.
_GERMANY = frozenset({"D", "DE", "DEU"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of provider: what its attributes are called there, and which is the subject's own for good.

    ``extended``: requests carry the extension that BundID wants. ``address`` is what the address is the address of.
    """

    attributes: Mapping[str, str]
    subject: str | None
    address: str
    extended: bool = False

    @property
    def known(self) -> frozenset[str]:
        """Our names of all that it can tell."""
        return frozenset(self.attributes)


KINDS: Mapping[str, Kind] = {
    "bundid": Kind(_PERSON, BPK2, "person.address", extended=True),
    "plain": Kind(_PERSON, None, "person.address"),
    "business": Kind(_BUSINESS, None, "business.address"),
}
"""What ``kind`` of a provider in the settings stands for."""


def wanted_attributes(kind: Kind, names: Mapping[str, str], subject: str | None) -> list[str]:
    """What we ask a provider for, and nothing else."""
    asked = [name for name in names.values() if name]
    return sorted({*asked, *([subject] if subject else []), *([LEVEL] if kind.extended else [])})


def described(kind: Kind, names: Mapping[str, str], told: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What was told, by the keys that forms propose answers by. What is missing or cannot be read is left out."""
    raw = {key: one_line(told[name][0]) for key, name in names.items() if name and told.get(name)}
    found: dict[str, Any] = {key: value for key, value in raw.items() if value and key not in _PARTS}
    if "person.birth_date" in found:
        found["person.birth_date"] = german_day(found["person.birth_date"])
    if "person.nationality" in found:
        found["person.nationality"] = _country(found["person.nationality"])
    found[kind.address] = _address({part: raw.get(part, "") for part in _PARTS})
    return {key: value for key, value in found.items() if value}


def _country(value: str) -> str | None:
    code = value.upper()
    if code in _GERMANY:
        return "DE"
    return code if _CODE.fullmatch(code) else None


def _address(parts: Mapping[str, str]) -> dict[str, str]:
    """An address in Germany, as forms store it; empty unless street, number, postcode and town are there."""
    if _country(parts["country"] or "DE") != "DE":
        return {}
    return german_address(parts["street"], parts["postcode"], parts["city"])
