"""Browsers with those who run the region."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.post import Post
from tests.support.server import DatabaseCopy
from tests.support.staff import add_region_person, sign_in

HOST = "region.localhost"
Region = Callable[..., Browser]


@pytest.fixture
def region_host(program: Program, locksmith: Locksmith, client: Callable[..., Browser]) -> Region:
    """Makes browsers with somebody signed in: an operator, or the admin of the district that is named."""

    def signed_in(district: str | None = None) -> Browser:
        tenant = program.keeper.current.registry.by_slug_or_none(district) if district else None
        person = add_region_person(program.database, locksmith, tenant.id if tenant else None)
        browser = client(HOST)
        assert sign_in(browser, person).status_code == 303
        return browser

    return signed_in


@pytest.fixture
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


@pytest.fixture
def post(program: Program, superuser: psycopg.Connection) -> Post:
    """Reads mails to staff."""
    return Post(program, superuser)


@pytest.fixture
def all_open(superuser: psycopg.Connection, program: Program) -> Iterator[None]:
    """Afterwards every portal is as it was in the files."""
    yield
    superuser.execute("UPDATE tenants SET state = 'open'")
    program.keeper.renew()
