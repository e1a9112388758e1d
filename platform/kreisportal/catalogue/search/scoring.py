"""How well documents fit a query that has been understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kreisportal.catalogue.search.phrases import Phrases
from kreisportal.catalogue.search.query import Concept, Query
from kreisportal.catalogue.search.vocabulary import Postings

# What remains of the score of a document that holds hardly anything of the query.
_UNCOVERED = 0.35
# What a name or synonym adds that the query holds, and one that says the same as the whole query.
_PHRASE_BONUS = 0.3
_WHOLE_QUERY_BONUS = 0.5
# Loosely related words do not make a phrase.
_LEAST_SURENESS = 0.4
# A weak word is less than a whole one when the words of a name and of a query are counted.
_WEAK_LENGTH = 0.4
# What a service counts whose name speaks of a special case ("Hund abmelden") that the query does not name.
_LATER_UNASKED = 0.9


@dataclass(frozen=True, slots=True)
class Fits:
    """How well documents fit, by position; ``phrases`` are the names or synonyms that the query holds."""

    scores: dict[int, float]
    phrases: dict[int, int]


class Scorer:
    """Scores the documents of one index."""

    __slots__ = ("_later", "_phrases", "_postings")

    def __init__(self, postings: Postings, phrases: Phrases, later: Mapping[int, frozenset[int]]) -> None:
        """``later`` maps documents whose name speaks of a special case to the terms that do."""
        self._postings = postings
        self._phrases = phrases
        self._later = later

    def fits(self, query: Query) -> Fits:
        """All documents that hold something of ``query``."""
        mass = sum(concept.mass for concept in query.concepts)
        if not mass:
            return Fits({}, {})
        scores = self._word_scores(query, mass)
        bonuses = self._phrase_bonuses(query, mass)
        for position, (bonus, _) in bonuses.items():
            scores[position] += bonus
        asked = query.terms()
        for position, terms in self._later.items():
            if position in scores and asked.isdisjoint(terms):
                scores[position] *= _LATER_UNASKED
        return Fits(scores, {position: phrase for position, (_, phrase) in bonuses.items()})

    def _word_scores(self, query: Query, mass: float) -> dict[int, float]:
        """For each document: how well its words fit, times how much of the query they cover."""
        totals: dict[int, float] = {}
        covered: dict[int, float] = {}
        for concept in query.concepts:
            weight = concept.mass
            half = weight / 2.0
            for position, value in self._concept_scores(concept).items():
                share = weight if value > half else value + value
                if position in totals:
                    totals[position] += value
                    covered[position] += share
                else:
                    totals[position] = value
                    covered[position] = share
        least = _UNCOVERED / mass
        slope = (1.0 - _UNCOVERED) / (mass * mass)
        return {position: total * (least + slope * covered[position]) for position, total in totals.items()}

    def _concept_scores(self, concept: Concept) -> dict[int, float]:
        best: dict[int, float] = {}
        mass, postings = concept.mass, self._postings
        for term, sureness in concept.terms.items():
            worth = mass * sureness
            for position, weight in postings.of(term):
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
        values: dict[int, float] = {}
        counts: dict[int, float] = {}
        for concept in query.concepts:
            words = _WEAK_LENGTH if concept.weak else 1.0
            for number, sureness in self._phrases_with(concept).items():
                values[number] = values.get(number, 0.0) + concept.mass * sureness**3
                counts[number] = counts.get(number, 0.0) + words
        best: dict[int, tuple[float, int]] = {}
        phrases = self._phrases
        asked = sum(_WEAK_LENGTH if concept.weak else 1.0 for concept in query.concepts)
        for number, count in counts.items():
            held = min(1.0, count / phrases.lengths[number])
            if held < 1.0 and count < 1.0 + _WEAK_LENGTH:
                continue
            whole = held == 1.0 and count >= asked
            share = _WHOLE_QUERY_BONUS if whole else _PHRASE_BONUS * held
            bonus = values[number] / mass * share * phrases.weight(number)
            position = phrases.positions[number]
            if bonus > best.get(position, (0.0, -1))[0]:
                best[position] = (bonus, number)
        return best

    def _phrases_with(self, concept: Concept) -> dict[int, float]:
        found: dict[int, float] = {}
        for term, sureness in concept.terms.items():
            if sureness >= _LEAST_SURENESS:
                for number in self._postings.phrases_with(term):
                    if sureness > found.get(number, 0.0):
                        found[number] = sureness
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
