"""The terms of an index: numbers for stems, and what is known about each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from kreisportal.catalogue.search.compounds import Splitter
from kreisportal.catalogue.search.spelling import Spelling

_COMPLETIONS = 60


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language as an index holds them.

    ``terms`` maps a stem to the term's number, the same numbering in all languages of an index;
    ``surface`` are the folded words of names, synonyms and labels in order of the alphabet.
    """

    language: str
    terms: dict[str, int]
    surface: tuple[str, ...]
    splitter: Splitter
    spelling: Spelling

    def completions(self, prefix: str) -> Iterable[str]:
        """Some words of names and synonyms that begin with ``prefix`` (folded)."""
        start = bisect_left(self.surface, prefix)
        for word in islice(self.surface, start, start + _COMPLETIONS):
            if not word.startswith(prefix):
                return
            yield word


@dataclass(frozen=True, slots=True)
class Postings:
    """For every term the documents that hold it, in flat arrays: small, and no object per entry.

    The entries of term ``t`` are those from ``starts[t]`` to ``starts[t + 1]``: position of the document,
    weight (1.0 is a name that consists of the term) and number of the phrase it is from. Up to ``middles[t]``
    they are from names, synonyms and labels, in order of the documents; the rest is from running text and has
    no phrase. ``phrase_starts`` and ``phrase_numbers`` hold likewise the names and synonyms with a term.
    """

    starts: array[int]
    middles: array[int]
    documents: array[int]
    weights: array[float]
    phrases: array[int]
    rarity: array[float]
    phrase_starts: array[int]
    phrase_numbers: array[int]

    def strong(self, term: int) -> bool:
        """Whether ``term`` stands in some name, synonym or label."""
        return self.middles[term] > self.starts[term]

    def of(self, term: int) -> tuple[array[int], array[float]]:
        """The positions of the documents that hold ``term``, each once, and its weights in them."""
        start, end = self.starts[term], self.starts[term + 1]
        return self.documents[start:end], self.weights[start:end]

    def phrases_with(self, term: int) -> Iterable[int]:
        """The numbers of the names and synonyms that hold ``term``."""
        return self.phrase_numbers[self.phrase_starts[term] : self.phrase_starts[term + 1]]

    def entry(self, term: int, position: int) -> tuple[float, int] | None:
        """(weight, phrase) of ``term`` in the names, synonyms and labels of one document."""
        end = self.middles[term]
        found = bisect_left(self.documents, position, self.starts[term], end)
        if found == end or self.documents[found] != position:
            return None
        return self.weights[found], self.phrases[found]
