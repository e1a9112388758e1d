"""A database with two towns and rows of every sort."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg import Connection

from tests.kernel.database.world import fill
from tests.support.server import DatabaseCopy


@pytest.fixture(scope="module")
def world(schema: DatabaseCopy) -> Iterator[Connection]:
    """A superuser's connection to two filled towns; a test that writes undoes it."""
    with schema.superuser() as connection:
        fill(connection)
        yield connection
