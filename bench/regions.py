"""The regions that are measured on: a PostgreSQL of their own with one database for each, filled once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.region import fill_region
from bench.services import make_entries
from kreisportal.catalogue.files import Entry
from kreisportal.demo import prepare_database
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.database.embedded import SUPERUSER, EmbeddedServer
from kreisportal.kernel.database.roles import APPLICATION
from kreisportal.tenancy.host_names import add_host


@dataclass(frozen=True, slots=True)
class Region:
    """A filled database. ``tenants`` is how many authorities there are, the two districts of the first apart."""

    tenants: int
    url: str
    superuser_url: str
    data_folder: Path


@contextmanager
def regions(folder: Path, sizes: tuple[int, ...], services: int) -> Iterator[list[Region]]:
    """Regions of these sizes, made in ``folder`` unless they lie there already. The server keeps every commit."""
    server = EmbeddedServer(folder / "postgres")
    server.start()
    try:
        entries: list[Entry] = []
        found = []
        for size in sizes:
            name = f"region_{services}_{size}"
            if _is_filled(server, name):
                # What was kept may be of an older schema.
                prepare_database(server, name)
            else:
                entries = entries or make_entries(services)
                _fill(server, name, entries, size)
            _switch_accounts_on(server.url(APPLICATION, name))
            found.append(
                Region(
                    size, server.url(APPLICATION, name), server.url(SUPERUSER, name), folder / f"data-{size}"
                )
            )
        yield found
    finally:
        server.stop()


def analyse(region: Region) -> None:
    """Let the planner know what is in the tables, as PostgreSQL does by itself within a minute."""
    with psycopg.connect(region.superuser_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _is_filled(server: EmbeddedServer, name: str) -> bool:
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        known = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (name,)
        ).fetchone()
        if known == ("filled",):
            return True
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        return False


def _switch_accounts_on(url: str) -> None:
    database = Database(url)
    try:
        with database.transaction(REGION) as session:
            add_host(session, "konto.localhost", "account", None, canonical=True)
    finally:
        database.close()


def _fill(server: EmbeddedServer, name: str, entries: list[Entry], size: int) -> None:
    prepare_database(server, name)
    database = Database(server.url(APPLICATION, name))
    try:
        fill_region(database, server.url(SUPERUSER, name), entries, size)
    finally:
        database.close()
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f"COMMENT ON DATABASE \"{name}\" IS 'filled'")
