"""Reading the catalogue's folder: all files or none, and every fault with its file, line and field."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError

from kreisportal.catalogue.guide_schemas import GuideSchema, WordSchema
from kreisportal.catalogue.schemas import ServiceSchema, SituationSchema, TopicSchema
from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.yaml_source import Source, Trail, read_source

LISTS = ("topic", "situation", "guide", "word")
"""The kinds of which all entries stand in one file."""
SCHEMAS: dict[str, Schema] = {
    "topic": TopicSchema(),
    "situation": SituationSchema(),
    "guide": GuideSchema(),
    "word": WordSchema(),
    "service": ServiceSchema(),
}
"""How the data of each kind is read; forms are read by their own room."""
_OPTIONAL = frozenset({"guide", "word"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing of the catalogue as plain data. ``kind`` is topic, situation, guide, word, service or form."""

    kind: str
    key: str
    data: Mapping[str, Any]


def read_catalogue(folder: Path, forms: Collection[str] = ()) -> list[Entry]:
    """All topics, situations, guides, words and services below ``folder``, in the order of the files.

    ``forms`` are the keys of the forms that services may name. Raises ``DefinitionError`` with all faults;
    those of files that name one another are looked for when each file is right by itself.
    """
    faults: list[str] = []
    entries: list[tuple[Entry, str]] = []
    for kind in LISTS:
        path = folder / f"{kind}s.yaml"
        if kind in _OPTIONAL and not path.exists():
            continue
        source = _source(path, faults)
        if source is not None:
            entries += _several(kind, source, SCHEMAS[kind], faults)
    for path in sorted((folder / "services").glob("*.yaml")):
        source = _source(path, faults)
        if source is not None:
            entries += _one(path, source, faults)
    # What a broken file names is not known, so that everything else would seem to name something missing.
    faults += [] if faults else cross_faults(entries, forms)
    if faults:
        raise DefinitionError(faults)
    return [entry for entry, _ in entries]


def _source(path: Path, faults: list[str]) -> Source | None:
    if not path.is_file():
        faults.append(f"{path.name}:1: the file is missing")
        return None
    try:
        return read_source(path)
    except DefinitionError as error:
        faults += error.faults
        return None


def _several(kind: str, source: Source, schema: Schema, faults: list[str]) -> Iterator[tuple[Entry, str]]:
    if not isinstance(source.data, list):
        faults.append(f"{source.name}:1: must be a list")
        return
    for index, data in enumerate(source.data):
        if _valid(schema, data, source, (index,), faults):
            yield Entry(kind, data["key"], data), source.place((index,))


def _one(path: Path, source: Source, faults: list[str]) -> Iterator[tuple[Entry, str]]:
    if not _valid(SCHEMAS["service"], source.data, source, (), faults):
        return
    if source.data["key"] != path.stem:
        faults.append(f"{source.place(('key',))}: key: must be {path.stem}, like the file")
    yield Entry("service", source.data["key"], source.data), source.place(("key",))


def _valid(schema: Schema, data: Any, source: Source, trail: Trail, faults: list[str]) -> bool:
    try:
        schema.load(data)
    except ValidationError as error:
        found = [
            f"{source.place((*trail, *path))}: {'.'.join(map(str, path)) or 'file'}: {reason}"
            for path, reason in _flat(error.messages, ())
        ]
        faults += found
        return False
    return True


def _flat(messages: Any, trail: Trail) -> Iterator[tuple[Trail, str]]:
    if isinstance(messages, dict):
        for key, value in messages.items():
            inner = (
                trail
                if key in ("_schema", "key", "value") and not isinstance(value, dict) and trail
                else (*trail, key)
            )
            yield from _flat(value, inner)
    elif isinstance(messages, list):
        for value in messages:
            yield from _flat(value, trail)
    else:
        yield trail, str(messages)


# Which field names what.
_NAMED = (("topics", "topic"), ("situations", "situation"), ("related", "service"), ("first", "service"))


def cross_faults(entries: list[tuple[Entry, str]], forms: Collection[str]) -> Iterator[str]:
    """What entries name that there is not; beside each entry its place, with which a fault begins."""
    keys: dict[str, set[str]] = {kind: set() for kind in ("topic", "situation", "guide", "word", "service")}
    for entry, place in entries:
        if entry.key in keys[entry.kind]:
            yield f"{place}: key: {entry.key} stands here twice"
        keys[entry.kind].add(entry.key)
    for entry, place in entries:
        for field, kind in _NAMED:
            for key in entry.data.get(field, ()):
                if key not in keys[kind]:
                    yield f"{place}: {field}: there is no {kind} {key}"
        form = entry.data.get("form")
        if form and form not in forms:
            yield f"{place}: form: there is no form {form}"
        if entry.kind == "guide":
            yield from _guide_faults(entry, place, keys)
        if entry.kind == "situation" and entry.data["topic"] not in keys["topic"]:
            yield f"{place}: topic: there is no topic {entry.data['topic']}"


def _guide_faults(entry: Entry, place: str, keys: Mapping[str, Collection[str]]) -> Iterator[str]:
    if entry.key not in keys["situation"]:
        yield f"{place}: key: there is no situation {entry.key}"
    for step in entry.data["steps"]:
        for key in step.get("services", ()):
            if key not in keys["service"]:
                yield f"{place}: steps.{step['key']}: there is no service {key}"
