"""Measuring programs against each other: short rounds in turn, so that what others do on the machine meets all alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.kinds import Kind
from bench.load import Measured, run
from bench.servers import Server

Requests = Callable[[Kind], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Round:
    """What one round found. Rates are per second, times in seconds, ``cpu`` in seconds of the workers a request,
    ``database`` the same of PostgreSQL.
    """

    rate: float
    p50: float
    p99: float
    cpu: float
    database: float
    generator: float


@dataclass(slots=True)
class Candidate:
    """A program that is measured: its server, where its requests come from, and what its database has used."""

    name: str
    server: Server
    requests: Requests
    database: Callable[[], float] = float
    rounds: dict[str, list[Round]] = field(default_factory=dict)

    def median(self, kind: Kind, what: str) -> float:
        """The median over the rounds of one of a round's figures."""
        return median(getattr(each, what) for each in self.rounds[kind.name])

    def ratio(self, kind: Kind, to: Candidate, what: str = "rate") -> float:
        """The median over the rounds of what this one reached in proportion to another in the same round."""
        pairs = zip(self.rounds[kind.name], to.rounds[kind.name], strict=True)
        return median(getattr(own, what) / getattr(other, what) for own, other in pairs)


@dataclass(frozen=True, slots=True)
class Effort:
    """How long is measured: rounds, the seconds and the most requests of each, connections at a time."""

    rounds: int
    seconds: float
    most: int
    connections: int


def compare(
    candidates: Sequence[Candidate], kinds: Sequence[Kind], effort: Effort, tell: Callable[[str], None]
) -> None:
    """Measure all candidates with all kinds. Raises RuntimeError for an answer with a wrong status."""
    sources = {(each.name, kind.name): each.requests(kind) for each in candidates for kind in kinds}
    for number in range(effort.rounds + 1):
        tell(f"round {number} of {effort.rounds}" if number else "warming up")
        for kind in kinds:
            # Who begins changes from round to round, so that nobody always follows the same one.
            turn = number % len(candidates)
            for candidate in [*candidates[turn:], *candidates[:turn]]:
                source = sources[candidate.name, kind.name]
                found = _one(candidate, kind, source, effort)
                # The first round only warms up: it fills what is kept.
                if number:
                    candidate.rounds.setdefault(kind.name, []).append(found)


def _one(candidate: Candidate, kind: Kind, source: Iterator[bytes], effort: Effort) -> Round:
    before, database = candidate.server.cpu(), candidate.database()
    measured = run(
        candidate.server.port,
        source,
        status=kind.status,
        connections=effort.connections,
        seconds=effort.seconds,
        most=effort.most,
    )
    cpu, database = candidate.server.cpu() - before, candidate.database() - database
    if measured.wrong or not measured.requests:
        raise RuntimeError(
            f"{candidate.name}, {kind.title}: {measured.wrong} of {measured.requests} went wrong"
        )
    return _round(measured, cpu, database)


def _round(measured: Measured, cpu: float, database: float) -> Round:
    ordered = sorted(measured.latencies)
    count = len(ordered)
    return Round(
        rate=count / measured.seconds,
        p50=ordered[count // 2],
        p99=ordered[min(count - 1, int(count * 0.99))],
        cpu=cpu / count,
        database=database / count,
        generator=measured.own_cpu / measured.seconds,
    )
