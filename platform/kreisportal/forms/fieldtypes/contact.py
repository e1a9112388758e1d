"""Ways to reach and to pay a person: e-mail, telephone, bank account."""

from __future__ import annotations

from typing import Any, ClassVar

import phonenumbers
from marshmallow import ValidationError, validate
from marshmallow import fields as ma

from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes.base import FieldType, Limits, Raw, clean_line, refuse, short_label
from kreisportal.i18n import gettext

_REGION = "DE"
# The library takes "12" for a possible number, because some German area codes have numbers that short.
_LEAST_DIGITS = 5


class EmailType(FieldType):
    """An e-mail address (RFC 5321: at most 254 characters); the domain is stored in small letters."""

    name = "email"

    def load(self, field: Field, raw: Raw) -> str:
        text = clean_line(raw, field, 254)
        try:
            validate.Email()(text)
        except ValidationError:
            text = ""
        local, _, domain = text.rpartition("@")
        if not local or len(local) > 64 or "." not in domain:
            raise refuse(field, gettext("Geben Sie eine E-Mail-Adresse in der Form name@example.org ein."))
        return f"{local}@{domain.lower()}"

    def display(self, field: Field, value: Any) -> str:
        return str(value)

    def missing(self, field: Field) -> str:
        return gettext("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@example.org.")


class PhoneType(FieldType):
    """A telephone number, stored as +49…; without a country code it is a German one."""

    name = "phone"

    def load(self, field: Field, raw: Raw) -> str:
        sentence = gettext(
            "Geben Sie eine Telefonnummer mit Vorwahl ein, zum Beispiel 04441 123456 oder +49 4441 123456."
        )
        text = clean_line(raw, field, 60)
        try:
            number = phonenumbers.parse(text, _REGION)
        except phonenumbers.NumberParseException as error:
            raise refuse(field, sentence) from error
        digits = phonenumbers.national_significant_number(number)
        if not phonenumbers.is_possible_number(number) or len(digits) < _LEAST_DIGITS or number.extension:
            raise refuse(field, sentence)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def to_raw(self, field: Field, value: Any) -> Raw:
        return self.display(field, value) if value else ""

    def display(self, field: Field, value: Any) -> str:
        try:
            number = phonenumbers.parse(str(value), _REGION)
        except phonenumbers.NumberParseException:
            return str(value)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


class IbanType(FieldType):
    """An IBAN of any country, stored without spaces; ``sepa`` accounts outside Germany are as good as German
    ones.
    """

    name = "iban"
    limits: ClassVar[Limits] = {"german_only": ma.Boolean}

    def load(self, field: Field, raw: Raw) -> str:
        from schwifty import IBAN  # Reads its registry of banks when it is imported.

        text = clean_line(raw, field, 60)
        try:
            iban = IBAN(text)
        except ValueError as error:  # Every error of schwifty is one.
            raise refuse(
                field,
                gettext(
                    "Diese IBAN stimmt nicht. Vergleichen Sie sie mit Ihrem Kontoauszug. "
                    "Eine deutsche IBAN beginnt mit DE und hat 22 Zeichen."
                ),
            ) from error
        if field.limits.get("german_only") and iban.country_code != "DE":
            raise refuse(field, gettext("Geben Sie die IBAN eines deutschen Kontos ein. Sie beginnt mit DE."))
        return str(iban.compact)

    def to_raw(self, field: Field, value: Any) -> Raw:
        return self.display(field, value) if value else ""

    def display(self, field: Field, value: Any) -> str:
        text = str(value)
        return " ".join(text[start : start + 4] for start in range(0, len(text), 4))

    def missing(self, field: Field) -> str:
        return gettext("Geben Sie bei „%(label)s“ eine IBAN ein.", label=short_label(field))
