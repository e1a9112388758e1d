"""What an account may keep of an application that was sent: what the next form could propose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kreisportal.accounts.entries import PARTS
from kreisportal.accounts.models import AccountEntry
from kreisportal.forms import PREFILL_KEYS, FormDefinition, asking, part_of
from kreisportal.forms.fieldtypes.base import is_empty

# What is one person's and stays so.
_LASTING = ("person.", "contact.", "bank.")

# What tells one from another, the surest first.
_TELLING = {
    "child": ("child.given_names", "child.birth_date"),
    "dog": ("dog.chip_number", "dog.name"),
    "business": ("business.name", "business.trading_name"),
}
_NAMES = {
    "child": ("child.given_names",),
    "dog": ("dog.name", "dog.chip_number"),
    "business": ("business.name", "business.trading_name"),
}


@dataclass(frozen=True, slots=True)
class Thing:
    """A child, dog or business that an application tells of. ``key`` names it within the application."""

    key: str
    part: str
    name: str
    values: Mapping[str, Any]


def worth_remembering(form: FormDefinition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers about the person that the next form could propose, by prefill key."""
    return {
        field.prefill: answers[field.key]
        for step in asking(form, answers).steps
        for field in step.fields
        if field.prefill in PREFILL_KEYS
        and field.prefill.startswith(_LASTING)
        and field.prefill != "contact.email"
        and not is_empty(answers.get(field.key))
    }


def things_of(form: FormDefinition, answers: Mapping[str, Any]) -> list[Thing]:
    """The children, dogs and businesses that an application tells of, with a name."""
    found: dict[str, dict[str, Any]] = {}
    for step in asking(form, answers).steps:
        for field in step.fields:
            if part_of(field.prefill) in _NAMES and not is_empty(answers.get(field.key)):
                found.setdefault(part_of(field.prefill), {})[field.prefill] = answers[field.key]
    things = [_thing(part, part, values) for part, values in found.items()]
    return [thing for thing in (*things, *_of_groups(form, answers)) if thing.name]


def _of_groups(form: FormDefinition, answers: Mapping[str, Any]) -> Iterator[Thing]:
    for step in form.steps:
        for field in step.fields:
            instances = answers.get(field.key) if field.type == "group" else None
            for number, each in enumerate(instances if isinstance(instances, list) else ()):
                values = {inner.prefill: each[inner.key] for inner in field.fields if inner.key in each}
                if values.pop("child.kinship", "child") == "child" and "child.given_names" in values:
                    yield _thing(f"{field.key}.{number}", "child", values)


def _thing(key: str, part: str, values: Mapping[str, Any]) -> Thing:
    own = {key: value for key, value in values.items() if part_of(key) == part}
    name = next((str(own[each]) for each in _NAMES[part] if own.get(each)), "")
    return Thing(key, part, name, own)


def entry_like(thing: Thing, entries: list[AccountEntry]) -> AccountEntry | None:
    """The entry of the profile that is the same child, dog or business."""
    for entry in entries:
        if entry.part != thing.part or entry.part not in PARTS:
            continue
        told = [key for key in _TELLING[thing.part] if entry.value(key) and thing.values.get(key)]
        same = [entry.value(key) == thing.values[key] for key in told]
        if (same and all(same)) if thing.part == "child" else any(same[:1]):
            return entry
    return None


def is_kept(thing: Thing, entry: AccountEntry | None) -> bool:
    """Whether the profile knows all of it already."""
    return entry is not None and all(entry.value(key) == value for key, value in thing.values.items())
