"""A smaller region for the tests of jobs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.jobs.towns import fill_with_towns
from tests.support.server import DatabaseCopy, DatabaseServer


@pytest.fixture(scope="module")
def region(server: DatabaseServer, _schema_template: str) -> Iterator[DatabaseCopy]:
    """A database with four tenants and no catalogue."""
    server.make_template("towns", fill_with_towns, _schema_template)
    copy = server.copy("towns")
    yield copy
    server.drop(copy)
