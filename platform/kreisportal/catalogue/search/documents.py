"""What goes into the search and what comes out: plain frozen data, no database and no web."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class MatchKind(StrEnum):
    """Where in a service's description the words of a query were found."""

    NAME = "name"
    SYNONYM = "synonym"
    OFFICIAL_NAME = "official-name"
    LABEL = "label"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One service as the search sees it.

    Maps go from a language's path (``de``, ``en``, ``de-simple``) to texts. ``labels`` are the names of
    topics, situations and laws that belong to the service; ``short`` and ``full`` are running text, in
    which markdown does no harm. ``boost`` multiplies the score (1.0 is usual).
    """

    key: str
    names: Mapping[str, str]
    official_names: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    short: Mapping[str, str] = field(default_factory=dict)
    full: Mapping[str, str] = field(default_factory=dict)
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """One service found.

    ``position`` is the document's place in the list that the index was built from, the number of its bit in
    ``offered``. ``score`` has no unit; about 1 means that everything asked for stands in the name.
    ``matched_term`` is the name or synonym that matched best, as written in the catalogue (empty for
    ``MatchKind.TEXT``), so that a page can say what is meant. ``is_called`` says whether a word of the query stands
    in its name or official name, ``corrected`` that only a guess at a misspelt word led here.
    """

    position: int
    key: str
    score: float
    matched_term: str
    matched_kind: MatchKind
    is_called: bool = False
    offered: bool = True
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A service proposed while somebody types. ``text`` is its name in the language of the page."""

    position: int
    key: str
    text: str
    matched_term: str
    matched_kind: MatchKind
