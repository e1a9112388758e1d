"""The demonstration: an embedded PostgreSQL, the region with its towns, and all processes, by one command."""

from __future__ import annotations

import base64
import os
import secrets
import signal
import subprocess
import sys
import time

import click
import psycopg
from rich.console import Console

from kreisportal.catalogue.cli import read_all
from kreisportal.catalogue.publishing import publish
from kreisportal.kernel.database import Database, migrate
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.database.embedded import DATABASE, SUPERUSER, EmbeddedServer, default_folder
from kreisportal.kernel.database.roles import APPLICATION, OWNER, create_database_sql, create_roles_sql
from kreisportal.kernel.paths import project_folder, shipped
from kreisportal.settings import demo_file, read_demo_file, read_settings
from kreisportal.staff.demo_staff import DemoSignIn, fill_demo_staff
from kreisportal.staff.passwords import Passwords
from kreisportal.tenancy.cli import add_one
from kreisportal.tenancy.definition_region import read_tenants
from kreisportal.tenancy.importing import import_order

_STOP_SECONDS = 10


def prepare_database(server: EmbeddedServer, name: str = DATABASE) -> None:
    """Roles, database and schema, each only if missing. The server must be running."""
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(create_roles_sql())
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            for statement in create_database_sql(name):
                connection.execute(statement)
    migrate.upgrade(server.url(OWNER, name))


def fill_region(database: Database) -> None:
    """The catalogue and all tenants of the files; what is there already is merged."""
    entries = read_all(shipped("catalogue"))
    with database.transaction(REGION) as session:
        publish(session, entries)
    for definition in import_order(read_tenants(shipped("tenants"))):
        add_one(database, definition)


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
    file.write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")
    file.chmod(0o600)
    return values


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port of all sites.")
@click.option("--workers", default=2, show_default=True, help="Number of web processes.")
def demo(port: int, workers: int) -> None:
    """Run the demo region with its towns until Ctrl-C. Started again, it keeps its data."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    console = Console()
    server = EmbeddedServer(default_folder(project_folder()))
    started = server.start()
    try:
        prepare_database(server)
        os.environ.update(environment(server, port))
        database = Database(server.url(APPLICATION))
        with console.status("Towns and services"):
            fill_region(database)
            people = fill_demo_staff(database, read_settings(), Passwords())
        database.close()
        _announce(console, port, people)
        _serve(port, workers)
    finally:
        if started:
            server.stop()


def _announce(console: Console, port: int, people: list[DemoSignIn]) -> None:
    """The addresses of two towns, and how to sign in at their desks."""
    lines = ["", f"[bold]Kreisportal[/]  http://localhost:{port}", ""]
    for name in ("vechta", "cloppenburg"):
        lines += [f"  http://{name}.localhost:{port}", f"  http://verwaltung.{name}.localhost:{port}"]
        for person in (person for person in people if person.slug == name):
            lines.append(f"      {person.role.value:13} {person.email:42} {person.password}")
        lines.append("")
    lines += [
        "  Code for signing in at a desk:  .venv/bin/kreisportal staff code E-MAIL --tenant TOWN",
        f"  Mails that would be sent lie in  {demo_file().parent / 'mail'}",
        "  Ctrl-C ends it; started again, it keeps its data.",
        "",
    ]
    console.print("\n".join(lines), soft_wrap=True, highlight=False)


def _serve(port: int, workers: int) -> None:
    """Web processes and worker until one ends or somebody presses Ctrl-C."""
    bind = f"127.0.0.1:{port}"
    web = [sys.executable, "-m", "gunicorn", "--config", str(shipped("deploy") / "gunicorn.conf.py")]
    commands = [
        [*web, "--bind", bind, "--workers", str(workers), "wsgi:app"],
        [sys.executable, "-m", "kreisportal.cli", "worker"],
    ]
    processes = [subprocess.Popen(command, cwd=project_folder()) for command in commands]
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(_STOP_SECONDS)
