"""What the pages of the profile share: the questions, what is kept as rows, and what forms may propose of it."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from flask import request

from kreisportal.accounts.models import AccountDetail, AccountEntry, AccountIdentity
from kreisportal.forms import FormDefinition, Step, summary
from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes import field_type
from kreisportal.forms.fieldtypes.base import short_label
from kreisportal.forms.loading import BLOCKS_FILE, load_form
from kreisportal.i18n import gettext
from kreisportal.kernel.paths import shipped
from kreisportal.kernel.yaml_source import read_blocks
from kreisportal.web.formats import date_text
from kreisportal.web.profile import entry_name, told_origin, told_values

PROPOSE = "vorschlagen."
"""How the checkboxes are named that let forms propose a value; the key stands behind it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A value as the profile shows it; ``origin`` is empty where there is no value."""

    label: str
    lines: tuple[str, ...]
    origin: str
    proposed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Values that are changed on one page: a step of the person's, or an entry."""

    key: str
    title: str
    rows: tuple[Row, ...]


@lru_cache(maxsize=2)
def questions(name: str) -> FormDefinition:
    """The questions (``details`` or ``entries``), in the words of the forms that propose the answers."""
    file = Path(str(resources.files("kreisportal.accounts") / f"{name}.yaml"))
    return load_form(file, read_blocks(shipped("catalogue") / "forms" / BLOCKS_FILE))


def answers_of(form: FormDefinition, known: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept, by prefill key, as answers of the questions."""
    fields = [field for step in form.steps for field in step.fields]
    return {field.key: known[field.prefill] for field in fields if known.get(field.prefill) is not None}


def values_of(step: Step, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a step by prefill key, None where there is none."""
    return {field.prefill: answers.get(field.key) for field in step.fields}


def keys_of(step: Step) -> list[str]:
    """The prefill keys of a step."""
    return [field.prefill for field in step.fields]


def proposed_keys(step: Step) -> list[str]:
    """The keys of a step that forms may propose, as the page was sent."""
    posted = request.form.to_dict()
    return [key for key in keys_of(step) if PROPOSE + key in posted]


def told_instead(details: Sequence[AccountDetail], told: Mapping[str, Row]) -> dict[str, Row]:
    """What has been told of the person where nothing was typed: it stands where one looks for it."""
    kept = {detail.key for detail in details}
    keys = {key for step in questions("details").steps for key in keys_of(step)}
    return {key: row for key, row in told.items() if key in keys - kept}


def groups_of_person(
    details: Sequence[AccountDetail], withheld: Collection[str], told: Mapping[str, Row]
) -> list[Group]:
    """What is known of the person, a page at a time; ``told`` by key where nothing is kept."""
    form, kept = questions("details"), {detail.key: detail for detail in details}
    answers = answers_of(form, {key: detail.value for key, detail in kept.items()})
    prefill = {field.key: field.prefill for step in form.steps for field in step.fields}
    return [
        Group(
            group.key,
            group.title,
            tuple(
                told.get(prefill[row.field])
                or Row(
                    row.label,
                    row.lines,
                    _origin(kept.get(prefill[row.field])),
                    prefill[row.field] not in withheld,
                )
                for row in group.rows
            ),
        )
        for group in summary(form, answers)
    ]


def group_of_entry(entry: AccountEntry) -> Group:
    """What is kept of an entry; what was left empty is not shown."""
    step = questions("entries").step(entry.part)
    rows = [] if step is None else [row for field in step.fields for row in _rows(field, entry)]
    return Group(str(entry.id), entry_name(entry), tuple(rows))


def rows_of_told(
    identities: Sequence[AccountIdentity], email: str, withheld: Collection[str]
) -> list[tuple[str, Row]]:
    """What is known without having been typed here, by key: the account's address, and what providers have told."""
    address = Row(
        gettext("E-Mail-Adresse"), (email,), gettext("Adresse Ihres Kontos"), "contact.email" not in withheld
    )
    found = {"contact.email": address}
    fields = {
        field.prefill: field
        for name in ("details", "entries")
        for step in questions(name).steps
        for field in step.fields
    }
    for identity in identities:
        for key, value in told_values(identity.attributes).items():
            if key in fields:
                lines = tuple(field_type(fields[key]).display(fields[key], value).split("\n"))
                origin = told_origin(identity.provider)
                found[key] = Row(short_label(fields[key]), lines, origin, key not in withheld)
    return list(found.items())


def _origin(detail: AccountDetail | None) -> str:
    return _since(detail.source, detail.updated_at) if detail else ""


def _since(source: str, at: datetime.datetime) -> str:
    """Where a value comes from and since when it stands there; that it stands in the profile is seen."""
    if source == "application":
        return gettext("Übernommen aus einem Antrag am %(date)s", date=date_text(at))
    return gettext("Von Ihnen eingetragen am %(date)s", date=date_text(at))


def _rows(field: Field, entry: AccountEntry) -> Iterator[Row]:
    each = entry.details.get(field.prefill)
    if each is None:
        return
    lines = tuple(field_type(field).display(field, each["value"]).split("\n"))
    origin = _since(each["source"], entry.moment(field.prefill))
    yield Row(short_label(field), lines, origin, field.prefill not in entry.withheld)
