"""Fixtures for folders whose tests share one region: a conftest that imports them puts them in place of the module's own.

Only for tests that make what they need anew, or put back what they have changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from kreisportal.app import create_app, create_program, create_wsgi
from kreisportal.kernel.database import Database
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy, DatabaseServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["database", "program", "region", "wsgi"]


@pytest.fixture(scope="session")
def region(server: DatabaseServer, _region_template: str) -> Iterator[DatabaseCopy]:
    """A database with the region of the demonstration."""
    copy = server.copy(_region_template)
    yield copy
    server.drop(copy)


@pytest.fixture(scope="session")
def program(region: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program on it."""
    made = create_program(settings_for(region, tmp_path_factory.mktemp("data")))
    yield made
    made.database.close()


@pytest.fixture(scope="session")
def database(program: Program) -> Database:
    """The program's way to the database."""
    return program.database


@pytest.fixture(scope="session")
def wsgi(program: Program, locksmith: Locksmith) -> WSGIApplication:
    """The program behind all its layers."""
    return create_wsgi(program, create_app(program, locksmith.passwords))
