"""Erasing a town that has left: what its package holds is deleted here, and it is told what is gone."""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryFile
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb
from sqlalchemy import Connection

from kreisportal.documents.storage import Storage
from kreisportal.kernel.errors import ConflictError
from kreisportal.leaving.connecting import driver_of, unbound
from kreisportal.leaving.package import Reader
from kreisportal.leaving.packing import neighbour, pack
from kreisportal.leaving.rows import count_rows, delete_rows, facts_of, town_id
from kreisportal.leaving.tables import packed_tables
from kreisportal.tenancy.lifecycle import TenantState


@dataclass(frozen=True, slots=True)
class Erased:
    """What is gone: rows by table; ``left`` counts the rows that are still there, which is none."""

    town: str
    number: int
    content: str
    rows: dict[str, int]
    left: int


def erase(connection: Connection, storage: Storage, reader: Reader) -> Erased:
    """Delete all rows of the town that a package holds, as the owner of the tables. Its files go with ``erase_files``.

    It stays known as an authority without a portal, since other towns' cases name it. Raises DefinitionError for a
    package that is not whole; ConflictError for a town that is not closed, a district with towns, or a package that does
    not hold all that there is by now.
    """
    reader.check()
    slug, driver = reader.manifest.town, driver_of(connection)
    with unbound(driver):
        number = town_id(driver, slug)
        _check(driver, slug, number)
        # All is read once more, while nobody else can write: what came after the package was made is not lost.
        with TemporaryFile() as thrown_away:
            now = pack(connection, storage, slug, thrown_away)
        if now.content != reader.manifest.content:
            raise ConflictError(f"{slug} has changed since the package was made: pack it again")
        files = len(list(reader.below("files")))
        rows = {each.name: delete_rows(driver, each, number) for each in reversed(packed_tables())}
        _become_known(driver, slug, number)
        left = sum(count_rows(driver, each, number) for each in packed_tables())
        erased = Erased(slug, number, now.content, rows, left)
        driver.execute(
            "INSERT INTO region_audit_entries (actor, action, subject_kind, subject_id, data)"
            " VALUES ('region', 'tenant-erased', 'tenant', %s, %s)",
            (slug, Jsonb({"content": now.content, "rows": sum(rows.values()), "files": files})),
        )
    return erased


def erase_files(storage: Storage, erased: Erased) -> list[UUID]:
    """Delete the town's files, when its rows are gone, and tell their ids.

    No sweep will come here any more: what waited for it, such as a picture that was replaced, goes too.
    """
    return storage.clear(erased.number)


def _check(driver: psycopg.Connection, slug: str, number: int) -> None:
    row = driver.execute("SELECT state FROM tenants WHERE id = %s", (number,)).fetchone()
    if row != (TenantState.CLOSED.value,):
        raise ConflictError(f"close {slug} first: a portal that people use is not erased")
    if driver.execute("SELECT 1 FROM tenants WHERE parent_id = %s LIMIT 1", (number,)).fetchone():
        raise ConflictError(f"{slug} is the district of towns that are here")


def _become_known(driver: psycopg.Connection, slug: str, number: int) -> None:
    """The town has no host and no portal any more; nobody is signed in there, and no job of it waits."""
    facts = neighbour(facts_of(driver, slug))
    for table in ("session_grants", "sessions", "hosts"):
        driver.execute(SQL("DELETE FROM {} WHERE tenant_id = %s").format(Identifier(table)), (number,))
    driver.execute(
        "UPDATE tenants SET has_portal = false, state = 'open', profile = %s, imported = '{}' WHERE id = %s",
        (Jsonb(facts["profile"]), number),
    )
    driver.execute(
        "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND (args->>'tenant_id')::int = %s", (number,)
    )
