"""How long it takes until a change shows in every process, and what taking it in costs a process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.load import fetch
from bench.servers import Server
from bench.wire import get
from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.offers import switch
from kreisportal.catalogue.publishing import publish
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import REGION
from kreisportal.tenancy.queries import load_records

_SERVICE = "hund-anmelden"
_OFFERED = b"/de/antrag/hund-anmelden"
# So many answers in a row that show the change: then all processes know it.
_IN_A_ROW = 30
_PATIENCE = 120.0
_IDLE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a change costs: seconds until all processes show it; in each, processor seconds and the MB that it was
    larger than before at its peak.
    """

    seconds: float
    cpu: float
    peak: float


def switch_service(database: Database, host: str, *, on: bool) -> None:
    """Switch a service of a town on or off as the town's admin does."""
    with database.transaction(REGION) as session:
        slug = host.partition(".")[0]
        tenant_id = next(record.id for record in load_records(session) if record.slug == slug)
    with database.transaction(Context(ActorKind.STAFF, tenant_id)) as session:
        switch(session, tenant_id, _SERVICE, on=on, channel="online")


def of_a_town(database: Database, server: Server, host: str) -> list[Renewal]:
    """Switch a service off, then on again."""
    found = []
    for on in (False, True):
        found.append(
            _renewal(
                server,
                host,
                lambda on=on: switch_service(database, host, on=on),  # type: ignore[misc]
                lambda body, on=on: (_OFFERED in body) is on,  # type: ignore[misc]
            )
        )
    return found


def of_the_catalogue(database: Database, server: Server, host: str, entries: list[Entry]) -> Renewal:
    """Publish the catalogue with another sentence at one service, then as it was."""
    word = f"Stand {time.time_ns()}"
    changed = [_with_word(entry, word) if entry.key == _SERVICE else entry for entry in entries]

    def publish_all(new: list[Entry]) -> None:
        with database.transaction(REGION) as session:
            publish(session, new)

    found = _renewal(server, host, lambda: publish_all(changed), lambda body: word.encode() in body)
    publish_all(entries)
    _until_shown(server.port, host, lambda body: word.encode() not in body)
    return found


def _with_word(entry: Entry, word: str) -> Entry:
    if entry.kind != "service":
        return entry
    return replace(entry, data={**entry.data, "short": {**entry.data["short"], "de": f"{word}."}})


def _renewal(
    server: Server, host: str, change: Callable[[], None], shown: Callable[[bytes], bool]
) -> Renewal:
    idle = _cpu_while(server, lambda: time.sleep(_IDLE_SECONDS)) / _IDLE_SECONDS
    server.forget_peaks()
    before = server.resident()
    begun, cpu = time.perf_counter(), server.cpu()
    change()
    seconds = _until_shown(server.port, host, shown)
    # What a process does after it shows the change, such as writing it to disk, counts too.
    time.sleep(_IDLE_SECONDS / 2)
    spent = server.cpu() - cpu - idle * (time.perf_counter() - begun)
    return Renewal(seconds, max(spent, 0.0) / len(server.workers), server.peak() - before)


def _cpu_while(server: Server, work: Callable[[], None]) -> float:
    before = server.cpu()
    work()
    return server.cpu() - before


def _until_shown(port: int, host: str, shown: Callable[[bytes], bool]) -> float:
    """Seconds until the last answer that did not show it yet. Raises TimeoutError when it never does."""
    begun = last_old = time.perf_counter()
    request, row = get(host, f"/de/leistungen/{_SERVICE}"), 0
    while row < _IN_A_ROW:
        _, _, body = fetch(port, request)
        now = time.perf_counter()
        if shown(body):
            row += 1
        else:
            row, last_old = 0, now
        if now - begun > _PATIENCE:
            raise TimeoutError(f"the change did not show within {_PATIENCE:.0f} s")
        time.sleep(0.005)
    return last_old - begun
