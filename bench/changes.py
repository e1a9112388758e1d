"""How long it takes until a change of one town shows on its portal, in every process."""

from __future__ import annotations

import time

from bench.load import fetch
from bench.wire import get
from kreisportal.catalogue.offers import switch
from kreisportal.kernel.database import ActorKind, Context, Database

_SERVICE = "hund-anmelden"
_OFFERED = b"/de/antrag/hund-anmelden"
# So many answers in a row that show the change: then all processes know it.
_IN_A_ROW = 30
_PATIENCE = 20.0


def seconds_until_shown(database_url: str, port: int, host: str) -> float:
    """Switch a service off, then on again, as the town's admin does; the longer of both times, in seconds.

    Raises TimeoutError when a change does not show.
    """
    database = Database(database_url)
    try:
        return max(_switched(database, port, host, on=on) for on in (False, True))
    finally:
        database.close()


def _switched(database: Database, port: int, host: str, *, on: bool) -> float:
    from kreisportal.tenancy.queries import load_records

    with database.transaction(Context(ActorKind.REGION)) as session:
        slug = host.partition(".")[0]
        tenant_id = next(record.id for record in load_records(session) if record.slug == slug)
    with database.transaction(Context(ActorKind.STAFF, tenant_id)) as session:
        switch(session, tenant_id, _SERVICE, on=on, channel="online")
    begun = last_old = time.perf_counter()
    request, row = get(host, f"/de/leistungen/{_SERVICE}"), 0
    while row < _IN_A_ROW:
        _, _, body = fetch(port, request)
        now = time.perf_counter()
        if (_OFFERED in body) is on:
            row += 1
        else:
            row, last_old = 0, now
        if now - begun > _PATIENCE:
            raise TimeoutError(f"the change did not show within {_PATIENCE:.0f} s")
        time.sleep(0.005)
    return last_old - begun
