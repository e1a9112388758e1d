"""Find a municipality by its name or postcode, in memory. A postcode may mean several municipalities."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.regional_key import RegionalKey

_COLUMNS = ("ars", "name", "district", "postcode")
# People write ö as o or as oe; a name is known in both ways.
_PLAIN = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
# How alike a name must be (difflib's ratio) to be what somebody meant, and how many spellings are looked at.
_ALIKE = 0.78
_MOST_ALIKE = 30
_NO_LETTER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality: its key, its name, its district's name, and the postcodes known to belong to it."""

    ars: RegionalKey
    name: str
    district: str
    postcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    place: Place
    names: str
    """All forms of the name between bars, so that one search in a text finds whole names and beginnings."""
    postcodes: str
    """The postcodes in the same manner."""


def sort_key(name: str) -> tuple[str, str]:
    """Order of German words (DIN 5007-1): ä as a, ß as ss, case and other marks ignored."""
    return _fold(name, _PLAIN), name


class PlaceDirectory:
    """All places one may choose from, in German order.

    Of two places with the same key the later one gives the name and the district, and both give their
    postcodes: so the tenants' own places come after the general directory. A search reads every name, which
    for the thousand places of a state takes less than a millisecond.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        merged: dict[RegionalKey, Place] = {}
        for place in places:
            before = merged.get(place.ars)
            codes = (*(before.postcodes if before else ()), *place.postcodes)
            merged[place.ars] = replace(place, postcodes=tuple(sorted(set(codes))))
        ordered = sorted(merged.values(), key=lambda place: (sort_key(place.name), place.ars))
        self._entries = [_Entry(place, _names(place.name), _bars(place.postcodes)) for place in ordered]
        self._by_key = merged
        self._by_name: dict[str, list[Place]] = {}
        for entry in self._entries:
            for name in filter(None, entry.names.split("|")):
                self._by_name.setdefault(name, []).append(entry.place)
        states = Counter(place.ars.state_name for place in merged.values())
        self.states = tuple(name for name, _ in states.most_common() if name)
        """The German states whose places are known, the one with the most first."""
        self._first_words = frozenset(name.split(" ")[0] for name in self._by_name)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, ars: RegionalKey) -> Place | None:
        """The place with this key, or None."""
        return self._by_key.get(ars)

    def named(self, name: str) -> list[Place]:
        """The places that are called exactly so, however it is spelt."""
        return self._by_name.get(_fold(name, _PLAIN), [])

    def may_begin(self, word: str) -> bool:
        """Whether the name of a place may begin with ``word``: most words of a text are none, and quickly told."""
        return _first_word(word) in self._first_words

    def find(self, query: str, limit: int = 20) -> list[Place]:
        """The places that ``query`` may mean, at most ``limit``, the likeliest first.

        The query is a name or its beginning (also of a later word: "Vörden"), a postcode or its beginning
        (two digits or more), or both. Whole names come before beginnings, these before later words; each in
        German order. An empty query finds nothing.
        """
        words = _fold(query, _PLAIN).split()
        digits = [word for word in words if word.isdigit()]
        name = " ".join(word for word in words if not word.isdigit())
        if not name and not any(len(code) > 1 for code in digits):
            return []
        fitting = (entry for entry in self._entries if all(f"|{code}" in entry.postcodes for code in digits))
        ranked = ((_rank(entry, name), entry.place) for entry in fitting)
        found = [(rank, place) for rank, place in ranked if rank is not None]
        # Sorting by the rank alone keeps the German order among equals.
        found.sort(key=lambda pair: pair[0])
        return [place for _, place in found[:limit]]

    def similar(self, query: str) -> list[Place]:
        """The places whose names are written much like ``query``, the most similar first; digits are left out."""
        name = " ".join(word for word in _fold(query, _PLAIN).split() if not word.isdigit())
        alike = get_close_matches(name, self._by_name, _MOST_ALIKE, _ALIKE) if name else []
        return list(dict.fromkeys(place for spelling in alike for place in self._by_name[spelling]))


def _rank(entry: _Entry, name: str) -> int | None:
    """How well the folded name fits: 0 the whole name, 1 its beginning, 2 a later word; None not at all."""
    if f"|{name}" in entry.names:
        return 0 if f"|{name}|" in entry.names else 1
    return 2 if f" {name}" in entry.names else None


def _names(name: str) -> str:
    """The ways a place is written: Löningen, Loningen, Loeningen; Essen, Essen (Oldenburg), Essen (Oldb)."""
    forms = (name, name.split("(")[0], name.replace("(Oldenburg)", "(Oldb)"))
    return _bars(dict.fromkeys(_fold(form, table) for form in forms for table in (_PLAIN, _SPELLED)))


def _bars(words: Iterable[str]) -> str:
    return f"|{'|'.join(words)}|"


def _fold(text: str, table: dict[int, str]) -> str:
    """Small letters a to z and digits with single spaces between; other marks fall off."""
    composed = unicodedata.normalize("NFC", text).casefold().translate(table)
    bare = unicodedata.normalize("NFKD", composed.translate(_SPECIAL))
    return _NO_LETTER.sub(" ", "".join(mark for mark in bare if not unicodedata.combining(mark))).strip()


@lru_cache(maxsize=4096)
def _first_word(text: str) -> str:
    return _fold(text, _PLAIN).partition(" ")[0]


# Letters that have no mark to fall off.
_SPECIAL = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe"})


def read_places(path: Path) -> list[Place]:
    """The places of a CSV file with the columns ars, name, district, postcode (codes separated by spaces), and others.

    Raises DefinitionError with all faults, each as ``file:line: field: what``.
    """
    places: list[Place] = []
    faults: list[str] = []
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ())[: len(_COLUMNS)] != _COLUMNS:
            raise DefinitionError([f"{path}:1: columns: must be {', '.join(_COLUMNS)}."])
        for row in reader:
            found = _faults(row)
            faults += [f"{path}:{reader.line_num}: {fault}" for fault in found]
            if not found:
                codes = tuple(row["postcode"].split())
                places.append(Place(RegionalKey(row["ars"]), row["name"], row["district"], codes))
    if faults:
        raise DefinitionError(faults)
    return places


def _faults(row: dict[str, str | None]) -> list[str]:
    faults: list[str] = []
    try:
        RegionalKey(row["ars"] or "")
    except ValueError as error:
        faults.append(f"ars: {error}.")
    faults += [f"{column}: is missing." for column in ("name", "district") if not row[column]]
    codes = (row["postcode"] or "").split()
    if not all(re.fullmatch(r"[0-9]{5}", code) for code in codes):
        faults.append("postcode: must be of five digits each.")
    return faults
