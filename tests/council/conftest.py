"""A council information system for each test, and a region whose towns may ask this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest

from kreisportal.council.jobs import fetch
from kreisportal.jobs import Runtime
from kreisportal.web.program import Program
from tests.support.oparl_server import Council, running_council
from tests.support.server import DatabaseCopy


@pytest.fixture
def council() -> Iterator[Council]:
    """The system, as it is at first."""
    with running_council() as running:
        yield running


@pytest.fixture(scope="module")
def program(program: Program) -> Program:
    """The program, as a demonstration that may ask this machine would have it."""
    return replace(program, settings=replace(program.settings, council_requests="local"))


@pytest.fixture(scope="module")
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """A connection that sees and may do all."""
    with region.superuser() as connection:
        yield connection


@pytest.fixture
def set_source(
    program: Program, superuser: psycopg.Connection, towns: dict[str, int], council: Council
) -> Iterator[Callable[..., None]]:
    """Set the source of a town in its profile; at the end there is none."""

    def change(slug: str = "vechta", *, body: str = "", on: bool = True) -> None:
        said = {
            "url": f"{council.base}/system",
            "body": body or f"{council.base}/body/1",
            "name": "Stadt Musterfeld",
        }
        superuser.execute(
            "UPDATE tenants SET profile = jsonb_set(profile, '{council}', %s) WHERE id = %s",
            (psycopg.types.json.Jsonb({**said, "on": on}), towns[slug]),
        )

    yield change
    superuser.execute("UPDATE tenants SET profile = profile - 'council' WHERE profile ? 'council'")
    superuser.execute("DELETE FROM council_contents")
    program.keeper.renew()


@pytest.fixture
def run_fetch(program: Program, towns: dict[str, int]) -> Callable[..., None]:
    """Do a town's job, and let the program see what came of it."""

    def run(slug: str = "vechta") -> None:
        fetch(Runtime(program.settings, program.database), towns[slug])
        program.keeper.renew()

    return run
