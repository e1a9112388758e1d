"""Looking a host name up, what is said of what was found, and seeing its certificate."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from kreisportal.kernel.errors import UnavailableError
from kreisportal.tenancy import host_checks
from kreisportal.tenancy.host_checks import (
    Certificate,
    Leads,
    Shown,
    addresses_of,
    certificate_at,
    host_state,
    missing_records,
)
from tests.support.certificates import certificate_for

OURS = ("203.0.113.10", "2001:db8::10")
NAME = "rathaus.test"


def found(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let the resolver know these addresses of every name."""
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)


@pytest.mark.parametrize(
    ("addresses", "ours", "leads"),
    [
        (OURS, OURS, Leads.HERE),
        (OURS[:1], OURS, Leads.HERE),
        ((OURS[0], "198.51.100.1"), OURS, Leads.PARTLY),
        (("198.51.100.1",), OURS, Leads.ELSEWHERE),
        ((), OURS, Leads.NOWHERE),
        (("198.51.100.1",), (), Leads.UNKNOWN),
        ((), (), Leads.NOWHERE),
    ],
)
def test_where_a_name_leads(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...], ours: tuple[str, ...], leads: Leads
) -> None:
    found(monkeypatch, *addresses)
    asked: list[str] = []

    def seen(name: str, address: str, port: int) -> Certificate:
        asked.append(address)
        return Certificate(Shown.NOTHING)

    monkeypatch.setattr(host_checks, "certificate_at", seen)
    state = host_state(NAME, ours, 443)
    assert (state.leads, set(state.found)) == (leads, set(addresses))
    assert bool(asked) == (leads in (Leads.HERE, Leads.PARTLY))
    assert set(asked) <= set(ours), "nobody else's machine is asked for a certificate"


def test_a_name_of_this_machine_is_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_checks, "addresses_of", None)
    assert host_state("vechta.localhost", OURS, 443).leads is Leads.LOCAL


def test_a_name_that_there_is_not_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    assert addresses_of(NAME) == ()


def test_a_resolver_that_fails_or_hangs_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", again)
    assert host_state(NAME, OURS, 443).leads is Leads.NO_ANSWER
    over = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [over.wait(20)][1:])
    try:
        with pytest.raises(UnavailableError):
            addresses_of(NAME, seconds=0.01)
    finally:
        over.set()


def test_the_records_that_are_missing_are_named() -> None:
    assert missing_records(NAME, (), OURS) == [
        (NAME, "A", "203.0.113.10"),
        (NAME, "AAAA", "2001:db8::10"),
    ]
    assert missing_records(NAME, ("203.0.113.10", "198.51.100.1"), OURS) == [(NAME, "AAAA", "2001:db8::10")]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A server on the loopback address with a certificate for NAME; its port, and the certificate."""
    both, alone = certificate_for(NAME, tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with suppress(OSError):
            while True:
                plain, _ = listener.accept()
                with suppress(OSError), context.wrap_socket(plain, server_side=True) as safe:
                    safe.recv(1)

    thread = Thread(target=answer, daemon=True)
    thread.start()
    yield listener.getsockname()[1], alone
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_a_certificate_is_seen_and_held_against_what_is_trusted(
    server: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, file = server
    assert certificate_at(NAME, "127.0.0.1", port) == Certificate(Shown.UNTRUSTED)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    until = datetime.datetime(2126, 1, 1, tzinfo=datetime.UTC)
    assert certificate_at(NAME, "127.0.0.1", port) == Certificate(Shown.VALID, until)
    assert certificate_at("anders.test", "127.0.0.1", port) == Certificate(Shown.UNTRUSTED)


def test_where_nobody_answers_nothing_is_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert certificate_at(NAME, "127.0.0.1", port, seconds=0.05) == Certificate(Shown.NOTHING)
    assert certificate_at(NAME, "127.0.0.1", port, seconds=0.05) == Certificate(Shown.NOTHING)
