"""Reading a query: which terms of the index each of its words may mean, and how surely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from kreisportal.catalogue.search.building import INITIALS, MAX_INITIALS
from kreisportal.catalogue.search.lexicon import lexicon
from kreisportal.catalogue.search.stems import (
    SEPARABLE,
    infinitive,
    other_forms,
    stem,
    word_language,
)
from kreisportal.catalogue.search.text import MAX_QUERY_LENGTH, words
from kreisportal.catalogue.search.thesaurus import related_stems
from kreisportal.catalogue.search.vocabulary import Postings, Vocabulary

_MAX_WORDS = 12
_OTHER_LANGUAGE = 0.85
_OTHER_FORM = 0.9
_COMPLETED = 0.75
_PARTS_OF_KNOWN = 0.6
_PARTS_OF_UNCOMMON = 0.9
_WEAK = 0.3
# A word that stands in running text only hardly tells services apart, however rare it is.
_ONLY_IN_TEXT = 0.5
# Terms less sure than this are related to what was typed, not the same.
_RELATED = 0.8
# Of the words that a misspelt one may stand for: how many count, and how much less like it than the best.
_GUESSES = 3
_GUESS_RANGE = 0.1
_MIN_PREFIX = 3
_MIN_TYPED = 2
# How many words may stand between the halves of a split verb.
_PARTICLE_REACH = 8
# People ask with the same words again and again, whatever else they say.
_KEPT_WORDS = 1024


@dataclass(slots=True, eq=False)
class Concept:
    """One thing that a query asks for; once it is read, nothing changes it, and queries with the same word share it.

    ``terms`` maps terms of the index to how surely they are meant (0 to 1); ``mass`` is what the concept
    weighs in the query: rare words weigh more. ``parts`` are the parts of a compound; together they count
    ``parts_share`` of what the compound itself counts. ``meant`` is the word that a misspelt one is taken for.
    """

    word: str
    terms: dict[int, float] = field(default_factory=dict)
    mass: float = 0.0
    importance: float = 1.0
    parts: Sequence[Concept] = ()
    parts_share: float = _PARTS_OF_KNOWN
    meant: str = ""

    @property
    def corrected(self) -> bool:
        """Whether the word is unknown and only a guess at another one led to the terms."""
        return bool(self.meant)

    @property
    def weak(self) -> bool:
        """Whether the word occurs in questions about any service."""
        return self.importance <= _WEAK

    def add(self, term: int, sureness: float) -> None:
        """Count ``term`` among those that may be meant."""
        if sureness > self.terms.get(term, 0.0):
            self.terms[term] = sureness


@dataclass(frozen=True, slots=True)
class Query:
    """A query as understood: its language and what it asks for."""

    language: str
    concepts: tuple[Concept, ...]

    @property
    def corrected(self) -> bool:
        """Whether an unknown word was taken for another one."""
        return any(concept.corrected for concept in self.concepts)

    def terms(self) -> frozenset[int]:
        """All terms that the query may mean."""
        concepts = [part for concept in self.concepts for part in (concept, *concept.parts)]
        return frozenset(term for concept in concepts for term in concept.terms)


class QueryReader:
    """Reads queries with the vocabularies of one index."""

    __slots__ = ("_orders", "_postings", "_said", "_vocabularies")

    def __init__(self, vocabularies: Mapping[str, Vocabulary], postings: Postings) -> None:
        self._vocabularies = vocabularies
        self._postings = postings
        self._orders = {language: tuple(self._order(language)) for language in vocabularies}
        self._said = lru_cache(maxsize=_KEPT_WORDS)(self._concepts)
        for language in vocabularies:
            # Reading the thesaurus takes longer than a search: better now than with the first query.
            related_stems(language)

    def read(self, query: str, page_language: str, *, unfinished: bool = False) -> Query:
        """Understand ``query``; ``unfinished`` says that its last word is still being typed."""
        found = words(query[:MAX_QUERY_LENGTH])
        language = self._language_of(found, word_language(page_language))
        telling = self._telling(found, language, unfinished=unfinished)
        concepts: list[Concept] = []
        position = 0
        while position < len(telling):
            word = telling[position]
            following = telling[position + 1] if position + 1 < len(telling) else ""
            joined = self._joined(word, following, language)
            if joined is not None:
                concepts.append(joined)
                position += 2
                continue
            last = position + 1 == len(telling)
            concepts.extend(self._said(word, language, prefix=unfinished and last))
            position += 1
        return Query(language, tuple(_parted(concepts)))

    def _telling(self, found: Sequence[str], language: str, *, unfinished: bool) -> list[str]:
        """The words that tell what is sought, each once; all if there are only stop words."""
        last = found[-1:] if unfinished else []
        whole = self._with_particles(found) if language == "de" else found
        stop_words = lexicon(language).stop_words
        telling = [word for word in dict.fromkeys(whole) if word not in stop_words or word in last]
        return (telling or list(dict.fromkeys(found)))[:_MAX_WORDS]

    def _with_particles(self, found: Sequence[str]) -> Sequence[str]:
        """Put split verbs together: "melde … ab" becomes "abmelden" if the index knows that word."""
        german = self._vocabularies.get("de")
        result = list(found[:MAX_QUERY_LENGTH])
        for place, particle in enumerate(found):
            if particle not in SEPARABLE or german is None:
                continue
            for before in range(place - 1, max(-1, place - _PARTICLE_REACH), -1):
                verb = particle + infinitive(result[before])
                if len(result[before]) > _MIN_PREFIX and stem("de", verb) in german.terms:
                    result[before] = verb
                    break
        return result

    def _language_of(self, found: Iterable[str], page: str) -> str:
        """The language that most words of a query belong to; in doubt that of the page."""
        scores = {language: 0.5 if language == page else 0.0 for language in self._vocabularies}
        for word in set(found):
            for language, vocabulary in self._vocabularies.items():
                own = lexicon(language)
                if (
                    word in own.stop_words
                    or word in own.weak_words
                    or stem(language, word) in vocabulary.terms
                ):
                    scores[language] += 1.0
        return max(scores, key=lambda language: scores[language], default=page)

    def _order(self, language: str) -> Iterator[tuple[Vocabulary, float]]:
        """The vocabularies, that of the query's language first, and how surely a word belongs to them."""
        for own in sorted(self._vocabularies, key=lambda name: (name != language, name)):
            yield self._vocabularies[own], 1.0 if own == language else _OTHER_LANGUAGE

    def _joined(self, word: str, following: str, language: str) -> Concept | None:
        """A compound written in two words ("Wohn Geld"), if the index knows it in one."""
        if not following or len(word) + len(following) < 6:
            return None
        concept = Concept(word + following, parts_share=1.0)
        for vocabulary, sureness in self._orders.get(language, ()):
            term = vocabulary.terms.get(stem(vocabulary.language, word + following))
            if term is not None and self._postings.strong(term):
                concept.add(term, sureness)
        if not concept.terms:
            return None
        concept.parts = [part for half in (word, following) for part in self._concepts(half, language)]
        self._weigh(concept)
        return concept

    def _concepts(self, word: str, language: str, *, prefix: bool = False) -> list[Concept]:
        """What one word asks for: usually one thing, several for a compound that the index does not know."""
        concept = self._known(word, language)
        if prefix:
            self._add_completions(concept, word, _MIN_TYPED, language)
        if any(self._postings.strong(term) for term in concept.terms):
            return [concept]
        parts = self._parts(word)
        if parts and concept.terms:
            concept.parts_share = _PARTS_OF_UNCOMMON
            self._weigh(concept)
            return [concept]
        if parts:
            return [self._known(part, language) for part in parts]
        self._add_initials(concept, word, language)
        if not concept.terms:
            self._add_corrections(concept, word, language)
        if not concept.terms:
            pieces = self._pieces(word, language)
            if pieces:
                return pieces
            self._add_completions(concept, word, _MIN_PREFIX, language)
        self._weigh(concept)
        return [concept] if concept.terms else []

    def _known(self, word: str, language: str) -> Concept:
        """The concept of a word that is spelt right, with words that mean the same and its parts."""
        concept = Concept(word)
        if any(word in lexicon(own).weak_words for own in self._vocabularies):
            concept.importance = _WEAK
        for vocabulary, sureness in self._orders.get(language, ()):
            if vocabulary.language == language or not concept.terms:
                self._add_related(concept, vocabulary, word.replace("-", ""), sureness)
            else:
                # What the word may mean in another language counts, what that would be related to does not.
                self._add_term(concept, vocabulary, word.replace("-", ""), sureness)
        parts = self._parts(word)
        if not any(sureness > _RELATED for sureness in concept.terms.values()):
            concept.parts_share = _PARTS_OF_UNCOMMON
            if concept.terms and not parts:
                parts = self._known_pieces(word)
        concept.parts = [self._known(piece, language) for piece in parts]
        self._weigh(concept)
        return concept

    def _add_term(self, concept: Concept, vocabulary: Vocabulary, word: str, sureness: float) -> str:
        stemmed = stem(vocabulary.language, word)
        term = vocabulary.terms.get(stemmed)
        if term is not None:
            concept.add(term, sureness)
        return stemmed

    def _add_related(self, concept: Concept, vocabulary: Vocabulary, word: str, sureness: float) -> None:
        """Add a word, its other forms, and the words that mean the same."""
        forms = [(word, sureness)]
        forms += [(form, sureness * _OTHER_FORM) for form in other_forms(vocabulary.language, word)]
        for form, likely in forms:
            stemmed = self._add_term(concept, vocabulary, form, likely)
            for other, nearness in related_stems(vocabulary.language).get(stemmed, ()):
                related = vocabulary.terms.get(other)
                if related is not None:
                    concept.add(related, likely * nearness)

    def _parts(self, word: str) -> Sequence[str]:
        if "-" in word:
            return [part for part in word.split("-") if len(part) > 1]
        german = self._vocabularies.get("de")
        return german.splitter.split(word) if german else ()

    def _known_pieces(self, word: str) -> Sequence[str]:
        german = self._vocabularies.get("de")
        return [piece for piece, known in german.splitter.split_loosely(word) if known] if german else ()

    def _add_corrections(self, concept: Concept, word: str, language: str) -> None:
        """Add what known words that look or sound like an unknown one would mean."""
        joined = word.replace("-", "")
        guesses = [
            (likeness * sureness, known)
            for vocabulary, sureness in self._orders.get(language, ())
            for known, likeness in vocabulary.spelling.nearest(joined)
        ]
        best = max((likeness for likeness, _ in guesses), default=0.0)
        for likeness, known in sorted(guesses, key=lambda guess: (-guess[0], guess[1]))[:_GUESSES]:
            guess = self._known(known, language)
            if not guess.terms or likeness < best - _GUESS_RANGE:
                continue
            if not concept.terms:
                concept.meant, concept.importance, concept.parts = known, guess.importance * best, guess.parts
            for term, sureness in guess.terms.items():
                concept.add(term, sureness * likeness)

    def _pieces(self, word: str, language: str) -> list[Concept]:
        """The known pieces of a compound that also holds a misspelt one, or one that nobody knows."""
        german = self._vocabularies.get("de")
        concepts: list[Concept] = []
        for piece, known in german.splitter.split_loosely(word) if german else ():
            if known:
                concepts.append(self._known(piece, language))
            elif german and (guesses := german.spelling.nearest(piece, 1)):
                concepts.append(self._known(guesses[0][0], language))
                concepts[-1].meant = guesses[0][0]
        return [concept for concept in concepts if concept.terms]

    def _add_initials(self, concept: Concept, word: str, language: str) -> None:
        if 2 <= len(word) <= MAX_INITIALS:
            for vocabulary, sureness in self._orders.get(language, ()):
                term = vocabulary.terms.get(INITIALS + word)
                if term is not None:
                    concept.add(term, sureness)

    def _add_completions(self, concept: Concept, word: str, least: int, language: str) -> None:
        if len(word) < least:
            return
        for vocabulary, sureness in self._orders.get(language, ()):
            for known in vocabulary.completions(word):
                term = vocabulary.terms.get(stem(vocabulary.language, known))
                if term is not None:
                    concept.add(term, sureness * _COMPLETED)
        self._weigh(concept)

    def _weigh(self, concept: Concept) -> None:
        """Set ``mass`` from the rarity of the surest terms, or from the parts if they say more."""
        strong = {term: sureness for term, sureness in concept.terms.items() if self._postings.strong(term)}
        counted, share = (strong, 1.0) if strong else (concept.terms, _ONLY_IN_TEXT)
        surest = max(counted.values(), default=0.0)
        rarities = [
            self._postings.rarity[term] for term, sureness in counted.items() if sureness >= surest - 0.05
        ]
        of_parts = sum(part.mass for part in concept.parts) * concept.parts_share
        concept.mass = max(max(rarities, default=0.0) * share * concept.importance, of_parts)


def _parted(concepts: Sequence[Concept]) -> Iterator[Concept]:
    """The concepts, each without the loosely related terms that another one asks for by name.

    In "Container auf der Straße" a container may mean the street it stands on; but that is asked for anyway.
    """
    named = [
        {term for term, sureness in concept.terms.items() if sureness > _RELATED} for concept in concepts
    ]
    for place, concept in enumerate(concepts):
        others = set().union(*(terms for other, terms in enumerate(named) if other != place))
        kept = {
            term: sureness
            for term, sureness in concept.terms.items()
            if sureness > _RELATED or term not in others
        }
        if len(kept) == len(concept.terms):
            yield concept
        else:
            # One that is only related to the others keeps the last of what it may mean.
            yield replace(concept, terms=kept or dict(list(concept.terms.items())[-1:]))
