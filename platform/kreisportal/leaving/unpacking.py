"""Reading a package back: the town is there with all its rows and files, or nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection

from kreisportal.documents.storage import Storage
from kreisportal.kernel.database import migrate
from kreisportal.kernel.errors import ConflictError
from kreisportal.leaving.connecting import driver_of, unbound
from kreisportal.leaving.package import TOWN, Reader
from kreisportal.leaving.rows import count_rows, put_town, slugs, write_lines
from kreisportal.leaving.tables import packed_tables


def unpack(connection: Connection, storage: Storage, reader: Reader) -> int:
    """Bring a town in from its package, as the owner of the tables. Returns how many rows came.

    Towns that its rows name and nobody knows here come in as authorities without a portal. Raises DefinitionError for a
    package that is not whole, ConflictError for one of another schema, or if the town is here already.
    """
    reader.check()
    if reader.manifest.schema != migrate.head():
        raise ConflictError(
            f"the package is of schema {reader.manifest.schema}, this deployment is at {migrate.head()}:"
            " bring both to the same version first"
        )
    told, driver = reader.json(TOWN), driver_of(connection)
    with unbound(driver):
        number = _add(driver, told)
        count = sum(
            write_lines(driver, packed, number, reader.lines(f"data/{packed.name}.jsonl"))
            for packed in packed_tables()
        )
        for path in reader.below("files"):
            with reader.open(path) as stream:
                storage.put(number, UUID(path.partition("/")[2]), stream, _size(reader, path))
    return count


def _add(driver: psycopg.Connection, told: Mapping[str, Any]) -> int:
    """The town, its district and the towns beside it, as far as they are not here."""
    town = told["town"]
    known = {slug: number for number, slug in slugs(driver).items()}
    if town["slug"] in known:
        _check_empty(driver, town["slug"], known[town["slug"]])
    # A district comes before its towns.
    for each in sorted(told["neighbours"], key=lambda facts: facts["district"] is not None):
        if each["slug"] not in known:
            known[each["slug"]] = put_town(driver, each, known.get(each["district"]))
    return put_town(driver, town, known.get(town["district"]))


def _check_empty(driver: psycopg.Connection, slug: str, number: int) -> None:
    """An authority without a portal may come back; nobody is written over. Raises ConflictError."""
    portal = driver.execute("SELECT has_portal FROM tenants WHERE id = %s", (number,)).fetchone()
    if portal != (False,) or any(count_rows(driver, packed, number) for packed in packed_tables()):
        raise ConflictError(f"there is a tenant {slug} here already")


def _size(reader: Reader, path: str) -> int:
    return next(entry.size for entry in reader.manifest.entries if entry.path == path)
