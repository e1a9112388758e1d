"""What a check of the catalogue's texts finds, and how the texts of an entry are walked through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kreisportal.catalogue.files import Entry

PLAIN = "de-simple"
_FILES = {"service": "services/{}.yaml", "situation": "situations.yaml, {}", "topic": "topics.yaml, {}"}
# Fields whose values are words to be found by, not sentences to be read.
_NOT_READ = frozenset({"synonyms"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: where it stands (``field`` ends with the language) and what is wrong there."""

    kind: str
    key: str
    field: str
    reason: str

    def __str__(self) -> str:
        place = _FILES.get(self.kind, self.kind + "s.yaml, {}").format(self.key)
        return f"{place}: {self.field}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of an entry. ``field`` is its path without the language, ``language`` the path of that."""

    field: str
    language: str
    text: str


def passages(entry: Entry) -> Iterator[Passage]:
    """All texts of an entry that people read, items of lists one by one."""
    for field, value in entry.data.items():
        if field not in _NOT_READ:
            yield from _walk(field, value)


def _walk(field: str, value: Any) -> Iterator[Passage]:
    if isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _walk(f"{field}.{number}", item)
    elif isinstance(value, Mapping):
        if "de" in value or PLAIN in value:
            for language, text in value.items():
                for item in text if isinstance(text, list) else [text]:
                    yield Passage(field, language, str(item))
        else:
            for inner, item in value.items():
                yield from _walk(f"{field}.{inner}", item)
