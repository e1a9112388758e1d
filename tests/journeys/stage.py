"""The whole house on one machine: web processes, worker, mail server and a database of its own."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import psycopg

from kreisportal.catalogue.snapshot_keeper import POLL_SECONDS
from kreisportal.kernel.paths import project_folder
from tests.bundid.saml.issuing import write_settings
from tests.journeys import mailbox
from tests.support.programs import fetch_xmlsec1
from tests.support.server import DatabaseCopy

SECRET_KEY = "a-key-for-journeys-only-0123456789-abcdef"
_RECEIPT_KEY = base64.b64encode(bytes(range(32))).decode()
_START_SECONDS, _STOP_SECONDS = 120, 20
_HEAR_SECONDS = 60
"""How long somebody waits for a change, on a machine that has other things to do."""
_AGREED_ANSWERS, _AGREED_SECONDS = 16, 2.5 * POLL_SECONDS
"""By that many equal answers in a row, over that time, every web process has heard of a change."""


@dataclass(frozen=True)
class Stage:
    """A running deployment. Everything that journeys do, they do by its pages and mails."""

    port: int
    mails: mailbox.Mailbox
    database: DatabaseCopy
    folder: Path

    def portal(self, slug: str, path: str = "/de/") -> str:
        """The address of a page on a town's portal."""
        return f"http://{slug}.localhost:{self.port}{path}"

    def desk(self, slug: str, path: str = "/de/") -> str:
        """The address of a page on a town's desk."""
        return self.portal(f"verwaltung.{slug}", path)

    def read(self, slug: str, path: str = "/de/", seconds: float = _STOP_SECONDS) -> str:
        """A page of a town's portal as a new visitor's browser gets it, without the browser."""
        status, page = self._ask(slug, path, seconds)
        assert status == HTTPStatus.OK, status
        return page

    def status(self, slug: str, path: str = "/de/") -> int:
        """What a town's portal answers, with nobody who goes where it leads."""
        return self._ask(slug, path, _STOP_SECONDS)[0]

    def _ask(self, slug: str, path: str, seconds: float) -> tuple[int, str]:
        asking = HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        with closing(asking):
            asking.request("GET", path, headers={"Host": f"{slug}.localhost:{self.port}"})
            answer = asking.getresponse()
            return answer.status, str(answer.read(), "utf-8")

    def seconds_until(self, seen: Callable[[], bool]) -> float:
        """How long it takes until all web processes have heard of a change, as ``seen`` tells of one answer.

        They ask one by one, and the one that answers may be the one that has not heard yet.
        """
        since = first = time.monotonic()
        agreed = 0
        while agreed < _AGREED_ANSWERS or time.monotonic() < first + _AGREED_SECONDS:
            agreed = agreed + 1 if seen() else 0
            first = time.monotonic() if agreed <= 1 else first
            assert time.monotonic() < since + _HEAR_SECONDS, "nothing changed"
        return first - since

    def wait_until_open(self, process: subprocess.Popen[bytes]) -> None:
        """Come back when the first page is served; who asks too early is kept waiting by the socket."""
        for _ in range(_START_SECONDS):
            assert process.poll() is None, self.logs()
            with suppress(TimeoutError):
                self.read("vechta", seconds=1)
                return
        raise AssertionError(self.logs())

    def logs(self) -> str:
        """What web processes and worker have said so far."""
        return "".join(file.read_text("utf-8") for file in sorted(self.folder.glob("*.log")))

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """Take the database away from the program: it is not let in, and what is in is thrown out."""
        name = self.database.name
        with psycopg.connect(self.database.server.address, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = %s AND usename <> current_user",
                [name],
            )
            try:
                yield
            finally:
                connection.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')

    @contextmanager
    def broken(self, function: str) -> Iterator[None]:
        """Break the program's way to something: a function of the database goes by another name for a while."""
        with self.database.superuser() as connection:
            found = "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'definer'::regnamespace"
            ((signature,),) = connection.execute(found + " AND proname = %s", [function]).fetchall()
            arguments = signature[signature.index("(") :]
            connection.execute(f"ALTER FUNCTION {signature} RENAME TO gone")
            try:
                yield
            finally:
                connection.execute(f"ALTER FUNCTION definer.gone{arguments} RENAME TO {function}")


@contextmanager
def opened(database: DatabaseCopy, folder: Path, *, mode: str = "production") -> Iterator[Stage]:
    """Web processes and worker as an operator starts them, until the end of the block."""
    fetch_xmlsec1()
    with ExitStack() as house:
        mails = house.enter_context(mailbox.serving())
        # The socket is ours and handed over, so no other process can take the port, and who comes early waits.
        listening = house.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
        port = listening.getsockname()[1]
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
            "KREISPORTAL_MODE": mode,
            "SECRET_KEY": SECRET_KEY,
            "RECEIPT_KEY": _RECEIPT_KEY,
            "DATABASE_URL": database.url(),
            "DATA_FOLDER": str(folder),
            "MAIL_URL": f"smtp://127.0.0.1:{mails.port}",
            "PUBLIC_PORT": str(port),
            # Windows say where they come from, as a proxy would: limits count by address.
            "TRUSTED_PROXIES": "127.0.0.1",
            "SAML_FILE": str(write_settings(folder)),
        }
        web = [
            *(
                sys.executable,
                "-m",
                "gunicorn",
                "--config",
                str(project_folder() / "deploy/gunicorn.conf.py"),
            ),
            *("--bind", f"fd://{listening.fileno()}", "--workers", "2", "wsgi:app"),
        ]
        served = house.enter_context(_running("web", web, environment, folder, listening.fileno()))
        worker = [sys.executable, "-m", "kreisportal.cli", "worker"]
        house.enter_context(_running("worker", worker, environment, folder))
        stage = Stage(port, mails, database, folder)
        stage.wait_until_open(served)
        yield stage


@contextmanager
def _running(
    name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path, *sockets: int
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=project_folder(), env=environment, stdout=log, stderr=log, pass_fds=sockets
        )
        try:
            yield process
            assert process.poll() is None, (folder / f"{name}.log").read_text("utf-8")
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
