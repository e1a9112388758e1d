"""A PostgreSQL server for a test run, and databases copied from templates that are filled once per run."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from kreisportal.kernel.database import Database
from kreisportal.kernel.database.embedded import SUPERUSER, EmbeddedServer
from kreisportal.kernel.database.roles import (
    APPLICATION,
    BACKUP,
    OWNER,
    create_database_sql,
    create_roles_sql,
)

ADDRESS = "KREISPORTAL_TEST_SERVER"
"""Environment variable: a superuser's address of a server to test on instead of the embedded one."""

_RUN = "KREISPORTAL_TEST_RUN"
_LOCK = 4_202_613


@dataclass(frozen=True)
class DatabaseCopy:
    """A database of its own, to do with as one likes."""

    server: DatabaseServer
    name: str

    def url(self, role: str = APPLICATION) -> str:
        """Its address for a role; the application's by default."""
        return self.server.url(role, self.name)

    def open(self) -> Database:
        """The application's way to it. To be closed."""
        return Database(self.url())

    @contextmanager
    def superuser(self) -> Iterator[psycopg.Connection]:
        """A connection that sees and may do everything, to look behind row security."""
        with psycopg.connect(
            self.server.url(self.server.superuser, self.name), autocommit=True
        ) as connection:
            yield connection


@dataclass(frozen=True)
class DatabaseServer:
    """A server with the roles. ``run`` begins the names of all databases of this test run."""

    address: str
    run: str

    @property
    def superuser(self) -> str:
        """The name of the superuser."""
        return make_url(self.address).username or SUPERUSER

    def url(self, role: str, database: str) -> str:
        """The address of a database for a role."""
        url = make_url(self.address).set(username=role, database=database)
        return url.render_as_string(hide_password=False)

    def copy(self, template: str) -> DatabaseCopy:
        """A new copy of a template (some 100 ms). To be dropped."""
        name = f"{self.run}_{secrets.token_hex(4)}"
        with self._connect() as connection:
            self._create(connection, name, f"{self.run}_{template}")
        return DatabaseCopy(self, name)

    def drop(self, copy: DatabaseCopy) -> None:
        """Drop a copy, whoever is still connected."""
        with self._connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{copy.name}" WITH (FORCE)')

    def make_template(
        self, name: str, fill: Callable[[DatabaseCopy], None], source: str | None = None
    ) -> None:
        """Make a template by ``fill`` from a copy of ``source``, unless one of the processes has made it.

        ``fill`` must leave no connection open, because a database in use cannot be copied.
        """
        done, begun = f"{self.run}_{name}", f"{self.run}_{name}_begun"
        with self._connect() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (done,)).fetchone():
                return
            connection.execute(f'DROP DATABASE IF EXISTS "{begun}" WITH (FORCE)')
            self._create(connection, begun, f"{self.run}_{source}" if source else "template0")
            fill(DatabaseCopy(self, begun))
            connection.execute(f'ALTER DATABASE "{begun}" RENAME TO "{done}"')

    def create_roles(self) -> None:
        """The roles; where the superuser signs in with a password, they get the same one."""
        password = make_url(self.address).password
        with self._connect() as connection:
            connection.execute(create_roles_sql())
            for role in (OWNER, APPLICATION, BACKUP) if password else ():
                connection.execute(
                    psycopg.sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                        psycopg.sql.Identifier(role), psycopg.sql.Literal(password)
                    )
                )

    def drop_all(self) -> None:
        """Drop every database of this run."""
        with self._connect() as connection:
            names = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (self.run,)
            )
            for (name,) in names.fetchall():
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.address, autocommit=True)

    @staticmethod
    def _create(connection: psycopg.Connection, name: str, template: str) -> None:
        create, *grants = create_database_sql(name)
        connection.execute(create.replace("TEMPLATE template0", f'TEMPLATE "{template}"'))
        for statement in grants:
            connection.execute(statement)


@contextmanager
def running_server() -> Iterator[DatabaseServer]:
    """The server of this run: one that another process has started, one given by address, else an embedded one.

    What is started here is stopped, and what is created here is dropped.
    """
    if _RUN in os.environ:
        yield DatabaseServer(os.environ[ADDRESS], os.environ[_RUN])
        return
    with _address() as address:
        server = DatabaseServer(address, f"kreisportal_test_{secrets.token_hex(4)}")
        server.create_roles()
        before = os.environ.get(ADDRESS)
        os.environ.update({ADDRESS: server.address, _RUN: server.run})
        try:
            yield server
        finally:
            del os.environ[_RUN], os.environ[ADDRESS]
            if before is not None:
                os.environ[ADDRESS] = before
                server.drop_all()


@contextmanager
def _address() -> Iterator[str]:
    if ADDRESS in os.environ:
        yield os.environ[ADDRESS]
        return
    folder = Path(tempfile.mkdtemp(prefix="kreisportal-tests-"))
    embedded = EmbeddedServer(folder, fast=True)
    try:
        embedded.start()
        yield embedded.url(SUPERUSER, "postgres")
    finally:
        embedded.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
