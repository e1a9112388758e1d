"""The demonstration: an embedded PostgreSQL, the region with its towns, and all processes, by one command."""

from __future__ import annotations

import base64
import fcntl
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import click
import psycopg
from rich.console import Console

from kreisportal.access.roles import Role
from kreisportal.bundles.files import add_missing
from kreisportal.catalogue.cli import read_all
from kreisportal.catalogue.queries import current_entries
from kreisportal.catalogue.reading_in import read_in
from kreisportal.catalogue.snapshot import Catalogue
from kreisportal.credentials.passwords import Passwords
from kreisportal.kernel.database import Database, migrate
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.database.embedded import DATABASE, SUPERUSER, EmbeddedServer, default_folder
from kreisportal.kernel.database.roles import APPLICATION, OWNER, create_database_sql, create_roles_sql
from kreisportal.kernel.paths import project_folder, shipped
from kreisportal.settings import demo_file, read_demo_file, read_settings
from kreisportal.staff.demo_staff import DemoSignIn, fill_demo_region_staff, fill_demo_staff
from kreisportal.tenancy.cli import add_one
from kreisportal.tenancy.definition_region import read_tenants
from kreisportal.tenancy.directory import import_directory, read_directory
from kreisportal.tenancy.host_names import add_host
from kreisportal.tenancy.importing import import_order

_STOP_SECONDS = 30


def prepare_database(server: EmbeddedServer, name: str = DATABASE) -> None:
    """Roles, database and schema, each only if missing. The server must be running."""
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(create_roles_sql())
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            for statement in create_database_sql(name):
                connection.execute(statement)
    migrate.upgrade(server.url(OWNER, name))


def fill_region(database: Database) -> None:
    """The catalogue, all tenants and the bundles of the files; what is there already is merged, or stays."""
    entries = read_all(shipped("catalogue"))
    with database.transaction(REGION) as session:
        read_in(session, entries)
    with database.transaction(REGION) as session:
        add_host(session, "konto.localhost", "account", None, canonical=True)
        add_host(session, "region.localhost", "region", None, canonical=True)
        import_directory(session, read_directory(shipped("tenants") / "_directory" / "niedersachsen.csv"))
    for definition in import_order(read_tenants(shipped("tenants"))):
        add_one(database, definition)
    with database.transaction(REGION) as session:
        add_missing(session, shipped("catalogue") / "bundles", Catalogue(current_entries(session)).services)


def environment(server: EmbeddedServer, port: int) -> dict[str, str]:
    """The settings of the demonstration. Its keys are made once and kept, so that sessions live on."""
    file = demo_file()
    known = read_demo_file()
    values = {
        "SECRET_KEY": known.get("SECRET_KEY") or secrets.token_urlsafe(48),
        "RECEIPT_KEY": known.get("RECEIPT_KEY") or base64.b64encode(secrets.token_bytes(32)).decode(),
        "KREISPORTAL_MODE": "demo",
        "DATABASE_URL": server.url(APPLICATION),
        "DATABASE_OWNER_URL": server.url(OWNER),
        "DATA_FOLDER": str(file.parent),
        "MAIL_URL": f"folder:{file.parent / 'mail'}",
        "PUBLIC_PORT": str(port),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")
    return values


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port of all sites."
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Number of web processes."
)
def demo(port: int, workers: int) -> None:
    """Run the demo region with its towns until Ctrl-C. Started again, it keeps its data."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    console = Console()
    server = EmbeddedServer(default_folder(project_folder()))
    with suppress(KeyboardInterrupt), _alone(), _socket(port) as listening:
        try:
            people = _prepare(console, server, port)
            _serve(listening, workers, lambda: _announce(console, port, people))
        finally:
            server.stop()


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the folder for this demonstration: two at once would stop each other's database."""
    folder = demo_file().parent
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(
                "The demonstration of this folder is running already, perhaps at another port."
            ) from None
        yield


@contextmanager
def _socket(port: int) -> Iterator[socket.socket]:
    """The socket that the web processes will listen at; taken first, so that nothing is prepared in vain."""
    try:
        listening = socket.create_server(("127.0.0.1", port), backlog=512)
    except OSError as error:
        advice = f"Choose another one: make run PORT={port + 100}"
        raise click.ClickException(f"Port {port} cannot be had ({error.strerror}). {advice}") from None
    with listening:
        yield listening


def _prepare(console: Console, server: EmbeddedServer, port: int) -> list[DemoSignIn]:
    """Database, towns, catalogue and staff, as far as they are not there yet."""
    with console.status("Database"):
        server.start()
        prepare_database(server)
    os.environ.update(environment(server, port))
    database = Database(server.url(APPLICATION))
    try:
        with console.status("Towns and services"):
            fill_region(database)
            settings, passwords = read_settings(), Passwords()
            towns = fill_demo_staff(database, settings, passwords)
            return towns + fill_demo_region_staff(database, settings, passwords)
    finally:
        database.close()


def _announce(console: Console, port: int, people: list[DemoSignIn]) -> None:
    """The addresses of all towns, two of them first, and how to sign in at their desks."""
    lines = ["", f"[bold]Kreisportal[/]  http://localhost:{port}", ""]
    lines += [f"  http://konto.localhost:{port}", "      one account for citizens in all towns", ""]
    of_region = [person for person in people if person.role in (Role.OPERATOR, Role.DISTRICT_ADMIN)]
    lines += [f"  http://region.localhost:{port}", "      all towns, for those who run the region"]
    lines += [_line(person) for person in of_region] + [""]
    at_desks = [person for person in people if person not in of_region]
    slugs = dict.fromkeys(["vechta", "cloppenburg", *(person.slug for person in at_desks)])
    for name in slugs:
        lines += [f"  http://{name}.localhost:{port}", f"  http://verwaltung.{name}.localhost:{port}"]
        lines += [_line(person) for person in at_desks if person.slug == name] + [""]
    lines += [
        f"  Code for signing in at a desk:  {sys.argv[0]} staff code E-MAIL --tenant TOWN",
        f"  Code for signing in at region.localhost:  {sys.argv[0]} region-staff code E-MAIL",
        f"  Mails that would be sent lie in  {demo_file().parent / 'mail'}",
        "  Ctrl-C ends it; started again, it keeps its data.",
        "",
    ]
    console.print("\n".join(lines), soft_wrap=True, highlight=False)


def _line(person: DemoSignIn) -> str:
    """How to sign in as somebody."""
    return f"      {person.role.value:14} {person.email:50} {person.password}"


def _serve(listening: socket.socket, workers: int, announce: Callable[[], None]) -> None:
    """Web processes and worker until one ends by itself or somebody presses Ctrl-C."""
    number = listening.fileno()
    web = [sys.executable, "-m", "gunicorn", "--config", str(shipped("deploy") / "gunicorn.conf.py")]
    web += ["--bind", f"fd://{number}", "--workers", str(workers), "--log-level", "warning", "wsgi:app"]
    worker = [sys.executable, "-m", "kreisportal.cli", "worker"]
    processes = [subprocess.Popen(web, cwd=project_folder(), pass_fds=[number])]
    try:
        processes.append(subprocess.Popen(worker, cwd=project_folder()))
        _wait_for_answer(listening.getsockname()[1], processes)
        announce()
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        raise click.ClickException("A process of the demonstration has ended by itself, see above.")
    finally:
        _stop(processes)


def _wait_for_answer(port: int, processes: list[subprocess.Popen[bytes]]) -> None:
    """Until the sites answer, or a process has ended."""
    while all(process.poll() is None for process in processes):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("HEAD", "/", headers={"Host": f"localhost:{port}"})
            connection.getresponse()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask the processes to end, and end those that do not."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(_STOP_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()
            process.wait()
