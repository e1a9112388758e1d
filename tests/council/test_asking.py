"""Asking at an address that somebody typed: only public ones, just those that were checked, and never for long."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from kreisportal.council import asking
from kreisportal.council.asking import Budget, fetch, is_public, joined
from kreisportal.council.errors import Fault, SourceError
from kreisportal.tenancy.council_source import is_source_address
from tests.support.certificates import certificate_for
from tests.support.oparl_server import Council

NAME = "rat.example"


def fault_of(address: str, **more: Any) -> Fault:
    with pytest.raises(SourceError) as caught:
        fetch(address, Budget(**{"seconds": 5.0, **more}))
    return caught.value.fault


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *((each, True) for each in ("93.184.216.34", "2003:6:1::7", "2606:4700::1111")),
        *(
            (each, False)
            for each in ("127.0.0.1", "0.1.2.3", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1")
        ),
        *(
            (each, False)
            for each in ("169.254.169.254", "224.0.0.1", "255.255.255.255", "192.0.2.1", "240.0.0.1")
        ),
        *(
            (each, False)
            for each in ("::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "2001:db8::1")
        ),
        *((each, False) for each in ("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001::1")),
    ],
)
def test_only_addresses_of_the_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "127.1",
            "2130706433.",
            "0x7f.0.0.1",
            "10.0.0.1:8443",
            "169.254.169.254",
            "[::ffff:10.0.0.1]",
        )
    ],
)
def test_numbers_of_our_own_network_are_refused_however_they_are_written(host: str) -> None:
    assert fault_of(f"https://{host}/oparl") in (Fault.NOT_PUBLIC, Fault.ADDRESS)


def test_a_name_with_one_inner_address_is_refused_before_anything_is_asked(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(council.base.rpartition(":")[2])
    for found in (("127.0.0.1",), ("93.184.216.34", "127.0.0.1")):
        monkeypatch.setattr(asking, "addresses_of", lambda _, found=found: found)
        monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("somebody was asked"))
        assert fault_of(f"https://{NAME}:{port}/system") is Fault.NOT_PUBLIC
    monkeypatch.setattr(asking, "addresses_of", lambda _: ())
    assert fault_of(f"https://{NAME}/system") is Fault.NO_ANSWER


def test_this_machine_is_asked_only_where_that_is_allowed(council: Council) -> None:
    assert fault_of(f"{council.base}/system") is Fault.ADDRESS
    assert council.asked == []
    assert fetch(f"{council.base}/system", Budget(local=True))[1].startswith(b"{")


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "rat.example",
            "ftp://rat.example/",
            "file:///etc/passwd",
            "https://",
            "https:///x",
            "https://intranet/",
        ),
        *(
            "https://u:p@rat.example/",
            "https://u@rat.example/",
            "https://rat.example/#a",
            "https://rat.example:0/",
        ),
        *(
            "https://rat.example:99999/",
            "https://rat.example/\r\nHost: a",
            "https://rat.example/a b",
            "https://[::1",
        ),
        *(
            "http://rat.example/",
            "http://10.0.0.1/",
            "https://rät.example/",
            "https://rat.example/" + "a" * 500,
        ),
    ],
)
def test_what_is_no_address_is_not_asked(address: str) -> None:
    assert not is_source_address(address)
    assert fault_of(address, local=True) is Fault.ADDRESS


def test_who_was_asked_safely_is_asked_safely_again() -> None:
    assert joined("https://rat.example/a", "http://rat.example/b") == "https://rat.example/b"
    assert joined("https://rat.example/a/", "b?c=1") == "https://rat.example/a/b?c=1"
    assert joined("http://127.0.0.1:1/", "http://127.0.0.1:2/") == "http://127.0.0.1:2/"


def test_redirections_are_followed_three_times(council: Council) -> None:
    for number in range(4):
        council.answers[f"/{number}"] = (307, f"/{number + 1}")
    council.answers["/4"] = b"here"
    assert fetch(f"{council.base}/1", Budget(local=True)) == (f"{council.base}/4", b"here")
    assert fault_of(f"{council.base}/0", local=True) is Fault.LED_ASTRAY


def _drop_by_drop(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte of the body every moment, for ever."""
    handler.send_response(200)
    handler.end_headers()
    _drip(handler, b" ")


def _drop_heads(handler: BaseHTTPRequestHandler) -> None:
    """Send a letter of the head every moment, for ever."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
    _drip(handler, b"x")


def _drip(handler: BaseHTTPRequestHandler, drop: bytes) -> None:
    try:
        while True:
            handler.wfile.write(drop)
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        handler.close_connection = True


@pytest.mark.parametrize("slow", [_drop_by_drop, _drop_heads])
def test_who_answers_drop_by_drop_is_cut_off(council: Council, slow: Any) -> None:
    council.answers["/slow"] = slow
    began = time.monotonic()
    assert fault_of(f"{council.base}/slow", local=True, seconds=0.3) is Fault.TOO_SLOW
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "said",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 99999 x\r\n\r\n", b"HTTP/1.0 200 OK\r\n" + b"A: b\r\n" * 200],
)
def test_what_is_not_http_is_no_answer(council: Council, said: bytes) -> None:
    council.answers["/odd"] = lambda handler: handler.wfile.write(said)
    assert fault_of(f"{council.base}/odd", local=True) is Fault.NO_ANSWER


def test_a_port_at_which_nobody_listens_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert fault_of(f"http://127.0.0.1:{port}/", local=True) is Fault.NO_ANSWER


class _Safe(BaseHTTPRequestHandler):
    """Says which host it was asked for."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(self.headers["Host"]).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def safe(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A server with a certificate for NAME on the loopback address: its port, and the certificate."""
    both, alone = certificate_for(NAME, tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    with HTTPServer(("127.0.0.1", 0), _Safe) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port, alone
        server.shutdown()
        thread.join()


def test_the_connection_goes_to_what_was_checked_and_the_certificate_is_the_names(
    safe: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, known = safe
    looked_up: list[str] = []

    def once(name: str) -> tuple[str, ...]:
        looked_up.append(name)
        return ("127.0.0.1",) if len(looked_up) == 1 else ("10.0.0.1",)

    monkeypatch.setattr(asking, "addresses_of", once)
    monkeypatch.setenv("SSL_CERT_FILE", str(known))
    answer = fetch(f"https://{NAME}:{port}/", Budget(seconds=5, local=True))
    assert answer[1] == f"{NAME}:{port}".encode()
    assert looked_up == [NAME]
    looked_up.clear()
    assert fault_of(f"https://other.example:{port}/", local=True) is Fault.CERTIFICATE
    monkeypatch.delenv("SSL_CERT_FILE")
    looked_up.clear()
    assert fault_of(f"https://{NAME}:{port}/", local=True) is Fault.CERTIFICATE
