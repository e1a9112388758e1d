"""A database of the module's own that tests break in one place and mend again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import Connection

from kreisportal.kernel.database import Database
from tests.support.server import DatabaseCopy

Broken = Callable[[str, str], AbstractContextManager[None]]


@pytest.fixture
def broken(region: DatabaseCopy) -> Broken:
    """``broken(statement, cure)``: a superuser runs the statement before the block and the cure after it."""

    @contextmanager
    def breaking(statement: str, cure: str) -> Iterator[None]:
        with region.superuser() as connection:
            connection.execute(statement.encode())
            try:
                yield
            finally:
                connection.execute(cure.encode())

    return breaking


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A connection as the application."""
    with database.engine.connect() as opened:
        yield opened


@pytest.fixture
def role(region: DatabaseCopy) -> Iterator[str]:
    """A role of the test's own that may sign in to the module's database."""
    name = f"kreisportal_test_{secrets.token_hex(4)}"
    with region.superuser() as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN".encode())
        connection.execute(f'GRANT CONNECT ON DATABASE "{region.name}" TO {name}'.encode())
        yield name
        connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}".encode())
