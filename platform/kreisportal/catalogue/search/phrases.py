"""The names, synonyms and labels of all documents, numbered."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from kreisportal.catalogue.search.documents import MatchKind, SearchDocument
from kreisportal.catalogue.search.stems import word_language

KIND_WEIGHTS = {
    MatchKind.NAME: 1.0,
    MatchKind.SYNONYM: 0.95,
    MatchKind.OFFICIAL_NAME: 0.75,
    MatchKind.LABEL: 0.3,
}
_KINDS = tuple(KIND_WEIGHTS)


class Phrases:
    """Phrases by number, in arrays: tens of thousands of small objects would slow the garbage collector.

    ``positions`` holds the document of each phrase, ``lengths`` its length in telling words (weak ones count
    less), which is 0 until it is known.
    """

    __slots__ = ("_kinds", "_said", "lengths", "positions", "texts")

    def __init__(self) -> None:
        self.positions = array("I")
        self.lengths = array("f")
        self.texts: list[str] = []
        self._kinds = bytearray()
        # What phrases say word for word, by its hash, which takes less room than the words.
        self._said: dict[int, list[int]] = {}

    def add(self, position: int, kind: MatchKind, text: str, found: Sequence[str]) -> int:
        """Number a phrase of the document at ``position``; ``found`` are its folded words."""
        self.positions.append(position)
        self.lengths.append(0.0)
        self.texts.append(text)
        self._kinds.append(_KINDS.index(kind))
        number = len(self.texts) - 1
        if kind is not MatchKind.LABEL:
            self._said.setdefault(hash(tuple(found)), []).append(number)
        return number

    def saying(self, found: Sequence[str]) -> Sequence[int]:
        """The names and synonyms that consist of exactly these folded words, stop words included."""
        return self._said.get(hash(tuple(found)), ())

    def kind(self, number: int) -> MatchKind:
        """What a phrase is to its document."""
        return _KINDS[self._kinds[number]]

    def weight(self, number: int) -> float:
        """What a word counts that is all of the phrase."""
        return KIND_WEIGHTS[self.kind(number)]


def phrases_of(document: SearchDocument) -> Iterator[tuple[MatchKind, str, str]]:
    """(kind, language of the words, text) of every name, synonym and label of a document."""
    for path, text in document.names.items():
        yield MatchKind.NAME, word_language(path), text
    for path, text in document.official_names.items():
        yield MatchKind.OFFICIAL_NAME, word_language(path), text
    for kind, many in ((MatchKind.SYNONYM, document.synonyms), (MatchKind.LABEL, document.labels)):
        for path, texts in many.items():
            for text in texts:
                yield kind, word_language(path), text
