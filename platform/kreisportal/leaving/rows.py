"""A town's rows as lines of JSON, out of the database and into it. Whoever asks must see all rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from kreisportal.kernel.errors import NotFoundError
from kreisportal.leaving.tables import BEGINNING, Packed

# What of a town has a column of its own, other than its number and that of its district.
_FACTS = ("slug", "code", "kind", "ars", "has_portal", "state", "profile", "imported")
_BATCH = 500


def town_id(connection: psycopg.Connection, slug: str) -> int:
    """A town's number. Raises NotFoundError."""
    row = connection.execute("SELECT id FROM tenants WHERE slug = %s", (slug,)).fetchone()
    if row is None:
        raise NotFoundError(f"there is no tenant {slug}")
    return int(row[0])


def slugs(connection: psycopg.Connection) -> dict[int, str]:
    """What every tenant is called in addresses, by number."""
    return dict(connection.execute("SELECT id, slug FROM tenants").fetchall())


def facts_of(connection: psycopg.Connection, slug: str) -> dict[str, Any]:
    """A tenant with the slug of its district, and its host names. Raises NotFoundError."""
    number = town_id(connection, slug)
    columns = SQL(", ").join(SQL("{0}, t.{1}").format(Literal(name), Identifier(name)) for name in _FACTS)
    query = SQL(
        "SELECT jsonb_build_object('district', p.slug, {}, 'hosts', (SELECT coalesce(jsonb_agg(jsonb_build_object("
        "'host', h.host, 'site', h.site, 'canonical', h.canonical) ORDER BY h.host), '[]') FROM hosts h"
        " WHERE h.tenant_id = t.id)) FROM tenants t LEFT JOIN tenants p ON p.id = t.parent_id WHERE t.id = %s"
    ).format(columns)
    ((facts,),) = connection.execute(query, (number,)).fetchall()
    return dict(facts)


def read_lines(connection: psycopg.Connection, packed: Packed, tenant_id: int) -> Iterator[bytes]:
    """The rows of a table, a line of JSON each, in an order that depends on nothing but what they say."""
    known = slugs(connection)
    query = SQL(
        "SELECT (to_jsonb(t) - %(left)s::text[])::text FROM {} t WHERE tenant_id = %(town)s"
        ' ORDER BY (to_jsonb(t) - %(left)s::text[])::text COLLATE "C"'
    ).format(Identifier(packed.name))
    with connection.cursor(f"pack_{packed.name}") as cursor:
        cursor.itersize = _BATCH
        for (text,) in cursor.execute(query, {"left": list(packed.left), "town": tenant_id}):
            row = json.loads(text)
            for column in packed.towns:
                row[column] = known.get(row[column])
            yield _line(row)


def write_lines(
    connection: psycopg.Connection, packed: Packed, tenant_id: int, lines: Iterable[bytes]
) -> int:
    """Put lines back as rows of a town. Returns how many."""
    numbers = {slug: number for number, slug in slugs(connection).items()}
    statement = SQL(
        "INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(NULL::{0}, %s::jsonb)).*"
    ).format(Identifier(packed.name))
    count = 0
    with connection.cursor() as cursor:
        for line in lines:
            row = {**json.loads(line), **BEGINNING.get(packed.name, {}), "tenant_id": tenant_id}
            for column in packed.towns:
                row[column] = None if row[column] is None else numbers[row[column]]
            cursor.execute(statement, (json.dumps(row),))
            count += 1
    for column in packed.identities:
        # What is numbered from now on does not get a number that a line has brought along.
        connection.execute(
            SQL("SELECT setval(pg_get_serial_sequence({0}, {1}), greatest(max({2}), 1)) FROM {3}").format(
                Literal(packed.name), Literal(column), Identifier(column), Identifier(packed.name)
            )
        )
    return count


def delete_rows(connection: psycopg.Connection, packed: Packed, tenant_id: int) -> int:
    """Delete a town's rows of a table. Returns how many."""
    query = SQL("DELETE FROM {} WHERE tenant_id = %s").format(Identifier(packed.name))
    return connection.execute(query, (tenant_id,)).rowcount


def count_rows(connection: psycopg.Connection, packed: Packed, tenant_id: int) -> int:
    """How many rows a town has in a table."""
    query = SQL("SELECT count(*) FROM {} WHERE tenant_id = %s").format(Identifier(packed.name))
    (number,) = connection.execute(query, (tenant_id,)).fetchone() or (0,)
    return int(number)


def put_town(connection: psycopg.Connection, facts: Mapping[str, Any], parent_id: int | None) -> int:
    """A tenant with its host names; one that is known by its slug becomes what the facts say. Returns its number."""
    columns = [*_FACTS, "parent_id"]
    values = {**{name: facts[name] for name in _FACTS}, "parent_id": parent_id}
    query = SQL(
        "INSERT INTO tenants ({0}) SELECT {0} FROM jsonb_populate_record(NULL::tenants, %s::jsonb)"
        " ON CONFLICT (slug) DO UPDATE SET {1} RETURNING id"
    ).format(
        SQL(", ").join(map(Identifier, columns)),
        SQL(", ").join(SQL("{0} = excluded.{0}").format(Identifier(name)) for name in columns),
    )
    ((number,),) = connection.execute(query, (json.dumps(values),)).fetchall()
    for host in facts["hosts"]:
        connection.execute(
            "INSERT INTO hosts (host, site, tenant_id, canonical) VALUES (%s, %s, %s, %s)",
            (host["host"], host["site"], number, host["canonical"]),
        )
    return int(number)


def _line(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
