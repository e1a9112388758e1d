"""A small region in a database, and what a process has to keep up with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg import Connection

from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.publishing import publish
from kreisportal.catalogue.snapshot_keeper import SnapshotKeeper
from kreisportal.kernel.database.context import REGION
from tests.catalogue.records import service, situation, topic
from tests.support.server import DatabaseCopy

TENANTS = """
INSERT INTO tenants (id, slug, code, kind, ars, parent_id, has_portal, state, profile, imported) VALUES
    (1, 'district', 'DIS', 'district', '039980000000', NULL, true, 'open', '{}', '{}'),
    (2, 'town', 'TOW', 'city', '039980001001', 1, true, 'open', '{}', '{}'),
    (3, 'village', 'VIL', 'municipality', '039980001002', 1, true, 'open', '{}', '{}');
INSERT INTO hosts VALUES ('town.example', 'portal', 2, true), ('region.example', 'region', NULL, true);
INSERT INTO offers (tenant_id, service_key, is_on, channel, details) VALUES
    (2, 'a', true, 'online', '{"fee": {"de": "5 €"}}'), (2, 'b', false, 'online', '{}');
"""


def entries(*keys: str) -> list[Entry]:
    found = [Entry("topic", "thema", topic()), Entry("situation", "lage", situation())]
    return [*found, *(Entry("service", key, service(key)) for key in keys)]


def fill(copy: DatabaseCopy) -> None:
    """A district, two towns and two services."""
    with copy.superuser() as connection:
        connection.execute(TENANTS)
    database = copy.open()
    with database.transaction(REGION) as session:
        publish(session, entries("a", "b"))
    database.close()


@contextmanager
def changing(town: DatabaseCopy) -> Iterator[Connection]:
    with town.superuser() as connection:
        yield connection


@contextmanager
def away(town: DatabaseCopy) -> Iterator[None]:
    """The database is away inside the block."""
    with town.server._connect() as connection:
        connection.execute(f'ALTER DATABASE "{town.name}" WITH ALLOW_CONNECTIONS false')
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (town.name,)
        )
        try:
            yield
        finally:
            connection.execute(f'ALTER DATABASE "{town.name}" WITH ALLOW_CONNECTIONS true')


def switch(
    town: DatabaseCopy, statement: str = "UPDATE offers SET is_on = true WHERE service_key = 'b'"
) -> None:
    with changing(town) as connection:
        connection.execute(statement)


def offered(keeper: SnapshotKeeper, key: str = "b") -> bool:
    snapshot = keeper.current
    return snapshot.offers(snapshot.registry.tenants[2], key)


def until(condition: Callable[[], bool], seconds: float = 60) -> float:
    """Seconds until something is so; fails when that takes too long."""
    begin = time.monotonic()
    pause = threading.Event()
    while not condition():
        assert time.monotonic() - begin < seconds, "it took too long"
        pause.wait(0.01)
    return time.monotonic() - begin
