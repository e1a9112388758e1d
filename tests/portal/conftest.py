"""Portals of towns, and offers that a test changes for a while.

``portal``  ``portal("vechta")`` is a browser at a town's portal
``offer``   ``offer("vechta", "hund-anmelden", channel="paper")`` changes an offer until the test is over
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.one_region import *  # noqa: F403 - a conftest's fixtures.
from tests.support.server import DatabaseCopy

_COLUMNS = ("is_on", "channel", "open_from", "open_until", "details")


@pytest.fixture
def portal(client: Callable[..., Browser]) -> Callable[..., Browser]:
    """Makes browsers at a town's portal."""
    return lambda slug="vechta": client(f"{slug}.localhost")


@pytest.fixture
def offer(program: Program, region: DatabaseCopy) -> Iterator[Callable[..., None]]:
    """Changes an offer, and lets the program see it, as an admin's page does."""
    with region.superuser() as superuser, ExitStack() as undo:

        def write(slug: str, service: str, values: dict[str, object]) -> None:
            details = json.dumps(values["details"])
            superuser.execute(
                "UPDATE offers SET is_on = %s, channel = %s, open_from = %s, open_until = %s, details = %s"
                " WHERE service_key = %s AND tenant_id = (SELECT id FROM tenants WHERE slug = %s)",
                (*(values[name] for name in _COLUMNS[:-1]), details, service, slug),
            )
            assert program.keeper.renew()

        def change(slug: str, service: str, **changes: object) -> None:
            row = superuser.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM offers"
                " WHERE service_key = %s AND tenant_id = (SELECT id FROM tenants WHERE slug = %s)",
                (service, slug),
            ).fetchone()
            assert row is not None, (slug, service)
            before = dict(zip(_COLUMNS, row, strict=True))
            write(slug, service, {**before, **changes})
            undo.callback(write, slug, service, before)

        yield change
