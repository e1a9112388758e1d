"""Who applies, as the answers say: found by the prefill keys of the form's fields, not by their names."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kreisportal.forms import FormDefinition


@dataclass(frozen=True, slots=True)
class Applicant:
    """``name`` as inboxes show it; ``email`` if one was given; ``search_text`` what the desk's search looks in."""

    name: str
    email: str | None
    search_text: str


def applicant_of(form: FormDefinition, answers: Mapping[str, Any]) -> Applicant:
    """The applicant of a form's answers. A business without a person is named by its name."""
    found: dict[str, str] = {}
    for step in form.steps:
        for field in step.fields:
            value = answers.get(field.key)
            if field.prefill and isinstance(value, str) and value:
                found.setdefault(field.prefill, value)
    given, family = found.get("person.given_names", ""), found.get("person.family_name", "")
    name = f"{given} {family}".strip() or found.get("business.name", "")
    everything = [
        name,
        found.get("business.name", ""),
        found.get("dog.name", ""),
        found.get("contact.email", ""),
    ]
    return Applicant(name, found.get("contact.email"), fold(" ".join(part for part in everything if part)))


def fold(text: str) -> str:
    """Text without case and marks, ß as ss, so that Müller, MÜLLER and Muller are found alike."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
