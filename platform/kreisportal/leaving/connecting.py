"""Connections that see all rows of a town: to read as the backup does, or to write as the owner of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.pool import NullPool

from kreisportal.kernel.errors import ConflictError
from kreisportal.leaving.tables import packed_tables

_LOCK_SECONDS = 10
_OF_REGION = ("tenants", "hosts", "region_audit_entries", "sessions", "session_grants")


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A transaction in which all that is read is of one moment. It is committed at the end of the block."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={"options": f"-c TimeZone=UTC -c lock_timeout={_LOCK_SECONDS}s"},
        isolation_level="REPEATABLE READ",
    )
    with engine.connect() as connection, connection.begin():
        yield connection


def driver_of(connection: Connection) -> psycopg.Connection:
    """The driver's own connection, for what no model says."""
    return cast("psycopg.Connection", connection.connection.driver_connection)


def check_sees_all(driver: psycopg.Connection) -> None:
    """Raises ConflictError for a role that row security binds: what it cannot see would be missing without a word."""
    row = driver.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row != (True,):
        raise ConflictError("this role does not see all rows: sign in as kreisportal_backup")


@contextmanager
def unbound(driver: psycopg.Connection) -> Iterator[None]:
    """Inside the block the owner of the tables is not bound by row security; nobody else sees anything of it.

    The tables are locked until the transaction ends, in which they are bound again: whoever writes waits.
    """
    tables = [*(packed.name for packed in packed_tables()), *_OF_REGION]
    for table in tables:
        driver.execute(SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(Identifier(table)))
    yield
    # What is checked at the end is checked now: a table that waits for it cannot be changed.
    driver.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        driver.execute(SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(Identifier(table)))
