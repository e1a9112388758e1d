"""A catalogue of any size: the project's own services, and variants of them with names and words of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from kreisportal.catalogue.cli import read_all
from kreisportal.catalogue.files import Entry
from kreisportal.kernel.paths import shipped

_FOR_WHOM = (
    ("vereine", "für Vereine", "for clubs"),
    ("betriebe", "für Betriebe", "for businesses"),
    ("familien", "für Familien", "for families"),
    ("studierende", "für Studierende", "for students"),
    ("selbststaendige", "für Selbstständige", "for the self-employed"),
    ("landwirtschaft", "für die Landwirtschaft", "for farms"),
    ("rentner", "im Ruhestand", "in retirement"),
    ("zugezogene", "für Zugezogene", "for newcomers"),
    ("bevollmaechtigte", "durch Bevollmächtigte", "by a representative"),
    ("ausnahmen", "in Ausnahmefällen", "in exceptional cases"),
)
# How many of a service's synonyms each of its variants has.
_SHARE_OF_SYNONYMS = 3


def make_entries(services: int) -> list[Entry]:
    """The catalogue's entries with exactly so many services: its own first, then variants.

    Raises ValueError for more than the variants suffice for.
    """
    entries = read_all(shipped("catalogue"))
    own = [entry for entry in entries if entry.kind == "service"]
    others = [entry for entry in entries if entry.kind != "service"]
    variants = (_variant(entry, number) for number, entry in product(range(len(_FOR_WHOM)), own))
    made = [*own, *variants][:services]
    if len(made) < services:
        raise ValueError(f"{len(made)} services can be made, not {services}")
    kept = {entry.key for entry in made}
    return [*others, *(_linked(entry, kept) for entry in made)]


def own_services() -> int:
    """How many services the project's own catalogue has."""
    return sum(entry.kind == "service" for entry in read_all(shipped("catalogue")))


def _variant(entry: Entry, number: int) -> Entry:
    """A service that is like another one, but for other people and known by some of its words only."""
    key, german, english = _FOR_WHOM[number]
    data = dict(entry.data)
    data.pop("form", None)
    data["key"] = f"{entry.key}-{key}"
    for field in ("name", "official_name"):
        data[field] = _with(data[field], german, english)
    data["synonyms"] = {
        language: [
            f"{word} {german if language == 'de' else english}"
            for place, word in enumerate(words)
            if place % _SHARE_OF_SYNONYMS == number % _SHARE_OF_SYNONYMS
        ]
        for language, words in data.get("synonyms", {}).items()
    }
    return Entry("service", data["key"], data)


def _with(texts: Mapping[str, str], german: str, english: str) -> dict[str, Any]:
    return {language: f"{text} {english if language == 'en' else german}" for language, text in texts.items()}


def _linked(entry: Entry, kept: set[str]) -> Entry:
    """A service that names no other one that was left out."""
    related = [key for key in entry.data.get("related", ()) if key in kept]
    return replace(entry, data={**entry.data, "related": related}) if "related" in entry.data else entry
