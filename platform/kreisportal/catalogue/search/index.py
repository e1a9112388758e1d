"""The search over a region's services, in memory, shared by all its towns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest

from kreisportal.catalogue.search.building import KIND_WEIGHTS, IndexBuilder, Phrase, phrase_key
from kreisportal.catalogue.search.documents import Hit, MatchKind, SearchDocument, Suggestion
from kreisportal.catalogue.search.query import Concept, Query, QueryReader
from kreisportal.catalogue.search.stems import stem, word_language
from kreisportal.catalogue.search.text import words
from kreisportal.catalogue.search.vocabulary import Postings, Vocabulary

_NOT_OFFERED = 0.75
_UNCOVERED = 0.35
_PHRASE_BONUS = 0.3
_WHOLE_QUERY_BONUS = 0.5
_LONGEST_PHRASE = 5
# What a service counts whose name speaks of a special case ("Hund abmelden") that the query does not name.
_LATER_UNASKED = 0.9
# Hits far below the best one only make the list longer.
_LEAST_OF_BEST = 0.1


class SearchIndex:
    """An immutable index. Make it with :meth:`build`; all threads of a process may share one."""

    __slots__ = (
        "_boosts",
        "_exact",
        "_keys",
        "_later",
        "_names",
        "_phrases",
        "_postings",
        "_reader",
        "_vocabularies",
    )

    def __init__(
        self, documents: Sequence[SearchDocument], builder: IndexBuilder, postings: Postings
    ) -> None:
        self._keys = tuple(document.key for document in documents)
        self._boosts = tuple(document.boost for document in documents)
        self._names = tuple(dict(document.names) for document in documents)
        self._phrases: tuple[Phrase, ...] = tuple(builder.phrases)
        self._exact: dict[str, tuple[int, ...]] = {key: tuple(of) for key, of in builder.exact.items()}
        self._later = {position: frozenset(terms) for position, terms in builder.later.items()}
        self._postings = postings
        self._vocabularies: dict[str, Vocabulary] = builder.vocabularies
        self._reader = QueryReader(self._vocabularies, postings, _strong_terms(postings))

    @classmethod
    def build(cls, documents: Iterable[SearchDocument]) -> SearchIndex:
        """Index ``documents``. A document's place in their order is its ``position`` from then on."""
        held = tuple(documents)
        builder = IndexBuilder()
        builder.read(held)
        return cls(held, builder, builder.postings())

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the documents by position."""
        return self._keys

    def search(self, query: str, language: str, *, offered: int | None = None, limit: int = 20) -> list[Hit]:
        """The services that ``query`` may mean, best first.

        ``language`` is the path of the page's language; queries in another one are found too. Bit ``p`` of
        ``offered`` says whether the town offers the document at position ``p`` (None: all are offered);
        what it does not offer ranks lower. Takes any text, and looks at its first 300 characters only.
        """
        understood = self._reader.read(query, language)
        return self._hits(understood, language, offered, limit)

    def did_you_mean(self, query: str, language: str) -> str | None:
        """``query`` with unknown words replaced by those that were probably meant; None if all are known."""
        understood = self._reader.read(query, language)
        if not any(concept.corrected for concept in understood.concepts):
            return None
        return " ".join(understood.telling)

    def suggest(
        self, prefix: str, language: str, *, offered: int | None = None, limit: int = 8
    ) -> list[Suggestion]:
        """Services for what has been typed so far; the last word may be unfinished."""
        understood = self._reader.read(prefix, language, unfinished=True)
        return [
            Suggestion(
                hit.position, hit.key, self._name(hit.position, language), hit.matched_term, hit.matched_kind
            )
            for hit in self._hits(understood, language, offered, limit)
        ]

    def _hits(self, query: Query, language: str, offered: int | None, limit: int) -> list[Hit]:
        mass = sum(concept.mass for concept in query.concepts)
        if not mass or limit < 1:
            return []
        scores = self._scores(query, mass)
        phrases = self._phrases_in(query)
        for position, (bonus, _) in phrases.items():
            scores[position] = scores.get(position, 0.0) + bonus / mass
        asked = query.terms()
        for position in self._later.keys() & scores.keys():
            if asked.isdisjoint(self._later[position]):
                scores[position] *= _LATER_UNASKED
        on_offer = _bits(offered, len(self._keys))
        boosts = self._boosts
        ranked = nlargest(
            limit,
            (
                (score * boosts[position] * (1.0 if on_offer[position] else _NOT_OFFERED), -position)
                for position, score in scores.items()
            ),
        )
        corrected = any(concept.corrected for concept in query.concepts)
        hits: list[Hit] = []
        for score, negative in ranked:
            if score < ranked[0][0] * _LEAST_OF_BEST:
                break
            position = -negative
            term, kind = self._explained(query, language, position, phrases)
            hits.append(
                Hit(position, self._keys[position], score, term, kind, bool(on_offer[position]), corrected)
            )
        return hits

    def _scores(self, query: Query, mass: float) -> dict[int, float]:
        """For each document found: how well it fits, times how much of the query it covers."""
        totals: dict[int, float] = {}
        covered: dict[int, float] = {}
        for concept in query.concepts:
            weight = concept.mass
            for position, value in self._concept_scores(concept).items():
                totals[position] = totals.get(position, 0.0) + value
                covered[position] = covered.get(position, 0.0) + min(weight, 2.0 * value)
        rest = 1.0 - _UNCOVERED
        return {
            position: total / mass * (_UNCOVERED + rest * covered[position] / mass)
            for position, total in totals.items()
        }

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

    def _phrases_in(self, query: Query) -> dict[int, tuple[float, int]]:
        """Names and synonyms that stand in the query as a whole: document → (bonus, phrase)."""
        found: dict[int, tuple[float, int]] = {}
        telling = query.telling
        masses = {concept.meant or concept.word: concept.mass for concept in query.concepts}
        total = sum(concept.mass for concept in query.concepts)
        for start in range(len(telling)):
            for end in range(start + 1, min(len(telling), start + _LONGEST_PHRASE) + 1):
                part = telling[start:end]
                whole = len(part) == len(telling)
                worth = total if whole else sum(masses.get(word, 0.0) for word in part)
                bonus = worth * (_WHOLE_QUERY_BONUS if whole else _PHRASE_BONUS)
                for language in self._vocabularies:
                    for number in self._exact.get(phrase_key(language, part), ()):
                        phrase = self._phrases[number]
                        value = bonus * KIND_WEIGHTS[phrase.kind]
                        known = found.get(phrase.position)
                        if known is None or value > known[0]:
                            found[phrase.position] = (value, number)
        return found

    def _explained(
        self, query: Query, language: str, position: int, phrases: dict[int, tuple[float, int]]
    ) -> tuple[str, MatchKind]:
        """The name or synonym that led to a document, and which of them it is."""
        best_value, best_phrase, best_term = 0.0, -1, -1
        for concept in query.concepts:
            for candidate in (concept, *concept.parts):
                for term, sureness in candidate.terms.items():
                    entry = self._postings.entry(term, position)
                    if entry and entry[1] >= 0 and candidate.mass * sureness * entry[0] > best_value:
                        best_value, best_phrase, best_term = (
                            candidate.mass * sureness * entry[0],
                            entry[1],
                            term,
                        )
        if position in phrases:
            best_phrase = phrases[position][1]
        elif best_term >= 0 and self._in_name(best_term, position):
            return self._name(position, language), MatchKind.NAME
        if best_phrase < 0:
            return "", MatchKind.TEXT
        phrase = self._phrases[best_phrase]
        return phrase.text, phrase.kind

    def _in_name(self, term: int, position: int) -> bool:
        for path, name in self._names[position].items():
            own = word_language(path)
            terms = self._vocabularies[own].terms
            if any(terms.get(stem(own, word.replace("-", ""))) == term for word in words(name)):
                return True
        return False

    def _name(self, position: int, language: str) -> str:
        names = self._names[position]
        return names.get(language) or names.get(word_language(language)) or next(iter(names.values()), "")


def _strong_terms(postings: Postings) -> bytes:
    """For each term 1 if it stands in a name, synonym or label of some document, else 0."""
    starts, phrases = postings.starts, postings.phrases
    return bytes(
        any(phrase >= 0 for phrase in phrases[starts[term] : starts[term + 1]])
        for term in range(len(starts) - 1)
    )


def _bits(offered: int | None, length: int) -> bytes:
    """The bits of ``offered`` as one byte each, so that reading one does not copy the number."""
    if offered is None:
        return b"\x01" * length
    text = bin(offered & ((1 << length) - 1))[2:].zfill(length)[::-1]
    return bytes(letter == "1" for letter in text)
