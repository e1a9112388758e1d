"""The program as it runs in production: gunicorn with its own configuration, spoken to in raw bytes; what is rendered."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import render_template

from kreisportal.web import slots
from tests.support.server import DatabaseCopy

PROJECT = Path(__file__).parents[2]
_START_SECONDS = 60


@dataclass(frozen=True)
class Reply:
    """What came back over the wire. ``headers`` are by small name; one that stands there twice is joined."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Running:
    """A running gunicorn with its ports and its Unix socket."""

    port: int
    internal_port: int
    unix: str

    def send(self, request: bytes, *, unix: bool = False, internal: bool = False) -> Reply:
        """Send bytes as they are and read until the server closes the connection."""
        family = socket.AF_UNIX if unix else socket.AF_INET
        address = self.unix if unix else ("127.0.0.1", self.internal_port if internal else self.port)
        with socket.socket(family) as connection:
            connection.settimeout(10)
            connection.connect(address)
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, body = received.partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            known = headers.get(name.lower())
            headers[name.lower()] = f"{known}, {value.strip()}" if known else value.strip()
        return Reply(int(status_line.split()[1]), headers, body)

    def get(
        self,
        target: str,
        *lines: str,
        host: str = "vechta.localhost",
        unix: bool = False,
        method: str = "GET",
    ) -> Reply:
        """Ask for a target at a town's host."""
        head = [
            f"{method} {target} HTTP/1.1",
            f"Host: {host}:{self.port}",
            "Connection: close",
            *lines,
            "",
            "",
        ]
        return self.send("\r\n".join(head).encode("latin-1"), unix=unix)


def _listening(path: str | None = None) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listener.bind(path or ("127.0.0.1", 0))
    listener.listen(64)
    return listener


@pytest.fixture(scope="module")
def gunicorn(region: DatabaseCopy) -> Iterator[Running]:
    """One worker of the real server on sockets of its own, which no other process can take in between."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _listening() as public,
        _listening() as internal,
        _listening(f"{folder}/web.sock") as unix,
    ):
        running = Running(public.getsockname()[1], internal.getsockname()[1], unix.getsockname())
        descriptors = (public.fileno(), internal.fileno(), unix.fileno())
        settings = {
            "DATABASE_URL": region.url(),
            "SECRET_KEY": "a-key-for-tests-only-0123456789-abcdef",
            "RECEIPT_KEY": base64.b64encode(bytes(range(32))).decode(),
            "MAIL_URL": f"folder:{folder}/mail",
            "DATA_FOLDER": folder,
            "PUBLIC_PORT": str(running.port),
            "INTERNAL_PORT": str(running.internal_port),
            "WEB_PROCESSES": "1",
            "PYTHONPATH": f"{PROJECT / 'platform'}:{PROJECT}",
            "PATH": os.environ["PATH"],
        }
        binds = [f"--bind=fd://{number}" for number in descriptors]
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            "deploy/gunicorn.conf.py",
            *binds,
            "wsgi:app",
        ]
        with Path(folder, "log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=PROJECT, env=settings, pass_fds=descriptors, stdout=log, stderr=log
            )
        try:
            _wait(process, running, Path(folder, "log"))
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], running: Running, log: Path) -> None:
    """Until the server answers; its sockets listen from the beginning, so the first request just waits."""
    limit = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < limit:
        try:
            if running.send(b"GET /healthz HTTP/1.0\r\n\r\n", internal=True).status == 200:
                return
        except OSError:
            continue
    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The templates that were rendered around slots, or whole in their place (web/slots.py)."""
    found: list[str] = []

    def note(template: str, **values: Any) -> str:
        found.append(template)
        return render_template(template, **values)

    monkeypatch.setattr(slots, "render_template", note)
    yield found
