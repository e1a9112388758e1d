"""The whole measurement: prepare regions, start the programs, compare them, look at memory, start and change."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.applications import prepare
from bench.changes import seconds_until_shown
from bench.comparison import Candidate, Effort, compare
from bench.kinds import (
    HOME,
    KINDS,
    SEARCH,
    SERVICE_PAGE,
    SUBMISSION,
    TOPIC,
    Kind,
    bare_requests,
    keep_answers,
    read_queries,
    requests_for,
)
from bench.load import run
from bench.region import TOWNS, more_slugs, portal_host
from bench.regions import Region, regions
from bench.servers import ROOT, Server, own_environment, serving
from bench.wire import get
from kreisportal.catalogue.queries import current_entries
from kreisportal.catalogue.snapshot import Catalogue
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.tenancy.queries import load_records

Tell = Callable[[str], None]
_OWN_CONFIG = ROOT / "deploy" / "gunicorn.conf.py"
_BARE_CONFIG = ROOT / "bench" / "gunicorn_bare.py"
_HOSTS = [portal_host(slug) for slug in TOWNS]
_READY = get(_HOSTS[0], "/de/")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. ``sizes`` are the tenants of the two regions, ``hosts`` the random ones besides."""

    sizes: tuple[int, int]
    services: int
    hosts: int
    changes: int
    effort: Effort


FULL = Plan((2, 10_000), 575, 200, 7, Effort(rounds=9, seconds=1.0, most=4000, connections=6))
QUICK = Plan((2, 500), 150, 50, 3, Effort(rounds=3, seconds=0.4, most=1000, connections=6))


@dataclass(frozen=True, slots=True)
class Footprint:
    """A region's program: seconds of start from the database and from disk, PSS of a worker in MB, fresh and used."""

    tenants: int
    start: float
    start_from_disk: float
    fresh: float
    used: float


@dataclass(frozen=True, slots=True)
class Results:
    """All that was found. ``many`` is the large region over many hosts; ``first_visit`` seconds of a page not kept."""

    plan: Plan
    workers: int
    sizes: dict[str, int]
    small: Candidate
    large: Candidate
    bare: Candidate
    many: Candidate
    bare_of_many: Candidate
    first_visit: float
    footprints: tuple[Footprint, Footprint]
    bare_pss: float
    changes: list[float]


def measure(plan: Plan, folder: Path, workers: int, tell: Tell) -> Results:
    """Measure everything. ``tell`` is told what is going on."""
    with ExitStack() as stack:
        tell("filling the regions")
        small, large = stack.enter_context(regions(folder, plan.sizes, plan.services))
        from_disk = []
        servers = []
        for region in (small, large):
            tell(f"starting with {region.tenants} tenants")
            server = stack.enter_context(_own(region, workers))
            servers.append(server)
            with _own(region, workers, away=True) as other:
                from_disk.append(other.seconds_to_start)
        fresh = [server.pss() for server in servers]
        queries = read_queries(_service_names(small))
        tell("preparing drafts")
        prepared = [
            _drafts(region, server, plan) for region, server in zip((small, large), servers, strict=True)
        ]
        pages = folder / "pages"
        pages.mkdir(exist_ok=True)
        sizes = keep_answers(servers[0].port, _HOSTS[0], queries, next(prepared[0]), pages)
        environment = {"BENCH_PAGES": str(pages)}
        bare_server = stack.enter_context(
            serving(
                "bench.bare:app",
                _BARE_CONFIG,
                environment,
                workers=workers,
                probe=get("localhost", "/home"),
                log=folder / "bare.log",
            )
        )
        own = [
            Candidate(f"{region.tenants} tenants", server, _sourced(drafts, queries))
            for region, server, drafts in zip((small, large), servers, prepared, strict=True)
        ]
        bare = Candidate("bare Flask", bare_server, bare_requests)
        compare([own[0], bare, own[1]], KINDS, plan.effort, tell)
        used = [server.pss() for server in servers]
        tell("measuring changes")
        changes = [seconds_until_shown(large.url, servers[1].port, _HOSTS[0]) for _ in range(plan.changes)]
        many, bare_of_many, first_visit = _many_hosts(plan, servers[1], bare_server, queries, tell)
        footprints = [
            Footprint(region.tenants, server.seconds_to_start, *figures)
            for region, server, *figures in zip((small, large), servers, from_disk, fresh, used, strict=True)
        ]
        return Results(
            plan,
            workers,
            sizes,
            own[0],
            own[1],
            bare,
            many,
            bare_of_many,
            first_visit,
            (footprints[0], footprints[1]),
            bare_server.pss(),
            changes,
        )


@contextmanager
def _own(region: Region, workers: int, *, away: bool = False) -> Iterator[Server]:
    """The program on a region; ``away`` without its database, so that it starts from what it kept on disk."""
    url = "postgresql://kreisportal_app@/nowhere?host=/nonexistent" if away else region.url
    region.data_folder.mkdir(exist_ok=True)
    name = f"{'disk' if away else 'own'}-{region.tenants}.log"
    with serving(
        "wsgi:app",
        _OWN_CONFIG,
        own_environment(url, region.data_folder),
        workers=workers,
        probe=_READY,
        log=region.data_folder / name,
    ) as server:
        yield server


def _service_names(region: Region) -> list[str]:
    database = Database(region.url)
    try:
        with database.transaction(ANONYMOUS) as session:
            return [data["name"]["de"] for kind, _, _, data in current_entries(session) if kind == "service"]
    finally:
        database.close()


def _drafts(region: Region, server: Server, plan: Plan) -> Iterator[bytes]:
    """Requests that send drafts: enough for all rounds."""
    database = Database(region.url)
    try:
        with database.transaction(ANONYMOUS) as session:
            catalogue = Catalogue(current_entries(session))
            ids = {record.slug: record.id for record in load_records(session)}
        tenants = {portal_host(slug): ids[slug] for slug in TOWNS}
        # Two processors send far fewer in a second than this.
        count = int((plan.effort.rounds + 1) * plan.effort.seconds * 600) + 1
        return iter(prepare(database, catalogue, tenants, server.port, count))
    finally:
        database.close()


def _sourced(drafts: Iterator[bytes], queries: Sequence[str]) -> Callable[[Kind], Iterator[bytes]]:
    return lambda kind: drafts if kind is SUBMISSION else requests_for(kind, _HOSTS, queries)


def _many_hosts(
    plan: Plan, server: Server, bare: Server, queries: Sequence[str], tell: Tell
) -> tuple[Candidate, Candidate, float]:
    """The large region once more, over random hosts: what a first visit costs, then as before."""
    slugs = random.Random(plan.hosts).sample(more_slugs(plan.sizes[1]), plan.hosts)
    hosts = [portal_host(slug) for slug in slugs]
    tell("visiting many hosts for the first time")
    firsts = run(
        server.port,
        [get(host, "/de/") for host in hosts],
        status=b"200",
        connections=1,
        seconds=60,
        most=10**6,
    )
    many = Candidate(f"{plan.hosts} hosts", server, lambda kind: requests_for(kind, hosts, queries))
    beside = Candidate("bare Flask", bare, bare_requests)
    compare([many, beside], (HOME, TOPIC, SERVICE_PAGE, SEARCH), plan.effort, tell)
    return many, beside, sum(firsts.latencies) / firsts.requests
