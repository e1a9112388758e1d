"""Making an index from documents: reading their texts, weighing their words, counting how rare they are."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from kreisportal.catalogue.search.compounds import Splitter
from kreisportal.catalogue.search.documents import MatchKind, SearchDocument
from kreisportal.catalogue.search.lexicon import lexicon
from kreisportal.catalogue.search.phrases import Phrases, phrases_of
from kreisportal.catalogue.search.spelling import Spelling
from kreisportal.catalogue.search.stems import stem, word_language
from kreisportal.catalogue.search.text import words
from kreisportal.catalogue.search.thesaurus import later_stems
from kreisportal.catalogue.search.vocabulary import Postings, Vocabulary

_SHORT_WEIGHT = 0.3
_FULL_WEIGHT = 0.15
# What a word that is only part of a compound counts, of what it would count alone.
_PART_SHARE = 0.6
_HYPHEN_SHARE = 0.9
_LENGTH_LOSS = 0.22
_WEAK_LENGTH = 0.4
# Stands in front of initials, so that no word is taken for them.
INITIALS = "·"
MAX_INITIALS = 5
_MIN_TEXT_WORD = 3
_INITIALS_SHARE = 0.6


@dataclass(slots=True)
class IndexBuilder:
    """Collects what the documents hold, then lays it down in arrays."""

    phrases: Phrases = field(default_factory=Phrases)
    terms: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    vocabularies: dict[str, Vocabulary] = field(default_factory=dict)
    later: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _shares: dict[tuple[str, str], tuple[tuple[int, float], ...]] = field(default_factory=dict)
    _text_terms: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    _phrases_of_term: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    # The document that is being read: term → (weight, phrase).
    _entries: dict[int, tuple[float, int]] = field(default_factory=dict)
    _text_entries: set[int] = field(default_factory=set)
    # For each term the documents that hold it in running text only.
    _short: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _full: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    # For each term the positions, weights and phrases of its documents.
    _rows: list[tuple[list[int], list[float], list[int]]] = field(default_factory=list)
    _document_count: int = 0

    def read(self, documents: Sequence[SearchDocument]) -> None:
        """Take in all documents. Call once."""
        spoken: list[tuple[str, list[str]]] = []
        for position, document in enumerate(documents):
            for kind, language, text in phrases_of(document):
                found = words(text)
                self.phrases.add(position, kind, text, found)
                spoken.append((language, found))
        written = {
            word_language(path) for document in documents for path in (*document.short, *document.full)
        }
        self._learn_words(spoken, written)
        number = 0
        for position, document in enumerate(documents):
            while number < len(spoken) and self.phrases.positions[number] == position:
                self._enter_phrase(number, *spoken[number])
                number += 1
            for texts, rows in ((document.short, self._short), (document.full, self._full)):
                self._enter_texts(position, texts, rows)
            self._close(position)
        self._document_count = len(documents)

    def _close(self, position: int) -> None:
        """Hand the entries of a document that has been read to its terms."""
        for term, (weight, phrase) in self._entries.items():
            row = self._rows[term]
            row[0].append(position)
            row[1].append(weight)
            row[2].append(phrase)
        self._entries = {}
        self._text_entries = set()

    def _learn_words(self, spoken: Iterable[tuple[str, list[str]]], written: Iterable[str]) -> None:
        """Gather the words of names, synonyms and labels: the parts of compounds, the aims of corrections.

        ``written`` are the languages that only texts may be in.
        """
        surface: dict[str, set[str]] = {language: set() for language in sorted(written)}
        for language, found in spoken:
            known = surface.setdefault(language, set())
            for word in found:
                if "-" in word:
                    known.update(word.split("-"))
                    known.add(word.replace("-", ""))
                else:
                    known.add(word)
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

    def _enter_phrase(self, number: int, language: str, found: list[str]) -> None:
        own = lexicon(language)
        position, kind = self.phrases.positions[number], self.phrases.kind(number)
        telling = [word for word in found if word not in own.stop_words] or found
        length = sum(_WEAK_LENGTH if word in own.weak_words else 1.0 for word in telling)
        self.phrases.lengths[number] = length
        weight = self.phrases.weight(number) / (1.0 + _LENGTH_LOSS * max(0.0, length - 1.0))
        inside: set[int] = set()
        for word in telling:
            for term, share in self._shares_of(language, word):
                self._enter(term, weight * share, number)
                if share >= _HYPHEN_SHARE:
                    inside.add(term)
            if kind is MatchKind.NAME and stem(language, word) in later_stems(language):
                self.later[position].add(self._term(language, stem(language, word)))
        if kind is MatchKind.LABEL:
            return
        for term in inside:
            self._phrases_of_term[term].append(number)
        if kind is not MatchKind.SYNONYM:
            for letters in self._initials(language, found, telling):
                self._enter(self._term(language, INITIALS + letters), weight * _INITIALS_SHARE, number)

    def _initials(self, language: str, found: Sequence[str], telling: Sequence[str]) -> set[str]:
        """What a phrase may be shortened to: "BuT" for Bildung und Teilhabe, "PA" for Personalausweis.

        That may leave out words in front ("Leistungen für …") and weak words.
        """
        split = self.vocabularies[language].splitter.split
        weak = lexicon(language).weak_words
        strong = [split(word) or (word,) for word in telling if word not in weak]
        shortened = ["".join(piece[0] for piece in pieces) for pieces in strong]
        shortened.append("".join(shortened))
        first_letters = "".join(word[0] for word in found)
        shortened.extend(first_letters[start:] for start, word in enumerate(found) if word in telling)
        return {letters for letters in shortened if 2 <= len(letters) <= MAX_INITIALS}

    def _enter_texts(self, position: int, texts: Mapping[str, str], rows: dict[int, list[int]]) -> None:
        """Enter the words of running text that the document does not hold in a better place."""
        found: set[int] = set()
        for path, text in texts.items():
            language = word_language(path)
            known = self._text_terms[language]
            for word in set(words(text)):
                term = known.get(word)
                if term is None:
                    term = known[word] = self._text_term(language, word)
                found.add(term)
        found.discard(-1)
        for term in found.difference(self._entries, self._text_entries):
            rows[term].append(position)
        self._text_entries |= found

    def _text_term(self, language: str, word: str) -> int:
        """The term of a word of running text, -1 for none."""
        if len(word) < _MIN_TEXT_WORD or word in lexicon(language).stop_words:
            return -1
        return self._term(language, stem(language, word.replace("-", "")))

    def _enter(self, term: int, weight: float, phrase: int) -> None:
        """Note the best place a term stands at. Many mentions count no more: authors differ in eagerness."""
        entries = self._entries
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
            number = known[stemmed] = len(self._rows)
            self._rows.append(([], [], []))
        return number

    def postings(self) -> Postings:
        """All that was entered, as arrays."""
        starts, middles = array("I", [0]), array("I")
        documents, weights, phrases, rarity = array("I"), array("f"), array("I"), array("f")
        for term, (positions, counts, sources) in enumerate(self._rows):
            short, full = self._short.get(term, ()), self._full.get(term, ())
            documents.extend(positions)
            middles.append(len(documents))
            documents.extend(short)
            documents.extend(full)
            weights.extend(counts)
            weights.extend((_SHORT_WEIGHT,) * len(short))
            weights.extend((_FULL_WEIGHT,) * len(full))
            phrases.extend(sources)
            phrases.extend((0,) * (len(short) + len(full)))
            starts.append(len(documents))
            # A mention in running text counts little, so that it hardly makes a word a common one.
            often = sum(counts) + _SHORT_WEIGHT * len(short) + _FULL_WEIGHT * len(full)
            rarity.append(log(1.0 + (self._document_count + 1.0) / (0.5 + often)))
        return Postings(starts, middles, documents, weights, phrases, rarity, *self._phrase_lists())

    def _phrase_lists(self) -> tuple[array[int], array[int]]:
        """The phrases that hold each term, laid down like the documents."""
        starts, numbers = array("I", [0]), array("I")
        for term in range(len(self._rows)):
            numbers.extend(self._phrases_of_term.get(term, ()))
            starts.append(len(numbers))
        return starts, numbers
