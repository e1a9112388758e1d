"""How well documents fit a query that has been understood."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kreisportal.catalogue.search.phrases import Phrases
from kreisportal.catalogue.search.query import Concept, Query
from kreisportal.catalogue.search.vocabulary import Postings

# What remains of the score of a document that holds hardly anything of the query.
_UNCOVERED = 0.35
# What a name or synonym adds that the query holds, and one that says the same as the whole query.
_PHRASE_BONUS = 0.3
_WHOLE_QUERY_BONUS = 0.5
# What it adds that a name or synonym says word for word what was typed.
_WORD_FOR_WORD_BONUS = 0.3
# Loosely related words do not make a phrase.
_LEAST_SURENESS = 0.4
# A weak word is less than a whole one when the words of a name and of a query are counted.
_WEAK_LENGTH = 0.4
# What a service counts whose name speaks of a special case ("Hund abmelden") that the query does not name.
_LATER_UNASKED = 0.9
# Phrases of one word: one word of a query can say all of them. (Lengths are kept in single precision.)
_SHORT_PHRASE = 1.001
# Queries share most of their words; a word takes some thousand bytes in a region of 600 services.
_KEPT_WORDS = 512


@dataclass(frozen=True, slots=True)
class Fits:
    """How well documents fit, by position; ``phrases`` are the names or synonyms that the query holds."""

    scores: dict[int, float]
    phrases: dict[int, int]


class Scorer:
    """Scores the documents of one index."""

    __slots__ = ("_found", "_later", "_phrases", "_postings", "_short", "_size", "_special")

    def __init__(self, postings: Postings, phrases: Phrases, later: Mapping[int, frozenset[int]]) -> None:
        """``later`` maps documents whose name speaks of a special case to the terms that do."""
        self._postings = postings
        self._phrases = phrases
        self._size = max(postings.documents, default=-1) + 1
        self._later = frozenset(later)
        self._special: dict[int, set[int]] = {}
        for position, terms in later.items():
            for term in terms:
                self._special.setdefault(term, set()).add(position)
        self._found = lru_cache(maxsize=_KEPT_WORDS)(self._documents_of)
        self._short = frozenset(
            number for number, length in enumerate(phrases.lengths) if length <= _SHORT_PHRASE
        )

    def fits(self, query: Query, typed: Sequence[str] = ()) -> Fits:
        """All documents that hold something of ``query``; ``typed`` are its folded words, stop words included."""
        mass = sum(concept.mass for concept in query.concepts)
        if not mass:
            return Fits({}, {})
        scores = self._word_scores(query, mass)
        bonuses = self._phrase_bonuses(query, mass)
        for position, (bonus, _) in bonuses.items():
            scores[position] += bonus
        for number in self._phrases.saying(typed):
            position = self._phrases.positions[number]
            if position in scores:
                scores[position] += _WORD_FOR_WORD_BONUS * self._phrases.weight(number)
        named = [self._special[term] for term in query.terms() if term in self._special]
        for position in (self._later & scores.keys()).difference(*named):
            scores[position] *= _LATER_UNASKED
        return Fits(scores, {position: phrase for position, (_, phrase) in bonuses.items()})

    def _word_scores(self, query: Query, mass: float) -> dict[int, float]:
        """For each document: how well its words fit, times how much of the query they cover."""
        totals = [0.0] * self._size
        covered = [0.0] * self._size
        found: set[int] = set()
        for concept in query.concepts:
            weight = concept.mass
            half = weight / 2.0
            positions, values = self._found(concept)
            found.update(positions)
            for position, value in zip(positions, values, strict=True):
                totals[position] += value
                covered[position] += weight if value > half else value + value
        least = _UNCOVERED / mass
        slope = (1.0 - _UNCOVERED) / (mass * mass)
        return {
            position: totals[position] * (least + slope * covered[position]) for position in sorted(found)
        }

    def _documents_of(self, concept: Concept) -> tuple[array[int], array[float]]:
        """The documents that hold what a concept asks for, and how well they do."""
        scores = self._concept_scores(concept)
        return array("I", scores), array("d", scores.values())

    def _concept_scores(self, concept: Concept) -> dict[int, float]:
        best: dict[int, float] = {}
        mass, postings = concept.mass, self._postings
        for term, sureness in concept.terms.items():
            worth = mass * sureness
            documents, weights = postings.of(term)
            if not best:
                best = dict(zip(documents, [worth * weight for weight in weights], strict=True))
                continue
            for position, weight in zip(documents, weights, strict=True):
                value = worth * weight
                if value > best.get(position, 0.0):
                    best[position] = value
        if concept.parts:
            together: dict[int, float] = {}
            share = concept.parts_share
            for part in concept.parts:
                for position, value in self._concept_scores(part).items():
                    together[position] = together.get(position, 0.0) + value * share
            for position, value in together.items():
                if value > best.get(position, 0.0):
                    best[position] = min(value, mass)
        return best

    def _phrase_bonuses(self, query: Query, mass: float) -> dict[int, tuple[float, int]]:
        """Names and synonyms of which the query holds all or two words: document → (bonus, phrase)."""
        held_by = [
            (_length(concept), concept.mass, self._phrases_with(concept)) for concept in query.concepts
        ]
        asked = sum(length for length, _, _ in held_by)
        best: dict[int, tuple[float, int]] = {}
        phrases = self._phrases
        for number in self._worth_a_look([held for _, _, held in held_by]):
            count = value = 0.0
            for length, weight, held in held_by:
                if number in held:
                    count += length
                    value += weight * held[number] ** 3
            share = min(1.0, count / phrases.lengths[number])
            if share < 1.0 and count < 1.0 + _WEAK_LENGTH:
                continue
            whole = share == 1.0 and count >= asked
            bonus = value / mass * (_WHOLE_QUERY_BONUS if whole else _PHRASE_BONUS * share)
            bonus *= phrases.weight(number)
            position = phrases.positions[number]
            if bonus > best.get(position, (0.0, -1))[0]:
                best[position] = (bonus, number)
        return best

    def _worth_a_look(self, held: Sequence[Mapping[int, float]]) -> list[int]:
        """The phrases that hold two of a query's words, or that are one word.

        Of the thousands that hold a common word, such as "anmelden", these are few; sets find them quickly.
        """
        once: set[int] = set()
        twice: set[int] = set()
        for phrases in held:
            twice |= once & phrases.keys()
            once |= phrases.keys()
        return sorted(twice | (once & self._short))

    def _phrases_with(self, concept: Concept) -> dict[int, float]:
        """The phrases that hold a word, with how surely it is meant there."""
        found: dict[int, float] = {}
        # The surest last, because it counts where a phrase holds several.
        for sureness, term in sorted((sureness, term) for term, sureness in concept.terms.items()):
            if sureness >= _LEAST_SURENESS:
                found.update(dict.fromkeys(self._postings.phrases_with(term), sureness))
        return found

    def best_phrase(self, query: Query, position: int) -> int:
        """The name, synonym or label of a document that fits best; -1 if only its running text does."""
        best, found = 0.0, -1
        for concept in query.concepts:
            for candidate in (concept, *concept.parts):
                for term, sureness in candidate.terms.items():
                    entry = self._postings.entry(term, position)
                    if entry and candidate.mass * sureness * entry[0] > best:
                        best, found = candidate.mass * sureness * entry[0], entry[1]
        return found


def _length(concept: Concept) -> float:
    """What a word counts when the words of a name and of a query are counted."""
    return _WEAK_LENGTH if concept.weak else 1.0
