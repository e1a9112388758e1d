"""What all tests may ask for.

``server``    a PostgreSQL server, started once per run (KREISPORTAL_TEST_SERVER: a superuser's address of another)
``schema``    a database of the module's own with the newest schema and nothing in it
``region``    a database of the module's own with catalogue and tenants of the demonstration
``database``  the application's way to ``region``
``program``   the program on ``region``; ``program.keeper.renew()`` takes in what a test has changed
``wsgi``      the program behind all its layers
``client``    ``client("verwaltung.vechta.localhost")`` is a browser without JavaScript at that host
``desk``      ``desk("vechta", Role.CASEWORKER)`` is one in which somebody new with that role is signed in
``locksmith`` hashes and seals with the program's keys, passwords at next to no cost
``towns``     the tenants' numbers by slug
``languages`` ``languages("vechta", "en")`` offers a town's portal in German and these until the test is over
``end_delays`` lets every delay of signing in be over
``chromium``  a real browser, started once for each module
``frozen``    holds the program's clock at Tuesday, 1 December 2026, 10:00 UTC; the database's clock goes on

Tests of a module share its database, in which another test may have left something.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.server import DatabaseCopy, DatabaseServer, running_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from playwright.sync_api import Browser

    from kreisportal.access.roles import Role
    from kreisportal.kernel.database import Database
    from kreisportal.staff.sign_in import Locksmith
    from kreisportal.web.program import Program
    from tests.support.browser import Browser as TextBrowser

# How long an example takes says more about what else the machine does than about the code. Each run tries others.
settings.register_profile(
    "kreisportal", deadline=None, max_examples=int(os.environ.get("KREISPORTAL_EXAMPLES", "50"))
)
settings.load_profile("kreisportal")

_RESOURCES = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """With several processes the first starts the server for all; else the first test that asks for it does."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        resources = config.stash[_RESOURCES] = ExitStack()
        resources.enter_context(running_server())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started for all."""
    resources = config.stash.get(_RESOURCES, None)
    if resources is not None:
        resources.close()


@pytest.fixture(scope="session", autouse=True)
def _remembered() -> Iterator[None]:
    """Programs of a process share catalogue and translated templates."""
    from tests.support.remembered import remembering

    with remembering():
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[DatabaseServer]:
    """The server with its roles."""
    with running_server() as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The real browser; two of Playwright's in a process would get in each other's way."""
    from tests.support import chromium

    with chromium.started(chromium.quick_browser()) as browser:
        yield browser


@pytest.fixture(scope="session")
def _schema_template(server: DatabaseServer) -> str:
    from tests.support.region import migrate_schema

    server.make_template("schema", migrate_schema)
    return "schema"


@pytest.fixture(scope="session")
def _region_template(server: DatabaseServer, _schema_template: str) -> str:
    from tests.support.region import fill_with_region

    server.make_template("region", fill_with_region, _schema_template)
    return "region"


@pytest.fixture(scope="module")
def schema(server: DatabaseServer, _schema_template: str) -> Iterator[DatabaseCopy]:
    """An empty database with the newest schema."""
    copy = server.copy(_schema_template)
    yield copy
    server.drop(copy)


@pytest.fixture(scope="module")
def region(server: DatabaseServer, _region_template: str) -> Iterator[DatabaseCopy]:
    """A database with the region of the demonstration."""
    copy = server.copy(_region_template)
    yield copy
    server.drop(copy)


@pytest.fixture(scope="module")
def database(region: DatabaseCopy) -> Iterator[Database]:
    """The application's way to the region's database."""
    opened = region.open()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def program(region: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program on the region's database, in production mode. Nothing renews its snapshot by itself."""
    from kreisportal.app import create_program
    from tests.support.region import settings_for

    made = create_program(settings_for(region, tmp_path_factory.mktemp("data")))
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def wsgi(program: Program, locksmith: Locksmith) -> WSGIApplication:
    """The program behind gate, static files and kept pages."""
    from kreisportal.app import create_app, create_wsgi

    return create_wsgi(program, create_app(program, locksmith.passwords))


@pytest.fixture
def client(wsgi: WSGIApplication) -> Callable[..., TextBrowser]:
    """Makes browsers: ``client(host, address="127.0.0.1")``."""
    from tests.support.browser import Browser

    return lambda host, address="127.0.0.1": Browser(wsgi, host, address)


@pytest.fixture(scope="session")
def locksmith() -> Locksmith:
    """Cheap passwords and the keys of the program under test."""
    from kreisportal.credentials.keys import derive_keys
    from kreisportal.credentials.passwords import Passwords
    from kreisportal.staff.sign_in import Locksmith
    from tests.support.region import SECRET_KEY
    from tests.support.staff import CHEAP

    return Locksmith(Passwords(CHEAP), derive_keys(SECRET_KEY))


@pytest.fixture
def desk(
    program: Program, locksmith: Locksmith, client: Callable[..., TextBrowser]
) -> Callable[..., TextBrowser]:
    """Makes browsers with somebody signed in: ``desk(slug, *roles)``."""
    from tests.support.staff import add_person, sign_in

    def signed_in(slug: str, *roles: Role) -> TextBrowser:
        tenant = program.keeper.current.registry.by_slug_or_none(slug)
        assert tenant is not None, slug
        browser = client(tenant.host("desk"))
        assert sign_in(browser, add_person(program.database, locksmith, tenant.id, *roles)).status_code == 303
        return browser

    return signed_in


@pytest.fixture
def languages(region: DatabaseCopy, program: Program) -> Iterator[Callable[..., None]]:
    """Offers a town's portal in German and in the others named; afterwards in all again."""
    changed: set[str] = set()

    def write(slug: str, entry: str) -> None:
        with region.superuser() as connection:
            connection.execute(
                "UPDATE tenants SET profile = (profile - 'languages') || %s::jsonb WHERE slug = %s",
                (entry, slug),
            )
        assert program.keeper.renew()

    def offer(slug: str, *others: str) -> None:
        changed.add(slug)
        write(slug, json.dumps({"languages": others}))

    yield offer
    for slug in changed:
        write(slug, "{}")


@pytest.fixture
def frozen() -> Iterator[datetime]:
    """The instant at which the program's clock stands still."""
    from kreisportal.kernel import clock

    moment = datetime(2026, 12, 1, 10, tzinfo=UTC)
    with clock.frozen(moment):
        yield moment


@pytest.fixture(scope="module")
def towns(region: DatabaseCopy) -> dict[str, int]:
    """The tenants' numbers by slug."""
    with region.superuser() as connection:
        return dict(connection.execute("SELECT slug, id FROM tenants").fetchall())


@pytest.fixture
def end_delays(region: DatabaseCopy) -> Iterator[Callable[[], None]]:
    """Let every delay be over, as if one had waited; how often one failed stays counted."""

    def end() -> None:
        with region.superuser() as connection:
            connection.execute(
                "UPDATE rate_limits SET expires_at = now() - interval '1 s' WHERE key LIKE '%:lock'"
            )

    yield end
    with region.superuser() as connection:
        connection.execute("DELETE FROM rate_limits")
