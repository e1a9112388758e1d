"""The search over a region's services, in memory, shared by all its towns."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

from kreisportal.catalogue.search.building import IndexBuilder
from kreisportal.catalogue.search.documents import Hit, MatchKind, SearchDocument, Suggestion
from kreisportal.catalogue.search.explaining import Explainer
from kreisportal.catalogue.search.query import Query, QueryReader
from kreisportal.catalogue.search.scoring import Scorer
from kreisportal.catalogue.search.text import MAX_QUERY_LENGTH, words
from kreisportal.catalogue.search.vocabulary import Postings

# What a service counts that the town does not offer itself.
_NOT_OFFERED = 0.7
# Hits far below the best one only make the list longer.
_LEAST_OF_BEST = 0.1
_KEPT = 1024
# What it adds to a suggestion that its name, or a word of it, begins with what was typed.
_BEGUN = 0.2
_LOOKED_AT = 200
_DIGITS = bytes.maketrans(b"01", b"\x00\x01")


@dataclass(frozen=True, slots=True)
class _Ranking:
    """What a query finds, the same for all towns: documents with their scores, best first, in flat arrays.

    ``phrases`` are the names or synonyms that the query holds, by document; ``asked`` are the terms of each word
    that a name must hold one of. ``explained`` is filled as hits are shown: position → (name or synonym that led
    there, its kind, whether the service is called as was ``typed``).
    """

    query: Query
    typed: tuple[str, ...]
    positions: array[int]
    scores: array[float]
    phrases: dict[int, int]
    asked: tuple[frozenset[int], ...]
    explained: dict[int, tuple[str, MatchKind, bool]]


class SearchIndex:
    """An immutable index. Make it with :meth:`build`; all threads of a process may share one."""

    __slots__ = ("_boosts", "_explainer", "_kept", "_keys", "_read", "_scorer")

    def __init__(
        self, documents: Sequence[SearchDocument], builder: IndexBuilder, postings: Postings
    ) -> None:
        self._keys = tuple(document.key for document in documents)
        self._boosts = {
            position: document.boost for position, document in enumerate(documents) if document.boost != 1.0
        }
        # A query is read for its hits, and again for a better spelling.
        self._read = lru_cache(maxsize=_KEPT)(QueryReader(builder.vocabularies, postings).read)
        later = {position: frozenset(terms) for position, terms in builder.later.items()}
        self._scorer = Scorer(postings, builder.phrases, later)
        names = [document.names for document in documents]
        official = [document.official_names for document in documents]
        self._explainer = Explainer(
            names, official, builder.phrases, builder.vocabularies, postings, self._scorer
        )
        # People ask for the same things in all towns, so that what was found is kept for a while.
        self._kept = lru_cache(maxsize=_KEPT)(self._rank)

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
        return self._hits(self._asked(query, language, limit), language, offered, limit)

    def did_you_mean(self, query: str, language: str) -> str | None:
        """``query`` with unknown words replaced by those that were probably meant; None if all are known."""
        understood = self._read(query[:MAX_QUERY_LENGTH], language)
        if not understood.corrected:
            return None
        better = self._explainer.set_right(query[:MAX_QUERY_LENGTH], understood)
        return better if words(better) != words(query[:MAX_QUERY_LENGTH]) else None

    def suggest(
        self, prefix: str, language: str, *, offered: int | None = None, limit: int = 8
    ) -> list[Suggestion]:
        """Services for what has been typed so far; the last word may be unfinished."""
        return [
            Suggestion(
                hit.position,
                hit.key,
                self._explainer.name(hit.position, language),
                hit.matched_term,
                hit.matched_kind,
            )
            for hit in self._hits(
                self._asked(prefix, language, limit, unfinished=True), language, offered, limit
            )
        ]

    def _asked(self, query: str, language: str, limit: int, *, unfinished: bool = False) -> _Ranking:
        return self._kept(query[:MAX_QUERY_LENGTH], language, max(limit, 0), unfinished)

    def _rank(self, query: str, language: str, limit: int, unfinished: bool) -> _Ranking:
        """All documents that may be among the first ``limit`` in some town, best first."""
        understood = self._read(query, language, unfinished=unfinished)
        typed = words(query)
        fits = self._scorer.fits(understood, typed)
        if not fits.scores or not limit:
            return _Ranking(understood, (), array("I"), array("d"), {}, (), {})
        scores = fits.scores
        for position, boost in self._boosts.items():
            if position in scores:
                scores[position] *= boost
        if unfinished:
            for position in nlargest(_LOOKED_AT, scores, key=scores.__getitem__):
                scores[position] += _BEGUN * sum(self._explainer.begins(position, language, typed))
        first = sorted(scores.values(), reverse=True)[:limit]
        # Where a town offers none of the first, one that it offers may pass them all; nothing below may.
        least = max(first[-1] * _NOT_OFFERED, first[0] * _LEAST_OF_BEST)
        found = [position for position, score in scores.items() if score >= least]
        found.sort(key=scores.__getitem__, reverse=True)
        return _Ranking(
            understood,
            tuple(typed),
            array("I", found),
            array("d", [scores[position] for position in found]),
            {position: fits.phrases[position] for position in found if position in fits.phrases},
            self._explainer.asked(understood),
            {},
        )

    def _hits(self, ranking: _Ranking, language: str, offered: int | None, limit: int) -> list[Hit]:
        if not ranking.positions or limit <= 0:
            return []
        on_offer = _bits(offered, len(self._keys))
        ranked = _first(ranking, on_offer, limit)
        corrected = ranking.query.corrected
        hits: list[Hit] = []
        for minus, position in ranked:
            if minus > ranked[0][0] * _LEAST_OF_BEST:
                break
            explained = ranking.explained.get(position)
            if explained is None:
                explained = ranking.explained[position] = self._explain(ranking, language, position)
            hits.append(
                Hit(
                    position,
                    self._keys[position],
                    -minus,
                    *explained,
                    offered=bool(on_offer[position]),
                    corrected=corrected,
                )
            )
        return hits

    def _explain(self, ranking: _Ranking, language: str, position: int) -> tuple[str, MatchKind, bool]:
        term, kind = self._explainer.explain(
            ranking.query, ranking.asked, language, position, ranking.phrases.get(position, -1)
        )
        return term, kind, self._explainer.is_called(ranking.typed, position)


def _first(ranking: _Ranking, on_offer: bytes, limit: int) -> list[tuple[float, int]]:
    """(minus score, position) of the first documents for a town: both kinds are in order already."""
    offered: list[tuple[float, int]] = []
    others: list[tuple[float, int]] = []
    for position, score in zip(ranking.positions, ranking.scores, strict=True):
        if on_offer[position]:
            if len(offered) < limit:
                offered.append((-score, position))
        elif len(others) < limit:
            others.append((-score * _NOT_OFFERED, position))
        if len(offered) == len(others) == limit:
            break
    return sorted(offered + others)[:limit]


def _bits(offered: int | None, length: int) -> bytes:
    """The bits of ``offered`` as one byte each, so that reading one does not copy the number."""
    if offered is None:
        return b"\x01" * length
    digits = format(offered & ((1 << length) - 1), f"0{length}b")
    return digits[::-1].encode().translate(_DIGITS)
