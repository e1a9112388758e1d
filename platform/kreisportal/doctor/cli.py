"""The command ``kreisportal doctor``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import click
from rich import box
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy.exc import SQLAlchemyError

from kreisportal.doctor import database as of_database
from kreisportal.doctor import guards, keys, machine, mail, saml
from kreisportal.doctor.findings import Finding, Level, fault, ok
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.schema import seen_migration
from kreisportal.kernel.errors import UnavailableError
from kreisportal.settings import Settings, SettingsError, read_settings
from kreisportal.terminal import print_table

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.FAULT: "bold red"}
_WORKERS_CONNECTIONS = 4 * 2 + 6


@click.command()
def doctor() -> None:
    """Look whether everything is set up right.

    That is: settings, database, roles, row security, schema, clock, worker, host names, keys, mail, SAML, folders,
    disk, ClamAV, proxy. Exit code 1 if anything must not stay as it is.
    """
    findings = list(examine())
    columns = [Column(name, overflow="fold") for name in ("what", "how it is", "what to do")]
    table = Table("", *columns, box=box.SIMPLE)
    for finding in findings:
        colour = _COLOURS[finding.level]
        cells = (escape(finding.what), escape(finding.state), escape(finding.advice))
        table.add_row(f"[{colour}]{finding.level}[/]", *cells)
    print_table(table)
    if any(finding.level is Level.FAULT for finding in findings):
        sys.exit(1)


def examine() -> Iterator[Finding]:
    """Everything that can be looked at with the settings of the environment."""
    try:
        settings = read_settings()
    except SettingsError as error:
        for name, reasons in sorted(error.faults.items()):
            yield fault("settings", f"{name} {' '.join(reasons)}", "See deploy/environment.example.")
        return
    yield ok("settings", f"complete, for {settings.mode}")
    yield from _database(settings)
    yield from mail.examine_mail(settings)
    yield from saml.examine_saml(settings)
    yield from machine.examine_folders(settings)
    yield from machine.examine_disk(settings)
    yield from machine.examine_snapshot(settings)
    yield from machine.examine_static()
    yield from machine.examine_scanner(settings)
    yield from machine.examine_proxy(settings)


def _database(settings: Settings) -> Iterator[Finding]:
    database = Database(settings.database_url, pool_size=1)
    processes = int(os.environ.get("WEB_PROCESSES", "2"))
    try:
        yield from of_database.examine_role(database)
        with database.engine.connect() as connection:
            wanted = processes * settings.pool_size * 2 + _WORKERS_CONNECTIONS
            yield from of_database.examine_server(connection, wanted)
            yield from of_database.examine_clock(connection)
        schema = list(of_database.examine_schema(database))
        yield from schema
        with database.engine.connect() as connection:
            if seen_migration(connection):
                yield from guards.examine_row_security(connection)
                yield from guards.examine_definer(connection)
        owner = os.environ.get("DATABASE_OWNER_URL")
        if owner:
            yield from of_database.examine_owner(owner)
        if schema[0].level is not Level.FAULT:
            with database.engine.connect() as connection:
                yield from of_database.examine_worker(connection)
                yield from of_database.examine_region(connection)
            if not settings.demo:
                yield from of_database.examine_hosts(database)
            yield from keys.examine_keys(database, settings.secret_key)
    except (UnavailableError, SQLAlchemyError) as error:
        yield of_database.unreachable(error)
    finally:
        database.close()
