"""One region for all tests of cases: each makes its own drafts and cases in it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kreisportal.access.roles import Role
from kreisportal.jobs import Runtime
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.accounts.people import Citizen, title_of
from tests.cases.house import Desk, House
from tests.support.browser import Browser
from tests.support.one_region import *  # noqa: F403 - a conftest's fixtures.
from tests.support.server import DatabaseCopy
from tests.support.staff import add_person, sign_in


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


@pytest.fixture
def anna(client: Callable[..., Browser], program: Program) -> Citizen:
    """Somebody who is signed in at Vechta and at Cloppenburg."""
    return _signed_in("anna", client, program)


@pytest.fixture
def bert(client: Callable[..., Browser], program: Program) -> Citizen:
    """Somebody else who is."""
    return _signed_in("bert", client, program)


def _signed_in(name: str, client: Callable[..., Browser], program: Program) -> Citizen:
    # Each from an address of their own: limits are counted by it.
    address = f"10.{_block()}.1.1"
    person = Citizen(f"{name}.{secrets.token_hex(6)}@buerger.example", lambda host: client(host, address))
    person.sign_up(program)
    for town in ("vechta", "cloppenburg"):
        assert title_of(person.sign_in_at(town)) == "Kontakt"
    return person
