"""The kinds of pages that are measured, their requests, and what is aimed at."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median_low
from urllib.parse import quote_plus

from bench.applications import SERVICE
from bench.load import fetch
from bench.servers import ROOT
from bench.wire import get

_QUERIES = ("queries.tsv", "queries_second.tsv")
_LOOKED_AT = 101
ASKED_AGAIN = 60
"""So many queries come again and again, as a town's people ask for the same things."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page. ``aim`` is the share of the bare route's throughput; ``status`` that of every answer."""

    name: str
    title: str
    aim: float
    status: bytes = b"200"


HOME = Kind("home", "home", 1.2)
TOPIC = Kind("topic", "topic", 1.2)
SERVICE_PAGE = Kind("service", "service", 1.2)
SEARCH = Kind("search", "search", 0.5)
SEARCH_AGAIN = Kind("search-again", "search asked before", 1.0)
FORM = Kind("form", "first form page", 0.3)
SUBMISSION = Kind("submission", "submission", 0.18, b"303")
KINDS = (HOME, TOPIC, SERVICE_PAGE, SEARCH, SEARCH_AGAIN, FORM, SUBMISSION)

_PATHS = {
    "home": "/de/",
    "topic": "/de/themen/familie-kind",
    "service": "/de/leistungen/personalausweis",
    "form": f"/de/antrag/{SERVICE}/start",
}


def read_queries(names: Iterable[str]) -> list[str]:
    """Everyday queries of the project's own, and the names of services: each once."""
    queries = list(names)
    for name in _QUERIES:
        file = ROOT / "tests" / "catalogue" / "search" / name
        with file.open(encoding="utf-8", newline="") as stream:
            queries += [
                row["query"] for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            ]
    return list(dict.fromkeys(queries))


def path_of(kind: Kind) -> str:
    """The path of a kind that is one page."""
    return _PATHS[kind.name]


def requests_for(kind: Kind, hosts: Sequence[str], queries: Sequence[str]) -> Iterator[bytes]:
    """Requests without end for a kind that is only read, over all hosts and, for a search, all queries or some."""
    if kind in (SEARCH, SEARCH_AGAIN):
        wanted = queries if kind is SEARCH else queries[:ASKED_AGAIN]
        paths = [f"/de/suche?q={quote_plus(query)}" for query in wanted]
        return cycle([get(hosts[place % len(hosts)], path) for place, path in enumerate(paths)])
    return cycle([get(host, _PATHS[kind.name]) for host in hosts])


def bare_requests(kind: Kind) -> Iterator[bytes]:
    """The same number of bytes from the bare route."""
    return cycle([get("localhost", f"/{kind.name}")])


def keep_answers(
    port: int, host: str, queries: Sequence[str], submission: bytes, folder: Path
) -> dict[str, int]:
    """Write the program's answers to where the bare route finds them. Returns the bytes of each kind."""
    index: dict[str, tuple[int, str]] = {}
    sizes: dict[str, int] = {}
    for kind in KINDS:
        if kind is SUBMISSION:
            asked = [submission]
        else:
            looked_at = _LOOKED_AT if kind in (SEARCH, SEARCH_AGAIN) else 1
            asked = list(islice(requests_for(kind, [host], queries), looked_at))
        found = [fetch(port, request) for request in asked]
        # Pages of results differ in length; the bare route answers with one of the middle.
        size = median_low([len(body) for _, _, body in found])
        status, headers, body = next(answer for answer in found if len(answer[2]) == size)
        if str(status).encode() != kind.status:
            raise RuntimeError(f"{kind.title}: the program answers {status}")
        (folder / kind.name).write_bytes(body)
        index[kind.name], sizes[kind.name] = (status, headers["content-type"]), size
    (folder / "index.json").write_text(json.dumps(index))
    return sizes
