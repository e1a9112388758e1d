"""The regions that are measured on: a PostgreSQL of their own with one database for each, filled once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from bench.onboarding import Onboarded
from bench.region import fill_region
from bench.servers import own_environment
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
    onboarded: Onboarded
    url: str
    superuser_url: str
    data_folder: Path


@contextmanager
def regions(
    folder: Path, sizes: tuple[int, ...], services: int, tell: Callable[[str], None]
) -> Iterator[list[Region]]:
    """Regions of these sizes, made in ``folder`` unless they lie there already. The server keeps every commit."""
    server = EmbeddedServer(folder / "postgres")
    server.start()
    try:
        entries: list[Entry] = []
        found = []
        for size in sizes:
            name = f"region_{services}_{size}"
            data = folder / f"data-{size}"
            data.mkdir(exist_ok=True)
            onboarded = _filled(server, name)
            if onboarded:
                # What was kept may be of an older schema.
                prepare_database(server, name)
            else:
                tell(f"bringing {size:,} tenants on line")
                entries = entries or make_entries(services)
                onboarded = _fill(server, name, entries, size, data)
            url = server.url(APPLICATION, name)
            _switch_accounts_on(url)
            found.append(Region(size, onboarded, url, server.url(SUPERUSER, name), data))
        yield found
    finally:
        server.stop()


def analyse(region: Region) -> None:
    """Let the planner know what is in the tables, as PostgreSQL does by itself within a minute."""
    with psycopg.connect(region.superuser_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _filled(server: EmbeddedServer, name: str) -> Onboarded | None:
    """How the towns of a region that lies there were brought in, or None; a half filled one is dropped."""
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        known = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (name,)
        ).fetchone()
        if known and known[0]:
            return Onboarded(**json.loads(known[0]))
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        return None


def _switch_accounts_on(url: str) -> None:
    database = Database(url)
    try:
        with database.transaction(REGION) as session:
            add_host(session, "konto.localhost", "account", None, canonical=True)
    finally:
        database.close()


def _fill(server: EmbeddedServer, name: str, entries: list[Entry], size: int, data: Path) -> Onboarded:
    prepare_database(server, name)
    url, superuser_url = server.url(APPLICATION, name), server.url(SUPERUSER, name)
    environment = own_environment(url, data)
    database = Database(url)
    try:
        onboarded = fill_region(database, superuser_url, entries, size, environment, data / "lists")
    finally:
        database.close()
    told = psycopg.sql.Literal(json.dumps(asdict(onboarded)))
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(
            psycopg.sql.SQL("COMMENT ON DATABASE {} IS {}").format(psycopg.sql.Identifier(name), told)
        )
    return onboarded
