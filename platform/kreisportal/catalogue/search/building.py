"""Making an index from documents: reading their texts, weighing their words, counting how rare they are."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log

from kreisportal.catalogue.search.compounds import Splitter
from kreisportal.catalogue.search.documents import MatchKind, SearchDocument
from kreisportal.catalogue.search.lexicon import lexicon
from kreisportal.catalogue.search.spelling import Spelling
from kreisportal.catalogue.search.stems import other_forms, stem, word_language
from kreisportal.catalogue.search.text import words
from kreisportal.catalogue.search.vocabulary import Postings, Vocabulary

KIND_WEIGHTS = {
    MatchKind.NAME: 1.0,
    MatchKind.SYNONYM: 0.95,
    MatchKind.OFFICIAL_NAME: 0.75,
    MatchKind.LABEL: 0.3,
}
_SHORT_WEIGHT = 0.3
_FULL_WEIGHT = 0.12
# What a word that is only part of a compound counts, of what it would count alone.
_PART_SHARE = 0.6
_HYPHEN_SHARE = 0.9
_FORM_SHARE = 0.9
_LENGTH_LOSS = 0.22


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name, official name, synonym or label of a document, as written."""

    position: int
    kind: MatchKind
    language: str
    text: str


@dataclass(slots=True)
class IndexBuilder:
    """Collects what the documents hold, then lays it down in arrays."""

    phrases: list[Phrase] = field(default_factory=list)
    phrase_words: list[list[str]] = field(default_factory=list)
    exact: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    terms: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    vocabularies: dict[str, Vocabulary] = field(default_factory=dict)
    later: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _shares: dict[tuple[str, str], tuple[tuple[int, float], ...]] = field(default_factory=dict)
    _entries: list[dict[int, tuple[float, int]]] = field(default_factory=list)
    _term_count: int = 0

    def read(self, documents: Sequence[SearchDocument]) -> None:
        """Take in all documents. Call once."""
        for position, document in enumerate(documents):
            for kind, language, text in phrases_of(document):
                self.phrases.append(Phrase(position, kind, language, text))
                self.phrase_words.append(words(text))
        self._learn_words()
        self._entries = [{} for _ in documents]
        for number, phrase in enumerate(self.phrases):
            self._enter_phrase(number, phrase)
        for position, document in enumerate(documents):
            for texts, weight in ((document.short, _SHORT_WEIGHT), (document.full, _FULL_WEIGHT)):
                for path, text in texts.items():
                    self._enter_text(position, word_language(path), text, weight)

    def _learn_words(self) -> None:
        """Gather the words of names, synonyms and labels: the parts of compounds, the aims of corrections."""
        surface: dict[str, set[str]] = defaultdict(set)
        for phrase, found in zip(self.phrases, self.phrase_words, strict=True):
            for word in found:
                surface[phrase.language].update(word.split("-"))
                surface[phrase.language].add(word.replace("-", ""))
        for language, known in surface.items():
            own = lexicon(language)
            pieces = known - own.stop_words if language == "de" else set()
            general = own.pieces | own.related.keys()
            self.vocabularies[language] = Vocabulary(
                language=language,
                terms=self.terms[language],
                surface=tuple(sorted(known)),
                splitter=Splitter(pieces | general if language == "de" else (), own.pieces),
                spelling=Spelling(known | general | own.verb_forms.keys()),
            )

    def _enter_phrase(self, number: int, phrase: Phrase) -> None:
        language = phrase.language
        own = lexicon(language)
        found = self.phrase_words[number]
        telling = [word for word in found if word not in own.stop_words] or found
        length = sum(0.4 if word in own.weak_words else 1.0 for word in telling)
        weight = KIND_WEIGHTS[phrase.kind] / (1.0 + _LENGTH_LOSS * max(0.0, length - 1.0))
        for word in telling:
            for term, share in self._shares_of(language, word):
                self._enter(phrase.position, term, weight * share, number)
            if phrase.kind is MatchKind.NAME and word in own.later_words:
                self.later[phrase.position].add(self._shares_of(language, word)[0][0])
        if phrase.kind is not MatchKind.LABEL and telling:
            self.exact[phrase_key(language, telling)].append(number)

    def _enter_text(self, position: int, language: str, text: str, weight: float) -> None:
        stop_words = lexicon(language).stop_words
        for word in set(words(text)):
            if len(word) > 2 and word not in stop_words:
                for term, share in self._shares_of(language, word)[:1]:
                    self._enter(position, term, weight * share, -1)

    def _enter(self, position: int, term: int, weight: float, phrase: int) -> None:
        """Note the best place a term stands at. Many mentions count no more: authors differ in eagerness."""
        entries = self._entries[position]
        if weight > entries.get(term, (0.0, -1))[0]:
            entries[term] = (weight, phrase)

    def _shares_of(self, language: str, word: str) -> tuple[tuple[int, float], ...]:
        """The terms that a word stands for, the word itself first, with what each counts of it."""
        known = self._shares.get((language, word))
        if known is None:
            shares: dict[int, float] = {}
            self._share_out(language, word, 1.0, shares)
            known = self._shares[language, word] = tuple(shares.items())
        return known

    def _share_out(self, language: str, word: str, share: float, shares: dict[int, float]) -> None:
        joined = word.replace("-", "")
        term = self._term(language, stem(language, joined))
        shares[term] = max(share, shares.get(term, 0.0))
        for form in other_forms(language, joined):
            other = self._term(language, stem(language, form))
            shares[other] = max(share * _FORM_SHARE, shares.get(other, 0.0))
        if share < 0.2:
            return
        parts: Sequence[str] = word.split("-") if "-" in word else ()
        part_share = share * (_HYPHEN_SHARE if parts else _PART_SHARE)
        for part in parts or self.vocabularies[language].splitter.split(word):
            if part not in lexicon(language).stop_words:
                self._share_out(language, part, part_share, shares)

    def _term(self, language: str, stemmed: str) -> int:
        known = self.terms[language]
        number = known.get(stemmed)
        if number is None:
            number = known[stemmed] = self._term_count
            self._term_count += 1
        return number

    def postings(self) -> Postings:
        """All that was entered, as arrays."""
        held: list[list[tuple[int, float, int]]] = [[] for _ in range(self._term_count)]
        for position, entries in enumerate(self._entries):
            for term, (weight, phrase) in entries.items():
                held[term].append((position, weight, phrase))
        starts = array("I", [0])
        documents, weights, phrases, rarity = array("I"), array("f"), array("i"), array("f")
        for rows in held:
            for position, weight, phrase in rows:
                documents.append(position)
                weights.append(weight)
                phrases.append(phrase)
            starts.append(len(documents))
            # A mention in running text counts little, so that it hardly makes a word a common one.
            often = sum(min(1.0, weight) for _, weight, _ in rows)
            rarity.append(log(1.0 + (len(self._entries) + 1.0) / (0.5 + often)))
        return Postings(starts, documents, weights, phrases, rarity)


def phrases_of(document: SearchDocument) -> Iterable[tuple[MatchKind, str, str]]:
    """(kind, language of the words, text) of every name, synonym and label of a document."""
    for path, text in document.names.items():
        yield MatchKind.NAME, word_language(path), text
    for path, text in document.official_names.items():
        yield MatchKind.OFFICIAL_NAME, word_language(path), text
    for kind, many in ((MatchKind.SYNONYM, document.synonyms), (MatchKind.LABEL, document.labels)):
        for path, texts in many.items():
            for text in texts:
                yield kind, word_language(path), text


def phrase_key(language: str, telling: Iterable[str]) -> str:
    """What two phrases have in common that say the same with the same words in any order."""
    return " ".join(sorted({stem(language, word.replace("-", "")) for word in telling}))
