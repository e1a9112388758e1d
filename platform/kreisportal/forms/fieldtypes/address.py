"""Postal addresses."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from marshmallow import ValidationError
from marshmallow import fields as ma

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes.base import FieldType, Limits, Posted, Raw, clean_line
from kreisportal.forms.fieldtypes.choices import countries
from kreisportal.i18n import gettext

_LENGTHS = {"street": 100, "house_number": 20, "addition": 100, "postcode": 10, "city": 100, "country": 2}
# What browsers fill into the street: "Große Straße 12 a", "Kirchstraße 3-5".
_WITH_NUMBER = re.compile(
    r"(?P<street>.*[^\W\d_]\.?)\s+(?P<number>\d{1,4}\s?[a-zA-Z]?(?:\s?[-–/]\s?\d{1,4}\s?[a-zA-Z]?)?)"
)


class AddressType(FieldType):
    """A postal address, stored as a map of its parts; ``addition`` and, for Germany, ``country`` may be
    missing.

    With ``abroad`` the country is asked for, and postcode and house number follow German rules only in
    Germany.
    """

    name = "address"
    parts = ("street", "house_number", "addition", "postcode", "city")
    limits: ClassVar[Limits] = {"abroad": ma.Boolean}

    def gather(self, field: Field, name: str, posted: Posted) -> Raw:
        raw = {part: posted.one(f"{name}.{part}") for part in self.inputs(field)}
        match = _WITH_NUMBER.fullmatch(raw["street"].strip()[:200])
        if match and not raw["house_number"].strip():
            raw["street"], raw["house_number"] = match["street"], match["number"]
        if not any(raw[part].strip() for part in self.parts):
            # The list of countries begins with Germany chosen, which alone is no answer.
            raw = dict.fromkeys(raw, "")
        return raw

    def inputs(self, field: Field) -> tuple[str, ...]:
        """The names of the inputs that the field has."""
        return (*self.parts, "country") if field.limits.get("abroad") else self.parts

    def load(self, field: Field, raw: Raw) -> dict[str, str]:
        if not isinstance(raw, dict):
            raise ValidationError(self.missing(field))
        found: dict[str, str] = {}
        errors: dict[str, list[str]] = {}
        for part in self.inputs(field):
            try:
                found[part] = clean_line(raw.get(part) or "", field, _LENGTHS[part])
            except ValidationError as error:
                errors[part] = [str(message) for message in error.messages]
        for part, sentence in self._faults(field, found).items():
            errors.setdefault(part, [sentence])
        if errors:
            raise ValidationError({part: errors[part] for part in self.inputs(field) if part in errors})
        return {part: text for part, text in found.items() if text}

    def _faults(self, field: Field, found: dict[str, str]) -> dict[str, str]:
        sentences = {
            "street": gettext("Geben Sie die Straße ein."),
            "house_number": gettext("Geben Sie die Hausnummer ein."),
            "postcode": gettext("Geben Sie die Postleitzahl ein."),
            "city": gettext("Geben Sie den Ort ein."),
            "country": gettext("Wählen Sie das Land aus."),
        }
        abroad = found.get("country") not in (None, "", "DE")
        needed = {"city", *({"country"} if "country" in self.inputs(field) else ())}
        needed |= set() if abroad else {"street", "house_number", "postcode"}
        faults = {part: sentences[part] for part in needed if part in found and not found[part]}
        postcode = found.get("postcode", "")
        if postcode and not abroad and not re.fullmatch("[0-9]{5}", postcode):
            faults["postcode"] = gettext(
                "Geben Sie eine Postleitzahl mit fünf Ziffern ein, zum Beispiel 49377."
            )
        if found.get("country") and found["country"] not in dict(countries()):
            faults["country"] = sentences["country"]
        return faults

    def to_raw(self, field: Field, value: Any) -> Raw:
        known = value if isinstance(value, dict) else {}
        return {part: str(known.get(part, "")) for part in self.inputs(field)}

    def display(self, field: Field, value: Any) -> str:
        lines = [
            f"{value.get('street', '')} {value.get('house_number', '')}",
            value.get("addition", ""),
            f"{value.get('postcode', '')} {value.get('city', '')}",
        ]
        country = value.get("country", "DE")
        if country != "DE":
            lines.append(dict(countries()).get(country, country))
        return "\n".join(line.strip() for line in lines if line.strip())
