"""gunicorn with deploy's settings: what comes by which door, and what no header can change."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.deployment.serving import bare_command, environment, free_port, running, send_raw, web_command
from tests.support.server import DatabaseCopy

_TLS = "/tls?domain=vechta.localhost"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def internal_port(region: DatabaseCopy, folder: Path) -> Iterator[int]:
    """The program on a Unix socket ``web.sock`` and an internal port, behind a proxy that it trusts."""
    port = free_port()
    settings = environment(
        region.url(),
        folder,
        BIND=f"unix:{folder / 'web.sock'}",
        INTERNAL_PORT=str(port),
        TRUSTED_PROXIES="127.0.0.1",
    )
    with running(web_command(), settings, folder, port):
        yield port


@pytest.fixture(scope="module")
def public(region: DatabaseCopy, folder: Path) -> Iterator[tuple[tuple[str, int], int]]:
    """The program on a port, its address, and its internal port; no proxy is trusted."""
    port, internal = free_port(), free_port()
    settings = environment(
        region.url(), folder, BIND=f"127.0.0.1:{port}", INTERNAL_PORT=str(internal), PUBLIC_PORT=str(port)
    )
    with running(web_command(), settings, folder, internal):
        yield ("127.0.0.1", port), internal


def _get(path: str, host: str, *headers: str) -> str:
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "Connection: close", "", ""]
    return "\n".join(lines)


def test_the_internal_port_tells_health_readiness_and_known_hosts(internal_port: int) -> None:
    door = ("127.0.0.1", internal_port)
    assert send_raw(door, _get("/healthz", "localhost"))[0] == 200
    status, answer = send_raw(door, _get("/readyz", "localhost"))
    assert status == 200
    assert json.loads(answer.partition("\r\n\r\n")[2])["status"] == "ready"
    assert send_raw(door, _get(_TLS, "127.0.0.1"))[0] == 200
    assert send_raw(door, _get("/tls?domain=evil.example", "127.0.0.1"))[0] == 404


def test_the_internal_port_shows_no_site(internal_port: int) -> None:
    status, _ = send_raw(("127.0.0.1", internal_port), _get("/de/", "vechta.localhost"))
    assert status == 404


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "vechta.localhost:{port}"])
def test_a_host_with_the_internal_port_opens_nothing(
    internal_port: int, public: tuple[tuple[str, int], int], folder: Path, host: str
) -> None:
    status, answer = send_raw(str(folder / "web.sock"), _get(_TLS, host.format(port=internal_port)))
    assert status in (400, 421), answer
    address, internal = public
    status, answer = send_raw(address, _get(_TLS, host.format(port=internal)))
    assert status in (400, 421), answer


def test_the_internal_paths_are_not_there_on_a_site(public: tuple[tuple[str, int], int]) -> None:
    address, _ = public
    for path in ("/healthz", "/readyz", _TLS):
        assert send_raw(address, _get(path, f"vechta.localhost:{address[1]}"))[0] == 404


def test_a_peer_on_the_socket_is_the_proxy(internal_port: int, folder: Path) -> None:
    headers = ("X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Host: vechta.localhost")
    status, answer = send_raw(str(folder / "web.sock"), _get("/de/", "vechta.localhost", *headers))
    assert status == 200
    assert "strict-transport-security" in answer.lower()


@pytest.mark.parametrize("header", ["SCRIPT_NAME: /de", "Script-Name: /de", "PATH_INFO: /en/"])
def test_no_header_moves_the_path(internal_port: int, folder: Path, header: str) -> None:
    """A proxy passes on what it does not know; gunicorn would take it from any peer on a Unix socket."""
    forwarded = ("X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.1", header)
    status, answer = send_raw(str(folder / "web.sock"), _get("/de/suche", "vechta.localhost", *forwarded))
    assert status == 200
    assert '<html lang="de"' in answer
    assert 'href="/de/de/' not in answer


def test_schemes_that_contradict_each_other_are_no_error_of_the_server(
    internal_port: int, folder: Path
) -> None:
    headers = ("X-Forwarded-Proto: https", "X-Forwarded-Ssl: off", "X-Forwarded-Protocol: http")
    assert send_raw(str(folder / "web.sock"), _get("/de/", "vechta.localhost", *headers))[0] == 200


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET /de/ HTTP/1.1\nHost: evil.example\nConnection: close\n\n", 421),
        ("GET /de/ HTTP/1.1\nHost: vechta.localhost:{port}@evil\nConnection: close\n\n", 400),
        ("GET /de/ HTTP/1.0\n\n", 400),
        ("GET http://evil.example/de/ HTTP/1.1\nHost: vechta.localhost:{port}\nConnection: close\n\n", 400),
        ("TRACE /de/ HTTP/1.1\nHost: vechta.localhost:{port}\nConnection: close\n\n", 405),
        (
            "GET /de/ HTTP/1.1\nHost: vechta.localhost:{port}\nX-Forwarded-Proto: https\nConnection: close\n\n",
            400,
        ),
        (
            "GET /de/ HTTP/1.1\nHost: vechta.localhost:{port}\nX-Forwarded-For: 192.0.2.1\nConnection: close\n\n",
            400,
        ),
    ],
)
def test_what_is_not_properly_addressed_is_refused(
    public: tuple[tuple[str, int], int], request_text: str, status: int
) -> None:
    address, _ = public
    assert send_raw(address, request_text.format(port=address[1]))[0] == status


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("DATABASE_URL", "postgresql://postgres", "superuser"),
    ],
)
def test_a_wrong_setting_stops_the_start_in_words(
    region: DatabaseCopy, folder: Path, setting: str, value: str, says: str
) -> None:
    value = region.url(region.server.superuser) if says == "superuser" else value
    settings = environment(region.url(), folder, BIND=f"127.0.0.1:{free_port()}") | {setting: value}
    done = subprocess.run(
        web_command(), env=settings, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 3, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [web_command, lambda: bare_command(free_port())], ids=["deploy", "bare"])
def test_missing_settings_stop_the_start_once(folder: Path, command: Callable[[], list[str]]) -> None:
    """Also where a process of gunicorn's finds them, which it would otherwise begin again for ever."""
    settings = environment("", folder, BIND=f"127.0.0.1:{free_port()}", HOME=str(folder))
    for name in ("DATABASE_URL", "SECRET_KEY"):
        del settings[name]
    done = subprocess.run(
        command(), env=settings, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 3, done.stderr
    for name in ("DATABASE_URL", "SECRET_KEY"):
        assert done.stderr.count(f"  {name}: is missing") == 1, done.stderr
    assert "Traceback" not in done.stderr


def test_all_faults_of_the_settings_are_told_at_once(folder: Path) -> None:
    """Those that gunicorn's own configuration reads among them."""
    wrong = {
        "DATABASE_URL": "mysql://server/db",
        "INTERNAL_PORT": "none",
        "MAIL_URL": "mail.example",
        "SECRET_KEY": "short",
        "TRUSTED_PROXIES": "proxy.example",
        "WEB_PROCESSES": "many",
    }
    settings = environment("", folder, BIND=f"127.0.0.1:{free_port()}") | wrong
    done = subprocess.run(
        web_command(), env=settings, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 3, done.stderr
    assert all(f"  {name}: " in done.stderr for name in wrong), done.stderr
    assert "Traceback" not in done.stderr
