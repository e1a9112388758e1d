"""What the catalogue consists of: topics, situations and services, frozen, as files and database hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Texts = Mapping[str, str]
"""A text in its languages, read with ``i18n.pick``."""

Lists = Mapping[str, tuple[str, ...]]
"""A list of sentences in its languages."""


class Level(StrEnum):
    """Which sort of authority executes a service in Lower Saxony."""

    MUNICIPALITY = "municipality"
    DISTRICT = "district"
    LAND = "land"
    FEDERATION = "federation"
    OTHER = "other"


class Place(StrEnum):
    """What place decides who is responsible."""

    RESIDENCE = "residence"
    BIRTH = "birth"
    EVENT = "event"
    BUSINESS = "business"
    OBJECT = "object"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Topic:
    """One of the 14 Themenfelder of the OZG catalogue."""

    key: str
    name: Texts
    short: Texts
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """A Lebenslage (``kind`` life) or Unternehmenslage (``kind`` business) of the OZG catalogue.

    ``first`` are its services that most people need, in the order in which they need them.
    """

    key: str
    name: Texts
    short: Texts
    topic: str
    kind: str
    official_name: Texts = field(default_factory=dict)
    synonyms: Lists = field(default_factory=dict)
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A hard word of the pages in plain language, its forms, and what it means."""

    key: str
    word: str
    meaning: Texts
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A norm by name; ``url`` is its official text, or empty."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class OutsideAuthority:
    """An authority above the district (Land, federation, others), with its own web page."""

    name: Texts
    url: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service with the modules of a FIM description, each a field of its own.

    ``minutes`` is the time that filling in the form takes; ``retention_days`` how long an office keeps a
    finished case. Texts are Markdown where they are longer than a sentence.
    """

    key: str
    leika: tuple[str, ...]
    level: Level
    place: Place
    trust: str
    topics: tuple[str, ...]
    situations: tuple[str, ...]
    audience: tuple[str, ...]
    name: Texts
    official_name: Texts
    short: Texts
    full: Texts
    requirements: Lists
    documents: Lists
    procedure: Lists
    fees: Texts
    deadlines: Texts
    processing_time: Texts
    responsibility: Texts
    legal_basis: tuple[LegalBasis, ...]
    remedies: Texts
    forms_and_ways: Texts
    reviewed_by: str
    reviewed_on: str
    required_by_law: bool = False
    authority: OutsideAuthority | None = None
    form: str | None = None
    minutes: int | None = None
    retention_days: int = 3650
    related: tuple[str, ...] = ()
    synonyms: Lists = field(default_factory=dict)
    further: Texts = field(default_factory=dict)

    @property
    def executed_here(self) -> bool:
        """Whether a town or district of the region executes it, rather than somebody above or beside them."""
        return self.level in (Level.MUNICIPALITY, Level.DISTRICT)
