"""How well and how fast the search finds services by everyday words.

    python -m bench.search FILE [--catalogue FOLDER] [--services FOLDER]... [--misses] [--small]

FILE is tab-separated with a heading: query, accepted keys separated by blanks, origin. A row none of whose
keys is a service yet is counted apart. ``--services`` adds services that are not in the catalogue yet.
Then speed is measured with 6,000 services and 10,000 towns (not with ``--small``). Times are processor time.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from marshmallow import ValidationError

from bench.large import LIMIT_MS, build, large_region
from kreisportal.catalogue.schemas import ServiceSchema
from kreisportal.catalogue.search import SearchDocument, SearchIndex
from kreisportal.catalogue.snapshot import Catalogue, EntryRow
from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.yaml_source import read_source

_ROOT = Path(__file__).parent.parent
_SHOWN = 3
_RANKED = 20
# The first build reads the word lists, the second is timed again, the third is weighed.
_BUILDS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One query with the keys that count as right."""

    query: str
    accepted: frozenset[str]
    origin: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """``rank`` from 1, or 0 if none of the accepted keys was among the hits; ``first`` are the first keys."""

    row: Row
    rank: int
    first: tuple[str, ...]


def read_queries(file: Path) -> list[Row]:
    """The rows of a file of queries; the column ``origin`` may be missing. Ends the program if it cannot be read."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
        return [
            Row(row["query"], frozenset(row["accepted_keys"].split()), row.get("origin") or "–")
            for row in rows
        ]
    except OSError as error:
        sys.exit(f"{file} cannot be read: {error.strerror}")
    except KeyError as error:
        sys.exit(f"{file} has no column {error}: it must be tab-separated, with query and accepted_keys")


def read_entries(folder: Path, more: Iterable[Path]) -> list[EntryRow]:
    """The entries of the catalogue; a file that is not right (being written) is named and left out."""
    rows: list[EntryRow] = []
    for kind in ("topic", "situation"):
        rows += [(kind, entry["key"], 1, entry) for entry in read_source(folder / f"{kind}s.yaml").data]
    schema = ServiceSchema()
    services: dict[str, EntryRow] = {}
    for file in sorted(file for place in (folder / "services", *more) for file in place.glob("*.yaml")):
        try:
            data = read_source(file).data
            schema.load(data)
            services[file.stem] = ("service", file.stem, 1, data)
        except (DefinitionError, ValidationError) as error:
            print(f"left out {file.name}: {error}", file=sys.stderr)
    return [*rows, *services.values()]


def ask(index: SearchIndex, rows: Iterable[Row]) -> list[Outcome]:
    """Search for every row on a German page."""
    outcomes = []
    for row in rows:
        keys = tuple(hit.key for hit in index.search(row.query, "de", limit=_RANKED))
        rank = next((place for place, key in enumerate(keys, 1) if key in row.accepted), 0)
        outcomes.append(Outcome(row, rank, keys[:_SHOWN]))
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> str:
    """hit@1, hit@3 and the mean reciprocal rank of some outcomes."""
    count = len(outcomes) or 1
    first = sum(outcome.rank == 1 for outcome in outcomes) / count
    third = sum(1 <= outcome.rank <= _SHOWN for outcome in outcomes) / count
    reciprocal = sum(1 / outcome.rank for outcome in outcomes if outcome.rank) / count
    return f"n={len(outcomes):4d}  hit@1 {first:.3f}  hit@3 {third:.3f}  MRR {reciprocal:.3f}"


def report(outcomes: Sequence[Outcome], apart: int, *, misses: bool) -> None:
    """Print the figures, whole and by origin, and what was missed."""
    print(f"all         {figures(outcomes)}   ({apart} queries for services that do not exist yet)")
    by_origin: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_origin[outcome.row.origin].append(outcome)
    for origin, some in sorted(by_origin.items()):
        print(f"{origin:<12}{figures(some)}")
    for outcome in outcomes if misses else ():
        if outcome.rank != 1:
            wanted, first = " ".join(sorted(outcome.row.accepted)), ", ".join(outcome.first)
            print(f"  {outcome.rank or '-':>2}  {outcome.row.query}  ->  {wanted}   found: {first}")


def percentile(seconds: Sequence[float], share: float) -> float:
    """The value in milliseconds that ``share`` of the times stay below."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))] * 1000


@dataclass(frozen=True, slots=True)
class Speed:
    """Processor times of single calls, in seconds, by what was called."""

    times: dict[str, list[float]]

    def __str__(self) -> str:
        return "; ".join(
            f"{name}: median {percentile(found, 0.5):.2f} ms, p99 {percentile(found, 0.99):.2f} ms, "
            f"most {max(found) * 1000:.2f} ms"
            for name, found in self.times.items()
        )


def timed(index: SearchIndex, queries: Sequence[str], offered: Sequence[int]) -> Speed:
    """Time single searches and suggestions, each for some town: what others do does not count."""
    times: dict[str, list[float]] = {}
    towns = random.Random(1)
    for name, call, asked_before in (
        ("search", index.search, False),
        ("asked before", index.search, True),
        ("suggest", index.suggest, False),
    ):
        found = times[name] = []
        for query in queries:
            typed = query[: 2 + len(query) // 2] if name == "suggest" else query
            if asked_before:
                call(typed, "de", offered=towns.choice(offered))
            mask = towns.choice(offered)
            start = time.process_time()
            call(typed, "de", offered=mask)
            found.append(time.process_time() - start)
    return Speed(times)


def build_measured(build: Callable[[], SearchIndex]) -> SearchIndex:
    """Build an index and print how long it took, first and again, and what it holds in memory."""
    seconds = []
    for _ in range(2):
        start = time.process_time()
        index = build()
        seconds.append(time.process_time() - start)
    tracemalloc.start()
    again = build()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"{len(again)} documents: built in {seconds[0]:.2f} s, again {seconds[1]:.2f} s, {held / 2**20:.1f} MiB"
    )
    return index


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--catalogue", type=Path, default=_ROOT / "catalogue", help="the folder of the catalogue"
    )
    parser.add_argument(
        "--services", type=Path, action="append", default=[], help="a folder of more services"
    )
    parser.add_argument("--misses", action="store_true", help="print the queries that did not come first")
    parser.add_argument("--small", action="store_true", help="only the own catalogue, no large region")
    options = parser.parse_args()
    rows = read_queries(options.file)
    entries = read_entries(options.catalogue, options.services)
    # A catalogue builds its index once, so that each measurement needs one of its own.
    catalogues = iter([Catalogue(entries) for _ in range(_BUILDS)])
    index = build_measured(lambda: next(catalogues).index)
    # Before anything else is asked, because an index keeps what it has found.
    offered = [random.Random(1).getrandbits(len(index))]
    times = timed(index, [row.query for row in rows], offered)
    existing = frozenset(index.keys)
    asked = [row for row in rows if row.accepted & existing]
    report(ask(index, asked), len(rows) - len(asked), misses=options.misses)
    print(times)
    if not options.small:
        large(Catalogue(entries).documents(), [row.query for row in rows])


def large(own: Sequence[SearchDocument], queries: Sequence[str]) -> None:
    """Print how quick a search is in a large region, and whether that is quick enough."""
    region = large_region(own, _ROOT)
    index = build_measured(lambda: build(region))
    # Every fourth name is asked for as it stands, so that long and rare queries count too.
    speed = timed(index, [*queries, *region.names[::4]], region.offered)
    slowest = percentile(speed.times["search"], 0.99)
    verdict = "reached" if slowest <= LIMIT_MS else "MISSED"
    print(f"{len(region.offered)} towns: {speed}")
    print(f"p99 of a search {slowest:.2f} ms, at most {LIMIT_MS:.0f} ms: {verdict}")


if __name__ == "__main__":
    main()
