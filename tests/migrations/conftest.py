"""Databases without any schema, to migrate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.server import DatabaseCopy, DatabaseServer


@pytest.fixture
def empty(server: DatabaseServer) -> Iterator[DatabaseCopy]:
    """A database of the test's own in which nothing has been created yet."""
    server.make_template("empty", lambda _: None)
    copy = server.copy("empty")
    yield copy
    server.drop(copy)
