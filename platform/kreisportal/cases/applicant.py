"""Who applies, as the answers say: found by the prefill keys of the form's fields, not by their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kreisportal.forms import Field, FormDefinition, asking
from kreisportal.forms.fieldtypes import field_type
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.notifications.addresses import check_address

_ADDRESSES = ("person.address", "business.address")
_WRITTEN_UMLAUT = re.compile("ae|oe|ue")
# Letters of names that are no letter with a mark, as a German keyboard writes them.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "æ": "a",
        "œ": "o",
        "ħ": "h",
        "ŧ": "t",
        "ə": "e",
    }
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """``name`` as inboxes show it; ``email`` if one was given, as it is written to; ``search_text`` what the desk's
    search looks in.
    """

    name: str
    email: str | None
    search_text: str


def applicant_of(form: FormDefinition, answers: Mapping[str, Any]) -> Applicant:
    """The applicant of a form's answers. A business without a person is named by its name.

    Where persons are asked for as a list only, as the parents of a child are, it is the first of them.
    """
    asked = asking(form, answers)
    found: dict[str, str] = {}
    for step in asked.steps:
        _collect(found, step.fields, answers)
    for step in asked.steps:
        for group in step.fields:
            rows = answers.get(group.key) if group.fields else None
            if isinstance(rows, list) and rows and isinstance(rows[0], dict):
                _collect(found, group.fields, rows[0])
    given, family = found.get("person.given_names", ""), found.get("person.family_name", "")
    name = f"{given} {family}".strip() or found.get("business.name", "")
    everything = [
        name,
        found.get("business.name", ""),
        found.get("child.given_names", ""),
        found.get("child.family_name", ""),
        found.get("dog.name", ""),
        found.get("contact.email", ""),
    ]
    text = fold(" ".join(part for part in everything if part))
    return Applicant(name, _writable(found.get("contact.email")), text)


def _collect(found: dict[str, str], fields: Iterable[Field], answers: Mapping[str, Any]) -> None:
    """Note the answers to the fields by their prefill keys; what was found first stays."""
    for field in fields:
        value = answers.get(field.key)
        if field.prefill and isinstance(value, str) and value:
            found.setdefault(field.prefill, value)


def postal_lines(form: FormDefinition, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The address that a letter to the applicant goes to, line by line; empty where the form asks for none."""
    for step in form.steps:
        for field in step.fields:
            value = answers.get(field.key)
            if field.prefill in _ADDRESSES and isinstance(value, dict) and value:
                return tuple(field_type(field).display(field, value).split("\n"))
    return ()


def _writable(address: str | None) -> str | None:
    """The address in the spelling that mails go to: the link that confirms it is made from that."""
    try:
        return check_address(address) if address else None
    except InvalidInputError:
        return None


def fold(text: str) -> str:
    """Text as names are compared: without case and marks, ß as ss, and ä, ae and a alike, so ö and ü.

    So Müller, MÜLLER, Mueller and Muller find each other.
    """
    # Taken apart first: ǿ is an ø with a mark.
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _WRITTEN_UMLAUT.sub(lambda found: found[0][0], letters)
