"""How often one address may do a thing: counted for each town by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import request

from kreisportal.web.program import Program
from kreisportal.web.rate_limits import check_rate
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy
from tests.web.small_app import with_views


def limited() -> str:
    check_rate(request.args["what"], limit=2, seconds=60)
    return "ok"


@pytest.fixture
def ask(program: Program) -> Iterator[object]:
    """Asks a page that may be asked twice a minute; the status of the answer."""
    with with_views(program, {"limited": limited}) as client:

        def asking(what: str, host: str = "vechta.localhost", address: str = "192.0.2.1") -> int:
            browser: Browser = client(host)
            browser.address = address
            return browser.get(f"/test/limited?what={what}").status_code

        yield asking


def test_what_is_too_often_is_refused(ask) -> None:  # type: ignore[no-untyped-def]
    assert [ask("a") for _ in range(4)] == [200, 200, 429, 429]


def test_another_town_address_or_thing_is_counted_by_itself(ask) -> None:  # type: ignore[no-untyped-def]
    assert [ask("b") for _ in range(3)] == [200, 200, 429]
    assert ask("b", host="lohne.localhost") == 200
    assert ask("b", address="192.0.2.2") == 200
    assert ask("c") == 200


def test_no_address_is_kept(ask, region: DatabaseCopy) -> None:  # type: ignore[no-untyped-def]
    ask("e", address="198.51.100.77")
    with region.superuser() as connection:
        rows = str(connection.execute("SELECT key FROM rate_limits").fetchall())
    assert "198.51.100.77" not in rows
