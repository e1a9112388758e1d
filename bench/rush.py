"""The record hour of SECURITY.md: so many submissions and views of pages a second, held for a while, and at what cost."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from bench.applications import SERVICE, Ready
from bench.kinds import SEARCH, SUBMISSION, requests_for
from bench.load import run_at
from bench.servers import Server
from bench.wire import get

SUBMISSIONS, VIEWS = 2.3, 90.0
"""A second, as in Bavaria's record hour of postal-vote applications (2020): 8,000 an hour, 39 views each."""

_LEAD = 0.5
_FORM_FIRST, _SEARCHES = 0.2, 0.2


@dataclass(frozen=True, slots=True)
class Rush:
    """What came of it. Latencies are in seconds; the shares are of all processors of the machine."""

    seconds: float
    requests: int
    wrong: int
    p50: float
    p99: float
    workers: float
    database: float
    generator: float


def hold(
    server: Server,
    database: Callable[[], float],
    drafts: Sequence[Ready],
    pages: Sequence[str],
    hosts: Sequence[str],
    queries: Sequence[str],
    seconds: float,
    processors: int,
) -> Rush:
    """Send at those rates. Views are dynamic ones: searches, first pages of a form, steps and reviews of drafts."""
    chance = random.Random(39)
    submissions, views = int(SUBMISSIONS * seconds), int(VIEWS * seconds)
    sent, looked_at = drafts[:submissions], drafts[submissions:]
    looks = _views(chance, looked_at, pages, hosts, queries)
    due = [
        (_LEAD + number / SUBMISSIONS, draft.sending(), SUBMISSION.status)
        for number, draft in enumerate(sent)
    ]
    due += [(_LEAD + number / VIEWS, next(looks), b"200") for number in range(views)]
    cpu, of_database = server.cpu(), database()
    found = run_at(server.port, sorted(due, key=lambda each: each[0]))
    cpu, of_database = server.cpu() - cpu, database() - of_database
    ordered = sorted(found.latencies)
    capacity = found.seconds * processors
    return Rush(
        seconds=seconds,
        requests=found.requests,
        wrong=found.wrong,
        p50=ordered[len(ordered) // 2],
        p99=ordered[int(len(ordered) * 0.99)],
        workers=cpu / capacity,
        database=of_database / capacity,
        generator=found.own_cpu / capacity,
    )


def _views(
    chance: random.Random,
    drafts: Sequence[Ready],
    pages: Sequence[str],
    hosts: Sequence[str],
    queries: Sequence[str],
) -> Iterator[bytes]:
    searches, draft = requests_for(SEARCH, hosts, queries), cycle(drafts)
    while True:
        kind = chance.random()
        if kind < _SEARCHES:
            yield next(searches)
        elif kind < _SEARCHES + _FORM_FIRST:
            yield get(chance.choice(hosts), f"/de/antrag/{SERVICE}/start")
        else:
            yield next(draft).page(chance.choice([*pages, "pruefen"]))
