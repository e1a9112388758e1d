"""Saying why a service was found, and what a misspelt word was taken for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from kreisportal.catalogue.search.documents import MatchKind
from kreisportal.catalogue.search.lexicon import lexicon
from kreisportal.catalogue.search.phrases import Phrases
from kreisportal.catalogue.search.query import Query
from kreisportal.catalogue.search.scoring import Scorer
from kreisportal.catalogue.search.stems import stem, word_language
from kreisportal.catalogue.search.text import raw_words, with_words, words
from kreisportal.catalogue.search.vocabulary import Postings, Vocabulary

# Terms less sure than this do not make a name say what was asked for.
_SURE = 0.65
# What was typed is the same for all hits of a search.
_KEPT = 256


class Explainer:
    """Knows the names of the documents and how the words of names and synonyms are written."""

    __slots__ = (
        "_called_stems",
        "_name_terms",
        "_name_words",
        "_names",
        "_phrases",
        "_postings",
        "_scorer",
        "_telling",
        "_vocabularies",
        "_written",
    )

    def __init__(
        self,
        names: Iterable[Mapping[str, str]],
        official_names: Iterable[Mapping[str, str]],
        phrases: Phrases,
        vocabularies: Mapping[str, Vocabulary],
        postings: Postings,
        scorer: Scorer,
    ) -> None:
        self._names = tuple(dict(by_language) for by_language in names)
        self._name_words = tuple(
            {path: tuple(words(name)) for path, name in by_language.items()} for by_language in self._names
        )
        self._telling = lru_cache(maxsize=_KEPT)(self._telling_stems)
        self._written = lru_cache(maxsize=_KEPT)(self._writing)
        self._phrases = phrases
        self._vocabularies = vocabularies
        self._postings = postings
        self._scorer = scorer
        # A tenth of a second for hundreds of services, which the first searches after a start would take longer.
        self._name_terms = tuple(frozenset(self._terms_of(found)) for found in self._name_words)
        self._called_stems = tuple(
            frozenset(self._stems_of((*own.items(), *official.items())))
            for own, official in zip(self._names, official_names, strict=True)
        )

    def name(self, position: int, language: str) -> str:
        """The name of a document in a language, else in German, else in any."""
        names = self._names[position]
        return names.get(language) or names.get("de") or next(iter(names.values()), "")

    def asked(self, query: Query) -> tuple[frozenset[int], ...]:
        """The terms that surely are what was asked for, for each word of the query that is not a weak one."""
        telling = [concept for concept in query.concepts if not concept.weak] or query.concepts
        return tuple(
            frozenset(term for term, sureness in concept.terms.items() if sureness >= _SURE)
            for concept in telling
        )

    def explain(
        self, query: Query, asked: Iterable[frozenset[int]], language: str, position: int, phrase: int
    ) -> tuple[str, MatchKind]:
        """The name or synonym that led to a document, and which of them it is.

        ``phrase`` is the one that the query holds, or -1. A name that says all that was ``asked`` needs no
        other explanation.
        """
        if self._name_says(asked, position):
            return self.name(position, language), MatchKind.NAME
        number = phrase if phrase >= 0 else self._scorer.best_phrase(query, position)
        if number < 0:
            return "", MatchKind.TEXT
        return self._phrases.texts[number], self._phrases.kind(number)

    def _name_says(self, asked: Iterable[frozenset[int]], position: int) -> bool:
        """Whether the name holds one term of each."""
        held = self._name_terms[position]
        for terms in asked:  # noqa: SIM110 - a loop takes half the time, and every hit comes by here.
            if held.isdisjoint(terms):
                return False
        return True

    def _terms_of(self, names: Mapping[str, Iterable[str]]) -> Iterator[int]:
        """The terms that the words of a document's names consist of, in all languages."""
        for path, found in names.items():
            language = word_language(path)
            terms = self._vocabularies[language].terms
            for word in found:
                for part in {word.replace("-", ""), *word.split("-")}:
                    term = terms.get(stem(language, part))
                    if term is not None:
                        yield term

    def is_called(self, typed: Sequence[str], position: int) -> bool:
        """Whether the folded words typed stand in a document's name or official name, or in a compound there.

        Stop words and those that occur in any question do not count, unless nothing else was typed.
        """
        held = self._called_stems[position]
        return all(not held.isdisjoint(stems) for stems in self._telling(tuple(typed)))

    def _stems_of(self, called: Iterable[tuple[str, str]]) -> Iterator[str]:
        """The stems of all words and parts of words that a document is called by, as (path of a language, name)."""
        for path, name in called:
            language = word_language(path)
            for word in words(name):
                parts = {word.replace("-", ""), *word.split("-")}
                parts.update(self._vocabularies[language].splitter.split(word))
                yield from (stem(language, part) for part in parts)

    def _telling_stems(self, typed: tuple[str, ...]) -> tuple[frozenset[str], ...]:
        """For each word typed that tells something, its stems in all languages."""
        telling = [
            word
            for word in typed
            if not any(
                word in lexicon(own).stop_words or word in lexicon(own).weak_words
                for own in self._vocabularies
            )
        ]
        return tuple(
            frozenset(stem(language, word.replace("-", "")) for language in self._vocabularies)
            for word in telling or typed
        )

    def begins(self, position: int, language: str, typed: Sequence[str]) -> tuple[bool, bool]:
        """Whether a name in the language begins with what was typed, and whether one of its words does."""
        found = self._name_words[position].get(language) or self._name_words[position].get("de") or ()
        if not typed:
            return False, False
        *whole, last = typed
        starts = len(found) >= len(typed) and list(found[: len(whole)]) == whole
        return starts and found[len(whole)].startswith(last), any(word.startswith(last) for word in found)

    def set_right(self, typed: str, query: Query) -> str:
        """What was typed, with the misspelt words replaced by those they were taken for."""
        meant = {concept.word: concept.meant for concept in query.concepts if concept.meant}

        def better(raw: str) -> str:
            found = words(raw)
            if len(found) != 1 or found[0] not in meant:
                return raw
            written = self._written(meant[found[0]])
            return written[:1].upper() + written[1:] if raw[:1].isupper() else written

        return with_words(typed, better)

    def _writing(self, word: str) -> str:
        """How the catalogue mostly, or else the lexicon, writes a folded word."""
        for language, vocabulary in self._vocabularies.items():
            term = vocabulary.terms.get(stem(language, word))
            numbers = self._postings.phrases_with(term) if term is not None else ()
            texts = [self._phrases.texts[number] for number in numbers]
            found = Counter(raw for text in texts for raw in raw_words(text) if words(raw) == [word])
            if found:
                # Of those that are as frequent, one with a capital letter.
                return max(sorted(found), key=found.__getitem__)
        return next(
            (lexicon(own).written[word] for own in self._vocabularies if word in lexicon(own).written), word
        )
