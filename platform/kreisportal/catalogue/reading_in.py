"""Reading the catalogue's files in: a three-way merge of what the files said last, what they say now, and the database.

What changed in the files comes in, what was changed in the browser stays; where both changed the same text, the
browser's stays and is told. So reading files in never silently undoes an editor's work.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kreisportal.catalogue.editing.differences import Difference, entry_differences
from kreisportal.catalogue.files import LISTS, SCHEMAS, Entry, cross_faults
from kreisportal.catalogue.models import CatalogueImport
from kreisportal.catalogue.publishing import (
    Change,
    current,
    difference,
    differing,
    digest,
    is_reordered,
    publish,
    wait_for_others,
)
from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.merge import merge

_BY_FILE = ("service", "form")
KINDS = (*LISTS, *_BY_FILE)
"""The kinds of entries in the order in which the files are read."""

Key = tuple[str, str]
"""Kind and key of an entry."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What files and browser both changed since the files were last read: the browser's is kept.

    ``fields`` are the fields; none where the files do without the entry, or the browser did.
    """

    kind: str
    key: str
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class Plan:
    """What reading files in would make of the catalogue: ``entries`` as they will be, and how that differs from now."""

    entries: list[Entry]
    changes: list[Change] = field(default_factory=list)
    is_reordered: bool = False
    conflicts: list[Conflict] = field(default_factory=list)
    kept: list[Change] = field(default_factory=list)
    before: Mapping[Key, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to read in."""
        return bool(self.changes) or self.is_reordered

    def differences(self, change: Change) -> list[Difference]:
        """The texts of a change, word by word."""
        after = next((e.data for e in self.entries if (e.kind, e.key) == (change.kind, change.key)), {})
        return entry_differences(change.kind, self.before.get((change.kind, change.key), {}), after)


def plan(session: Session, files: Sequence[Entry], *, files_win: bool = False) -> Plan:
    """What reading ``files`` in would do, which changes nothing; with ``files_win`` they replace whatever there is.

    Raises DefinitionError where files and what was changed in the browser do not fit together.
    """
    now = {key: Entry(row.kind, row.key, row.data) for key, row in current(session).items()}
    made = Plan([], before={key: entry.data for key, entry in now.items()})
    if files_win:
        made.entries = list(files)
    else:
        made.entries = _ordered(list(_merged(files, now, _last(session), made)))
        _check(made.entries)
    made.changes = difference(session, made.entries)
    made.is_reordered = is_reordered(session, made.entries)
    return made


def read_in(
    session: Session, files: Sequence[Entry], *, staff_id: uuid.UUID | None = None, files_win: bool = False
) -> Plan:
    """Read files in: one release, and what they said is remembered for the next time. Raises as ``plan``."""
    wait_for_others(session)
    made = plan(session, files, files_win=files_win)
    publish(session, made.entries, staff_id)
    _remember(session, files)
    return made


def _merged(
    files: Sequence[Entry], now: Mapping[Key, Entry], last: Mapping[Key, Any], made: Plan
) -> Iterator[Entry]:
    named = set()
    for entry in files:
        key = (entry.kind, entry.key)
        named.add(key)
        present, before = now.get(key), last.get(key)
        if present is not None:
            yield _one(entry, present, before, made)
        elif before is None or not _same(entry.kind, before, entry.data):
            yield entry
        else:
            made.kept.append(Change("removed", *key))
    for key, present in now.items():
        if key in named:
            continue
        before = last.get(key)
        if before is None:
            made.kept.append(Change("added", *key))
            yield present
        elif not _same(present.kind, before, present.data):
            made.conflicts.append(Conflict(*key))
            yield present


def _one(file: Entry, present: Entry, before: Mapping[str, Any] | None, made: Plan) -> Entry:
    """An entry that files and database both have. Services are merged text by text, others as a whole."""
    if _same(file.kind, file.data, present.data):
        return file
    if file.kind == "service":
        merged = merge(before or {}, file.data, present.data)
        value, conflicts = merged.value, tuple(merged.conflicts)
        is_told = bool(conflicts)
    else:
        kept = before is not None and _same(file.kind, file.data, before)
        taken = before is not None and _same(file.kind, present.data, before)
        value, conflicts = dict(file.data if taken else present.data), ()
        is_told = not kept and not taken
    if is_told:
        made.conflicts.append(Conflict(file.kind, file.key, conflicts))
    fields = differing(file.data, value)
    if fields:
        made.kept.append(Change("changed", file.kind, file.key, fields))
    return Entry(file.kind, file.key, value)


def _same(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return digest(Entry(kind, "", one)) == digest(Entry(kind, "", other))


def _ordered(entries: list[Entry]) -> list[Entry]:
    """In the order in which the files would be read, so that what is kept beside them moves nothing the next time."""
    return sorted(
        entries,
        key=lambda entry: (KINDS.index(entry.kind), f"{entry.key}.yaml" if entry.kind in _BY_FILE else ""),
    )


def _check(entries: Sequence[Entry]) -> None:
    faults = []
    for entry in entries:
        schema = SCHEMAS.get(entry.kind)
        try:
            if schema:
                schema.load(dict(entry.data))
        except ValidationError as error:
            faults.append(f"{entry.kind} {entry.key}: {error}")
    placed = [(entry, f"{entry.kind} {entry.key}") for entry in entries if entry.kind != "form"]
    forms = {entry.key for entry in entries if entry.kind == "form"}
    faults = faults or list(cross_faults(placed, forms))
    if faults:
        raise DefinitionError(faults)


def _last(session: Session) -> dict[Key, dict[str, Any]]:
    return {(row.kind, row.key): row.data for row in session.scalars(select(CatalogueImport))}


def _remember(session: Session, files: Sequence[Entry]) -> None:
    session.execute(delete(CatalogueImport))
    rows = [{"kind": entry.kind, "key": entry.key, "data": dict(entry.data)} for entry in files]
    if rows:
        session.execute(insert(CatalogueImport), rows)
