"""One region for all tests of cases: each makes its own drafts and cases in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kreisportal.access.roles import Role
from kreisportal.app import create_app, create_program, create_wsgi
from kreisportal.jobs import Runtime
from kreisportal.kernel.database import Database
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.cases.house import Desk, House
from tests.support.browser import Browser
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy, DatabaseServer
from tests.support.staff import add_person, sign_in

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@pytest.fixture(scope="session")
def region(server: DatabaseServer, _region_template: str) -> Iterator[DatabaseCopy]:
    """A database with the region of the demonstration."""
    copy = server.copy(_region_template)
    yield copy
    server.drop(copy)


@pytest.fixture(scope="session")
def program(region: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program on it."""
    made = create_program(settings_for(region, tmp_path_factory.mktemp("cases")))
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


@pytest.fixture(scope="session")
def house(program: Program, region: DatabaseCopy, locksmith: Locksmith) -> Iterator[House]:
    """The towns, and whoever works and applies there."""
    with region.superuser() as superuser:
        yield House(program, superuser, locksmith)


@pytest.fixture
def worker(house: House) -> Runtime:
    """What the worker hands to jobs."""
    return house.runtime


@pytest.fixture
def citizen(client: Callable[..., Browser]) -> Callable[..., Browser]:
    """Makes browsers at a town's portal: ``citizen("vechta")``, each from an address of its own."""
    numbers = iter(range(1, 250))
    return lambda slug="vechta": client(f"{slug}.localhost", f"10.{_block()}.0.{next(numbers)}")


def _block() -> int:
    _block.last = (getattr(_block, "last", 0) + 1) % 250  # type: ignore[attr-defined]
    return int(_block.last)  # type: ignore[attr-defined]


@pytest.fixture
def desk(house: House, client: Callable[..., Browser]) -> Callable[..., Desk]:
    """Makes desks with somebody signed in: ``desk("vechta", *roles, name="…")``."""

    def signed_in(slug: str = "vechta", *roles: Role, name: str = "Erika Muster") -> Desk:
        tenant = house.tenant(slug)
        person = add_person(house.program.database, house.locksmith, tenant.id, *roles, name=name)
        browser = client(tenant.host("desk"))
        assert sign_in(browser, person).status_code == 303
        return Desk(browser, person)

    return signed_in


@pytest.fixture
def files(program: Program) -> Callable[[int], set[str]]:
    """The names of the files that lie there for a tenant."""

    def names(tenant_id: int) -> set[str]:
        folder: Path = program.settings.files_folder / str(tenant_id)
        return {file.name for file in folder.glob("??/*")}

    return names
