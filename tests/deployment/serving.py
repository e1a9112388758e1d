"""The program as an operator runs it: gunicorn with deploy's settings, and requests as raw as one likes."""

from __future__ import annotations

import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from kreisportal.kernel.paths import project_folder

# As long as it takes on a machine that does much else; a server that ends by itself is noticed at once.
_SECONDS = 120
# Below the range from which the kernel takes ports for outgoing connections, so that nobody gets one in between.
_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A TCP port of the loopback address that nobody uses at the moment."""
    while True:
        port = secrets.choice(_PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def environment(database_url: str, folder: Path, **more: str) -> dict[str, str]:
    """Settings as deploy/environment.example has them, with a folder of its own."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(project_folder()), *sys.path]),
        "SECRET_KEY": "a-key-for-tests-only-0123456789-abcdef",
        "RECEIPT_KEY": base64.b64encode(bytes(range(32))).decode(),
        "DATABASE_URL": database_url,
        "DATA_FOLDER": str(folder),
        "MAIL_URL": f"folder:{folder / 'mail'}",
        "WEB_PROCESSES": "1",
        **more,
    }


def web_command() -> list[str]:
    """How kreisportal-web.service starts the program."""
    config = project_folder() / "deploy" / "gunicorn.conf.py"
    return [sys.executable, "-m", "gunicorn", "--config", str(config), "wsgi:app"]


def bare_command(port: int) -> list[str]:
    """gunicorn without any configuration of ours: its first process does not import the program, the second does."""
    return [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "wsgi:app"]


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], folder: Path, opened: int
) -> Iterator[subprocess.Popen[bytes]]:
    """A server's process until the end of the block; it is waited for until its port ``opened`` answers."""
    log = folder / f"{Path(command[0]).name}-{opened}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=dict(environment), stdout=output, stderr=output)
    try:
        _wait(process, opened, log)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"no answer at port {port}: {log.read_text(errors='replace')}")


def send_raw(target: tuple[str, int] | str, request: str) -> tuple[int, str]:
    """Status and whole answer to a request as it stands; ``target`` is an address or a Unix socket's path."""
    family = socket.AF_UNIX if isinstance(target, str) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(_SECONDS)
        connection.connect(target)
        connection.sendall(request.replace("\n", "\r\n").encode())
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode("utf-8", "replace")
    return int(answer.split(" ", 2)[1]), answer
