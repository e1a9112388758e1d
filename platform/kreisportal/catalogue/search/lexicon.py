"""The words of a language that the search knows by itself: stop words, verb forms, thesaurus.

They are data files of this package and know nothing of single services.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from kreisportal.catalogue.search.text import fold

# How near a word is to the one typed: equal meaning, and meant along.
SAME_MEANING = 0.7
MEANT_ALONG = 0.5

_RELATED_SPLIT = re.compile(r"[=\s]+")
_MARKS = re.compile(r"[=>:]|(?<!\S)-")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All folded. ``related`` maps a word to (word, nearness between 0 and 1); ``verb_forms`` a form to its
    infinitive, those that need a prefix under "-form"; ``pieces`` are parts of compounds; ``later_words``
    name special cases of a matter, which nobody means who does not say so. Only ``written`` holds words as
    they are written, by their folded form."""

    stop_words: frozenset[str]
    weak_words: frozenset[str]
    later_words: frozenset[str]
    related: dict[str, tuple[tuple[str, float], ...]]
    verb_forms: dict[str, str]
    pieces: frozenset[str]
    written: dict[str, str]


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language ("de", "en"); for any other an empty lexicon. Read once."""
    return Lexicon(
        stop_words=frozenset(_listed(f"stop_{language}.txt")),
        weak_words=frozenset(_listed(f"weak_{language}.txt")),
        later_words=frozenset(_listed(f"later_{language}.txt")),
        related=_related(f"thesaurus_{language}.txt"),
        verb_forms=_verb_forms(f"verbs_{language}.txt"),
        pieces=frozenset(_listed(f"pieces_{language}.txt")),
        written={
            fold(word): word
            for name in ("thesaurus", "pieces", "verbs")
            for line in _raw_lines(f"{name}_{language}.txt")
            for word in _MARKS.sub(" ", line).split()
        },
    )


def _raw_lines(name: str) -> Iterator[str]:
    """The lines of a file without comments; none if there is no such file."""
    file = resources.files("kreisportal.catalogue.search") / "words" / name
    if not file.is_file():
        return
    for line in file.read_text("utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text:
            yield text


def _lines(name: str) -> Iterator[str]:
    return map(fold, _raw_lines(name))


def _listed(name: str) -> list[str]:
    return [word for line in _lines(name) for word in line.split()]


def _verb_forms(name: str) -> dict[str, str]:
    forms: dict[str, str] = {}
    for line in _lines(name):
        infinitive, _, others = line.partition(":")
        for form in others.split():
            forms[form] = infinitive.strip()
    return forms


def _related(name: str) -> dict[str, tuple[tuple[str, float], ...]]:
    found: dict[str, dict[str, float]] = {}

    def relate(word: str, other: str, nearness: float) -> None:
        if word != other:
            known = found.setdefault(word, {})
            known[other] = max(known.get(other, 0.0), nearness)

    for line in _lines(name):
        left, wider, right = line.partition(">")
        group = [word for word in _RELATED_SPLIT.split(left) if word]
        if wider:
            for word in group:
                for other in right.split():
                    relate(word, other, MEANT_ALONG)
        else:
            for word in group:
                for other in group:
                    relate(word, other, SAME_MEANING)
    return {word: tuple(others.items()) for word, others in found.items()}
