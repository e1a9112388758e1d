"""The region with its files' bundle, and people of region and towns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy.orm import Session

from kreisportal.bundles.fields import Typed
from kreisportal.bundles.reach import Services
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy
from tests.support.staff import add_region_person, sign_in

HOST = "region.localhost"
Region = Callable[..., Browser]


def typed(
    services: tuple[str, ...],
    *,
    name: str = "Paket",
    law: str = "",
    audience: str = "all",
    kinds: tuple[str, ...] = (),
    towns: tuple[str, ...] = (),
) -> Typed:
    """A bundle as it is typed: free and for all, if nothing else is said; ``law`` makes it required."""
    texts = {"name_de": name, "name_en": "Bundle", "reason_de": "Darum.", "reason_en": "That is why."}
    need = "required" if law else "free"
    return Typed({**texts, "legal_source": law}, need, audience, kinds, towns, services)


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


@pytest.fixture(scope="module")
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """The region's own; all that a test does is undone."""
    with database.transaction(REGION) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def services(program: Program) -> Services:
    """The services of the catalogue."""
    return program.keeper.current.catalogue.services
