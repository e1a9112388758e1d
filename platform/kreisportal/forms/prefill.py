"""The keys under which an account or an earlier answer may fill a field, and what browsers may fill in.

Whoever offers values gives a mapping of these keys to stored values as the field type stores them (a day as
``YYYY-MM-DD``, an address as a map of its parts). A field takes a value only if its type is the key's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kreisportal.forms.answers import applicable_answers
from kreisportal.forms.conditions import Answers, shows
from kreisportal.forms.definition import Field, FormDefinition, Step


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
    "business.trading_name": PrefillKey(("text",)),
    "business.legal_form": PrefillKey(("choice",)),
    "business.address": PrefillKey(("address",)),
    "business.register_court": PrefillKey(("text",)),
    "business.register_number": PrefillKey(("text",)),
    "business.activity": PrefillKey(("textarea", "text")),
    "business.people": PrefillKey(("group",)),
    "member.given_names": PrefillKey(("name", "text")),
    "member.family_name": PrefillKey(("name", "text")),
    "member.role": PrefillKey(("choice",)),
    "member.birth_date": PrefillKey(("date",)),
    "member.nationality": PrefillKey(("country",)),
    "member.address": PrefillKey(("address",)),
    "address.kind": PrefillKey(("choice",)),
    "child.given_names": PrefillKey(("name", "text")),
    "child.family_name": PrefillKey(("name", "text")),
    "child.birth_date": PrefillKey(("date",)),
    "child.gender": PrefillKey(("choice",)),
    "child.facility": PrefillKey(("text",)),
    # What a child is to the person, where a form asks who has moved with them: always "child".
    "child.kinship": PrefillKey(("choice",)),
    "dog.name": PrefillKey(("text",)),
    "dog.chip_number": PrefillKey(("text",)),
    "dog.breed": PrefillKey(("text",)),
    "dog.sex": PrefillKey(("choice",)),
    "dog.birth_date": PrefillKey(("date",)),
    "dog.kept_since": PrefillKey(("date",)),
}

PARTS = ("address", "child", "dog", "business", "member")
"""What a person may have several of, so that a form has to ask which one it is about."""


def part_of(key: str) -> str:
    """What a key tells something about that there may be several of; empty for what there is one of."""
    if key == "person.address":
        return "address"
    part = key.partition(".")[0]
    return part if part in PARTS[1:] else ""


def asking(definition: FormDefinition, answers: Answers) -> FormDefinition:
    """The form with the one key by which each question is filled in, as far as that depends on these answers.

    It is for showing and reading: what was sent is checked by the form itself, whose schemas are kept.
    """
    if not any(field.prefill_when for step in definition.steps for field in step.fields):
        return definition
    kept = applicable_answers(definition, answers)
    steps = tuple(
        replace(step, fields=tuple(_with_key(field, kept) for field in step.fields))
        for step in definition.steps
    )
    return replace(definition, steps=steps)


def can_be_filled_in(definition: FormDefinition, step_key: str, answers: Answers) -> bool:
    """Whether there is a key by which something could be proposed on a page."""
    step = asking(definition, answers).step(step_key)
    fields = step.fields if step else ()
    return any(each.prefill for field in fields for each in (field, *field.fields))


def _with_key(field: Field, kept: Answers) -> Field:
    if not field.prefill_when:
        return field
    found = next((each.key for each in field.prefill_when if shows(each.when, kept)), "")
    return replace(field, prefill=found, prefill_when=())


def autocomplete(field: Field) -> str:
    """The autofill token of the field's input, empty where browsers should not guess."""
    key = PREFILL_KEYS.get(field.prefill)
    return key.autocomplete if key else ""


def prefill_step(step: Step, answers: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values for the questions of a step that have no answer yet, by field key.

    They are proposals: show them in the inputs, and store them only when the person sends the page.
    """
    found: dict[str, Any] = {}
    for field in step.fields:
        if field.key in answers:
            continue
        value = _first_of(field, known) if field.type == "group" else known.get(field.prefill)
        if value is not None:
            found[field.key] = value
    return found


def _first_of(group: Field, known: Mapping[str, Any]) -> Any:
    """A group that needs somebody begins with whom is known, such as the parent who fills in the form."""
    if group.prefill or not group.required:
        return known.get(group.prefill)
    first = instance_of(group, known)
    return [first] if first else None


def instance_of(group: Field, known: Mapping[str, Any]) -> dict[str, Any]:
    """One of a group, as far as it is known."""
    return {inner.key: known[inner.prefill] for inner in group.fields if known.get(inner.prefill) is not None}


def parts_of_group(group: Field) -> list[str]:
    """What those in a group may be of a profile: its children, for example."""
    return list(dict.fromkeys(part for inner in group.fields if (part := part_of(inner.prefill))))
