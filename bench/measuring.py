"""The whole measurement: prepare regions, start the programs, compare them, look at memory, change and rush."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.applications import Ready, prepare, steps
from bench.changes import Renewal, of_a_town, of_the_catalogue
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
from bench.mixture import MIXTURE, Mixture, bare_mixture
from bench.onboarding import Onboarded
from bench.region import TOWNS, portal_host
from bench.regions import Region, analyse, regions
from bench.rush import SUBMISSIONS, Rush, hold
from bench.servers import ROOT, Server, database_cpu, own_environment, serving
from bench.services import make_entries, own_services
from bench.signed_in import SignedIn, measure_accounts
from bench.wire import get
from kreisportal.catalogue.queries import current_entries
from kreisportal.catalogue.snapshot import Catalogue
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.tenancy.queries import load_records
from kreisportal.tenancy.registry import TenantRecord

Tell = Callable[[str], None]
_OWN_CONFIG = ROOT / "deploy" / "gunicorn.conf.py"
_BARE_CONFIG = ROOT / "bench" / "gunicorn_bare.py"
_HOSTS = [portal_host(slug) for slug in TOWNS]
_READY = get(_HOSTS[0], "/de/")
# Two processors send far fewer in a second than this.
_MOST_SENT = 600
# Drafts that the rush looks at, besides those that it sends.
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. ``sizes`` are the tenants of the regions, the smallest first, ``hosts`` the random ones besides,
    ``changes`` how often a town changes, ``rush`` the seconds of the record hour that are held, ``sign_ins`` how often
    somebody signs in.
    """

    sizes: tuple[int, ...]
    services: int
    hosts: int
    changes: int
    rush: float
    sign_ins: int
    effort: Effort


FULL = Plan(
    (2, 1_000, 10_000), 575, 200, 5, 30.0, 200, Effort(rounds=9, seconds=1.0, most=4000, connections=6)
)
QUICK = Plan((2, 500), 150, 50, 2, 5.0, 20, Effort(rounds=3, seconds=0.4, most=1000, connections=6))


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a region: services, those of the project's own, and how many a town offers and tells in own words;
    ``queries`` is how many are searched for.
    """

    queries: int
    services: int
    own_services: int
    offered: float
    told: float


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
    """All that was found. ``own`` are the regions as in the plan, ``many`` is the largest over many hosts.

    ``first_visit`` are seconds of a page not kept, ``made`` the share of the mixed pages that were not kept yet.
    """

    plan: Plan
    workers: int
    contents: Contents
    sizes: dict[str, int]
    own: list[Candidate]
    bare: Candidate
    onboarded: list[Onboarded]
    many: Candidate
    bare_of_many: Candidate
    first_visit: float
    made: float
    footprints: list[Footprint]
    bare_pss: float
    changes: list[Renewal]
    publishing: Renewal
    rush: Rush
    accounts: SignedIn

    @property
    def small(self) -> Candidate:
        """The smallest region."""
        return self.own[0]

    @property
    def large(self) -> Candidate:
        """The largest region."""
        return self.own[-1]


def measure(plan: Plan, folder: Path, workers: int, tell: Tell) -> Results:
    """Measure everything. ``tell`` is told what is going on."""
    with ExitStack() as stack:
        tell("filling the regions")
        found = stack.enter_context(regions(folder, plan.sizes, plan.services, tell))
        return _Measurement(plan, folder, workers, tell, stack, found).results()


class _Measurement:
    """One measurement with everything that it has started; ``stack`` ends it."""

    def __init__(
        self, plan: Plan, folder: Path, workers: int, tell: Tell, stack: ExitStack, found: Sequence[Region]
    ) -> None:
        self._plan, self._workers, self._tell, self._stack = plan, workers, tell, stack
        self._folder = folder
        self._regions, self._small, self._large = found, found[0], found[-1]
        self._database = partial(database_cpu, folder / "postgres")
        self._catalogue, self._records = _contents(self._large)
        self._queries = read_queries(service.name["de"] for service in self._catalogue.services.values())

    def results(self) -> Results:
        """Measure everything in turn."""
        plan = self._plan
        servers, from_disk = self._start()
        fresh = [server.pss() for server in servers]
        drafts = self._drafts(servers)
        sizes, bare_server = self._bare(servers[0], drafts[0][0].sending())
        own = [
            Candidate(f"{region.tenants} tenants", server, self._source(iter(ready)), database=self._database)
            for region, server, ready in zip(self._regions, servers, drafts, strict=True)
        ]
        bare = Candidate("bare Flask", bare_server, bare_requests)
        compare([own[0], bare, *own[1:]], KINDS, plan.effort, self._tell)
        used = [server.pss() for server in servers]
        changes, publishing = self._change(servers[-1])
        rush = self._rush(servers[-1], drafts[-1])
        many, bare_of_many, first_visit, made = self._many(servers[-1], bare_server)
        accounts = self._accounts(servers[-1])
        footprints = [
            Footprint(region.tenants, server.seconds_to_start, *figures)
            for region, server, *figures in zip(self._regions, servers, from_disk, fresh, used, strict=True)
        ]
        return Results(
            plan=plan,
            workers=self._workers,
            contents=self._described(),
            sizes=sizes,
            own=own,
            onboarded=[region.onboarded for region in self._regions],
            bare=bare,
            many=many,
            bare_of_many=bare_of_many,
            first_visit=first_visit,
            made=made,
            footprints=footprints,
            bare_pss=bare_server.pss(),
            changes=changes,
            publishing=publishing,
            rush=rush,
            accounts=accounts,
        )

    def _start(self) -> tuple[list[Server], list[float]]:
        servers, from_disk = [], []
        for region in self._regions:
            self._tell(f"starting with {region.tenants} tenants")
            servers.append(self._stack.enter_context(_own(region, self._workers)))
            with _own(region, self._workers, away=True) as other:
                from_disk.append(other.seconds_to_start)
        return servers, from_disk

    def _drafts(self, servers: Sequence[Server]) -> list[list[Ready]]:
        """Drafts for all rounds and, at the end of the large region's, for the rush."""
        effort = self._plan.effort
        sent = int((effort.rounds + 1) * effort.seconds * _MOST_SENT) + 1
        rush = int(SUBMISSIONS * self._plan.rush) + _LOOKED_AT
        made = []
        for region, server in zip(self._regions, servers, strict=True):
            count = sent + rush if region is self._large else sent
            self._tell(f"preparing {count} drafts at {region.tenants} tenants")
            made.append(_prepared(region, server, self._catalogue, count))
            analyse(region)
        return made

    def _bare(self, server: Server, submission: bytes) -> tuple[dict[str, int], Server]:
        pages = self._folder / "pages"
        pages.mkdir(exist_ok=True)
        sizes = keep_answers(server.port, _HOSTS[0], self._queries, submission, pages)
        started = serving(
            "bench.bare:app",
            _BARE_CONFIG,
            {"BENCH_PAGES": str(pages)},
            workers=self._workers,
            probe=get("localhost", "/home"),
            log=self._folder / "bare.log",
        )
        return sizes, self._stack.enter_context(started)

    def _source(self, drafts: Iterator[Ready]) -> Callable[[Kind], Iterator[bytes]]:
        def requests(kind: Kind) -> Iterator[bytes]:
            if kind is SUBMISSION:
                return (draft.sending() for draft in drafts)
            return requests_for(kind, _HOSTS, self._queries)

        return requests

    def _change(self, server: Server) -> tuple[list[Renewal], Renewal]:
        self._tell("changing a town and the catalogue")
        database = Database(self._large.url)
        try:
            changes = [
                each for _ in range(self._plan.changes) for each in of_a_town(database, server, _HOSTS[0])
            ]
            entries = make_entries(self._plan.services)
            return changes, of_the_catalogue(database, server, _HOSTS[0], entries)
        finally:
            database.close()

    def _rush(self, server: Server, drafts: Sequence[Ready]) -> Rush:
        self._tell("holding the record hour")
        count = int(SUBMISSIONS * self._plan.rush) + _LOOKED_AT
        return hold(
            server,
            self._database,
            drafts[-count:],
            steps(self._catalogue),
            _HOSTS,
            self._queries,
            self._plan.rush,
            os.cpu_count() or 1,
        )

    def _many(self, server: Server, bare: Server) -> tuple[Candidate, Candidate, float, float]:
        """The large region once more, over random hosts: what a first visit costs, then mixed pages."""
        plan = self._plan
        slugs = random.Random(plan.hosts).sample(self._more_towns(), plan.hosts)
        hosts = [portal_host(slug) for slug in slugs]
        self._tell("visiting many hosts for the first time")
        visits = [get(host, "/de/") for host in hosts]
        firsts = run(server.port, visits, status=b"200", connections=1, seconds=60, most=len(visits))
        mixture = Mixture(hosts, self._catalogue)
        many = Candidate(
            f"{plan.hosts} hosts",
            server,
            lambda kind: mixture.requests() if kind is MIXTURE else requests_for(kind, hosts, self._queries),
        )
        beside = Candidate(
            "bare Flask", bare, lambda kind: bare_mixture() if kind is MIXTURE else bare_requests(kind)
        )
        # Mixed pages first, before the others have filled what is kept.
        compare([many, beside], (MIXTURE, HOME, TOPIC, SERVICE_PAGE, SEARCH), plan.effort, self._tell)
        made = mixture.share_made(self._workers)
        return many, beside, sum(firsts.latencies) / firsts.requests, made

    def _accounts(self, server: Server) -> SignedIn:
        """At the large region; the small one tells the number of statements, which is the same."""
        plan, regions = self._plan, (self._small, self._large)
        return measure_accounts(
            *regions, server, self._database, self._queries, plan.effort, plan.sign_ins, self._tell
        )

    def _more_towns(self) -> list[str]:
        """The slugs of the towns of the large region but for the first two."""
        return [each.slug for each in self._records if each.kind != "district" and each.slug not in TOWNS]

    def _described(self) -> Contents:
        towns = [record for record in self._records if record.kind != "district"]
        offers = [record.offers.values() for record in towns[: self._plan.hosts]]
        return Contents(
            queries=len(self._queries),
            services=len(self._catalogue.services),
            own_services=min(own_services(), self._plan.services),
            offered=sum(len(each) for each in offers) / len(offers),
            told=sum("text" in offer for each in offers for offer in each) / len(offers),
        )


@contextmanager
def _own(region: Region, workers: int, *, away: bool = False) -> Iterator[Server]:
    """The program on a region; ``away`` without its database, so that it starts from what it kept on disk."""
    url = "postgresql://kreisportal_app@/nowhere?host=/nonexistent" if away else region.url
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


def _contents(region: Region) -> tuple[Catalogue, list[TenantRecord]]:
    database = Database(region.url)
    try:
        with database.transaction(ANONYMOUS) as session:
            return Catalogue(current_entries(session)), list(load_records(session))
    finally:
        database.close()


def _prepared(region: Region, server: Server, catalogue: Catalogue, count: int) -> list[Ready]:
    database = Database(region.url)
    try:
        with database.transaction(ANONYMOUS) as session:
            ids = {record.slug: record.id for record in load_records(session)}
        tenants = {portal_host(slug): ids[slug] for slug in TOWNS}
        return prepare(database, catalogue, tenants, server.port, count)
    finally:
        database.close()
