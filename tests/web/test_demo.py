"""The list of a demonstration's town halls: at bare localhost, in a demonstration only."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pytest

from kreisportal.app import create_wsgi
from kreisportal.web.program import Program
from tests.support.browser import Browser


@pytest.fixture(scope="module")
def shown(program: Program) -> Browser:
    """A browser at a demonstration's bare localhost."""
    settings = dataclasses.replace(program.settings, mode="demo")
    return Browser(create_wsgi(dataclasses.replace(program, settings=settings)), "localhost")


def test_it_lists_every_portal_with_its_desk(shown: Browser, program: Program) -> None:
    page = shown.get("/")
    assert page.status_code == 200
    links = re.findall(r'href="//([^/"]+)/"', page.text)
    tenants = [tenant for tenant in program.keeper.current.registry.tenants.values() if tenant.host("portal")]
    of_towns = [host for tenant in tenants for host in (tenant.host("portal"), tenant.host("desk")) if host]
    assert sorted(links) == sorted([*of_towns, "konto.localhost", "region.localhost"])
    assert "Stadt Vechta" in page.text
    assert '<meta name="robots" content="noindex">' in page.text


def test_the_port_that_was_asked_for_goes_along(program: Program) -> None:
    settings = dataclasses.replace(program.settings, mode="demo", public_port=8000)
    wsgi = create_wsgi(dataclasses.replace(program, settings=settings))
    page = Browser(wsgi, "localhost:8000").get("/").text
    assert 'href="//vechta.localhost:8000/"' in page


def test_in_production_there_is_no_such_host(client: Callable[..., Browser]) -> None:
    page = client("localhost").get("/")
    assert page.status_code == 421
    assert "Stadt Vechta" not in page.text


def test_nothing_else_is_at_that_host(shown: Browser) -> None:
    for path in ("/de/", "/de/anmelden", "/de/vorgaenge/", "/sitemap.xml"):
        assert shown.get(path).status_code == 404, path
