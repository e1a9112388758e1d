"""What differs between two versions of a text, word by word, and between two versions of an entry, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from kreisportal.catalogue.description import MODULES, typed_of

# A word with the space behind it; a text of very many of them is compared line by line.
_WORD = re.compile(r"\S+[^\S\n]*|\s+")
_MOST_WORDS = 3000
_LINE = re.compile(r"[^\n]*\n?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text in two versions. ``what`` is same, gone or new."""

    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs, with its pieces in reading order: what is gone stands before what came instead."""

    field: str
    pieces: tuple[Piece, ...]


def word_difference(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of a text, those that are in both versions included."""
    before, after = _parts(old, new)
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, left, left_end, right, right_end in matcher.get_opcodes():
        gone, came = "".join(before[left:left_end]), "".join(after[right:right_end])
        if what == "equal":
            pieces.append(Piece("same", gone))
            continue
        pieces += [Piece(kind, text) for kind, text in (("gone", gone), ("new", came)) if text]
    return tuple(pieces)


def _parts(old: str, new: str) -> tuple[Sequence[str], Sequence[str]]:
    words = [_WORD.findall(text) for text in (old, new)]
    if max(map(len, words)) <= _MOST_WORDS:
        return words[0], words[1]
    lines = [[line for line in _LINE.findall(text) if line] for text in (old, new)]
    return lines[0], lines[1]


def field_differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[Difference]:
    """The fields whose texts differ, in the order of the new version, then those that are gone."""
    names = dict.fromkeys([*new, *old])
    return [
        Difference(name, word_difference(old.get(name, ""), new.get(name, "")))
        for name in names
        if old.get(name, "") != new.get(name, "")
    ]


def entry_differences(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """What differs between two versions of an entry of the catalogue."""
    return field_differences(texts_of(kind, old), texts_of(kind, new))


def texts_of(kind: str, data: Mapping[str, Any]) -> dict[str, str]:
    """An entry as texts by field: a service's modules as its form shows them, everything else by its path."""
    if kind != "service":
        return dict(_flat(data, ""))
    rest = {name: value for name, value in data.items() if name not in MODULES}
    return {**typed_of(data), **dict(_flat(rest, ""))}


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        if all(isinstance(item, str) for item in value):
            yield path, ", ".join(value)
            return
        for number, item in enumerate(value, start=1):
            yield from _flat(item, f"{path}.{number}")
    else:
        yield path, "" if value is None else str(value)
