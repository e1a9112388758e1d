"""The keys under which an account or an earlier answer may fill a field, and what browsers may fill in.

Whoever offers values gives a mapping of these keys to stored values as the field type stores them (a day as
``YYYY-MM-DD``, an address as a map of its parts). A field takes a value only if its type is the key's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kreisportal.forms.definition import Field, Step


@dataclass(frozen=True, slots=True)
class PrefillKey:
    """What a key stands for: the field ``types`` that can take it, and the ``autocomplete`` token of its
    input.

    The tokens are those of HTML's autofill (WCAG 1.3.5); parts of dates and addresses have their own.
    """

    types: tuple[str, ...]
    autocomplete: str = ""


PREFILL_KEYS: dict[str, PrefillKey] = {
    "person.given_names": PrefillKey(("name", "text"), "given-name"),
    "person.family_name": PrefillKey(("name", "text"), "family-name"),
    "person.birth_name": PrefillKey(("name", "text")),
    "person.former_names": PrefillKey(("name", "text")),
    "person.birth_date": PrefillKey(("date",), "bday"),
    "person.birth_place": PrefillKey(("text", "name")),
    "person.birth_country": PrefillKey(("country",)),
    "person.nationality": PrefillKey(("country",)),
    "person.gender": PrefillKey(("choice",), "sex"),
    "person.doctoral_degree": PrefillKey(("text",), "honorific-prefix"),
    "person.address": PrefillKey(("address",), "address"),
    "address.street": PrefillKey(("text",), "address-line1"),
    "address.postcode": PrefillKey(("text",), "postal-code"),
    "address.city": PrefillKey(("text",), "address-level2"),
    "contact.email": PrefillKey(("email",), "email"),
    "contact.phone": PrefillKey(("phone",), "tel"),
    "bank.iban": PrefillKey(("iban",)),
    "bank.holder": PrefillKey(("name", "text")),
    "business.name": PrefillKey(("text",), "organization"),
    "business.legal_form": PrefillKey(("choice",)),
    "business.address": PrefillKey(("address",)),
    "business.register_number": PrefillKey(("text",)),
    "business.activity": PrefillKey(("textarea", "text")),
    "dog.name": PrefillKey(("text",)),
    "dog.chip_number": PrefillKey(("text",)),
    "dog.breed": PrefillKey(("text",)),
    "dog.birth_date": PrefillKey(("date",)),
}


def autocomplete(field: Field) -> str:
    """The autofill token of the field's input, empty where browsers should not guess."""
    key = PREFILL_KEYS.get(field.prefill)
    return key.autocomplete if key else ""


def prefill_step(step: Step, answers: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values for the questions of a step that have no answer yet, by field key.

    They are proposals: show them in the inputs, and store them only when the person sends the page.
    """
    return {
        field.key: known[field.prefill]
        for field in step.fields
        if field.prefill in known and field.key not in answers and known[field.prefill] is not None
    }
