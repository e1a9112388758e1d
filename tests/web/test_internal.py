"""The internal port: alive, ready, and for which hosts a certificate may be had."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import Client

from kreisportal.web.internal import create_internal
from kreisportal.web.program import Program


@pytest.fixture
def internal(program: Program) -> Iterator[Client]:
    """Asks the internal port."""
    before = program.keeper.reachable
    yield Client(create_internal(program))
    program.keeper.reachable = before


def test_it_is_alive(internal: Client) -> None:
    assert (internal.get("/healthz").status_code, internal.get("/healthz").json) == (200, {"status": "alive"})


def test_it_is_ready_only_with_a_database(internal: Client, program: Program) -> None:
    answer = internal.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ready",
        "revision": program.keeper.current.revision,
        "tenants": len(program.keeper.current.registry.tenants),
    }
    program.keeper.reachable = False
    assert internal.get("/readyz").status_code == 503
    assert internal.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("vechta.localhost", 200),
        ("VECHTA.localhost", 200),
        ("verwaltung.lohne.localhost", 200),
        ("www.vechta.localhost", 200),
        ("evil.example", 404),
        ("", 404),
        ("vechta.localhost:443", 404),
        ("a" * 5000, 404),
    ],
)
def test_a_certificate_is_for_hosts_of_ours(internal: Client, host: str, status: int) -> None:
    answer = internal.get("/tls", query_string={"domain": host})
    assert answer.status_code == status
    assert len(answer.data) < 500


def test_there_is_nothing_else(internal: Client) -> None:
    for path in ("/", "/metrics/x", "/de/"):
        assert internal.get(path).status_code == 404
