"""A catalogue of 6,000 services and a region of 10,000 towns, to see that a search stays quick in them.

The region's own services come first, with all their texts. Then those of the federal catalogue (LeiKa), by name, where
its list lies beside the project; names put together from German words make up the number.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from kreisportal.catalogue.search import SearchDocument, SearchIndex
from kreisportal.catalogue.search.lexicon import lexicon

SERVICES, TOWNS, OFFERED = 6_000, 10_000, 120
LIMIT_MS = 10.0
_LEIKA = Path("..") / "shared" / "data" / "leika_services_2019.csv"
_ACTS = (
    *(
        "beantragen",
        "anmelden",
        "abmelden",
        "ändern",
        "verlängern",
        "Genehmigung",
        "Erlaubnis",
        "Bescheinigung",
    ),
    *("Ausstellung", "Auskunft", "Befreiung", "Zuschuss", "Anzeige", "Verlust", "Ersatz", "Einsicht"),
)
_SEED = 6000


@dataclass(frozen=True, slots=True)
class LargeRegion:
    """``names`` are those of the added services; ``offered`` holds a bitmask of services for each town."""

    documents: list[SearchDocument]
    names: list[str]
    offered: list[int]


def large_region(own: Sequence[SearchDocument], root: Path) -> LargeRegion:
    """The own services and as many others as are missing; ``root`` is the project's folder."""
    wanted = SERVICES - len(own)
    names = list(islice(_once(chain(_leika(root / _LEIKA), _made_up())), wanted))
    documents = [*own, *(SearchDocument(f"more-{n}", {"de": name}) for n, name in enumerate(names))]
    chance = random.Random(_SEED)
    offered = [sum(1 << bit for bit in chance.sample(range(SERVICES), OFFERED)) for _ in range(TOWNS)]
    return LargeRegion(documents, names, offered)


def _once(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name not in seen:
            seen.add(name)
            yield name


def build(region: LargeRegion) -> SearchIndex:
    """The index over all its services."""
    return SearchIndex.build(region.documents)


def _leika(file: Path) -> Iterator[str]:
    """The names in a list whose second column holds them; none where there is no such file."""
    if file.is_file():
        with file.open(encoding="utf-8-sig", newline="") as stream:
            yield from (row[1] for row in list(csv.reader(stream))[1:] if len(row) > 1)


def _made_up() -> Iterator[str]:
    words = lexicon("de")
    pieces = sorted(words.written.get(piece, piece) for piece in words.pieces if len(piece) > 3)
    chance = random.Random(_SEED)
    while True:
        first, second = chance.sample(pieces, 2)
        yield f"{first.capitalize()}{second.lower()} {chance.choice(_ACTS)}"
