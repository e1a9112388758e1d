"""The gate behind proxies: what they say counts only if they are ours, and never for the host."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernel.http.gates import Door

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PROXIES = Door({"trusted_proxies": ["10.0.0.0/8", "2001:db8::1"]})
FORWARDED = {
    "HTTP_FORWARDED": "for=1.2.3.4;host=vechta.example",
    "HTTP_X_FORWARDED_FOR": "1.2.3.4",
    "HTTP_X_FORWARDED_HOST": "vechta.example",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_PORT": "443",
    "HTTP_X_FORWARDED_PREFIX": "/x",
    "HTTP_X_FORWARDED_SERVER": "x",
    "HTTP_X_REAL_IP": "1.2.3.4",
}


def behind_proxy(peer: str = "10.1.2.3", **headers: Any) -> dict[str, Any] | None:
    return PROXIES.ask(REMOTE_ADDR=peer, **{"wsgi.url_scheme": "http", **headers}).inner


@pytest.mark.parametrize("name", FORWARDED)
@pytest.mark.parametrize("peer", ["203.0.113.7", "11.0.0.1", "2001:db8::2", ""])
def test_a_stranger_may_not_say_for_whom_it_asks(peer: str, name: str) -> None:
    answer = Door({}).ask(REMOTE_ADDR=peer, **{name: FORWARDED[name]})
    assert (answer.status, answer.inner) == (400, None)
    if peer:
        assert PROXIES.ask(REMOTE_ADDR=peer, **{name: FORWARDED[name]}).status == 400


@pytest.mark.parametrize("peer", ["10.0.0.1", "10.255.255.255", "2001:db8::1", "::ffff:10.0.0.1", ""])
def test_a_proxy_of_ours_tells_scheme_and_address(peer: str) -> None:
    inner = behind_proxy(peer, HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_FOR="198.51.100.4")
    assert inner is not None
    assert (inner["wsgi.url_scheme"], inner["REMOTE_ADDR"]) == ("https", "198.51.100.4")


def test_nothing_behind_the_gate_sees_the_forwarded_headers() -> None:
    inner = behind_proxy(**FORWARDED)
    assert inner is not None
    assert set(FORWARDED) & set(inner) == set()


def test_of_a_chain_only_what_our_proxy_saw_counts() -> None:
    inner = behind_proxy(HTTP_X_FORWARDED_FOR="127.0.0.1, evil, 198.51.100.4")
    assert inner is not None
    assert inner["REMOTE_ADDR"] == "198.51.100.4"


@pytest.mark.parametrize("chain", ["evil", "1.2.3.4, evil", "1.2.3.4,", "1.2.3.4:80"])
def test_an_address_must_be_one(chain: str) -> None:
    assert behind_proxy(HTTP_X_FORWARDED_FOR=chain) is None


@pytest.mark.parametrize("scheme", ["ftp", "HTTPS", "https,http", "", "javascript"])
def test_a_scheme_must_be_one_of_the_web(scheme: str) -> None:
    assert behind_proxy(HTTP_X_FORWARDED_PROTO=scheme) is None


@pytest.mark.parametrize("host", ["evil.example", "vechta.example:8443", "vechta.example, evil.example", ""])
def test_a_forwarded_host_must_be_the_host(host: str) -> None:
    assert behind_proxy(HTTP_X_FORWARDED_HOST=host) is None


def test_a_forwarded_host_never_replaces_the_host() -> None:
    answer = PROXIES.ask("evil.example", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_HOST="vechta.example")
    assert answer.inner is None
    assert behind_proxy(HTTP_X_FORWARDED_HOST="VECHTA.example") is not None


@given(st.ip_addresses())
def test_a_peer_is_trusted_exactly_within_the_networks(address: ipaddress.IPv4Address) -> None:
    mapped = getattr(address, "ipv4_mapped", None) or address
    ours = any(mapped in ipaddress.ip_network(name) for name in PROXIES.options["trusted_proxies"])
    assert (behind_proxy(str(address), HTTP_X_FORWARDED_PROTO="https") is not None) == ours


def internal(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [b"internal"]


INTERNAL = Door({"internal_port": 9100, "internal_app": internal, "public_port": 9100})


def test_the_internal_port_answers_without_a_host() -> None:
    assert INTERNAL.ask(None, SERVER_PORT="9100", REMOTE_ADDR="127.0.0.1").body == b"internal"
    assert INTERNAL.ask(None, SERVER_PORT="8000", REMOTE_ADDR="127.0.0.1").status == 400


def test_a_host_with_the_internal_port_does_not_open_it() -> None:
    """gunicorn takes SERVER_PORT from the Host when the socket has no port of its own."""
    answer = INTERNAL.ask(
        "vechta.example:9100", SERVER_PORT="9100", REMOTE_ADDR="", **{"wsgi.url_scheme": "http"}
    )
    assert answer.body == b"inside"


def test_without_an_internal_port_nothing_is_internal() -> None:
    assert Door({"internal_app": internal}).ask(None, SERVER_PORT=None, REMOTE_ADDR="127.0.0.1").status == 400
