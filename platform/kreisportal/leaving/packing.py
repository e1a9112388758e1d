"""Packing a town: everything that belongs to it, as of one moment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from kreisportal.catalogue.offers import file_table
from kreisportal.catalogue.queries import offers_of
from kreisportal.documents.storage import Storage
from kreisportal.kernel.database import migrate
from kreisportal.leaving.connecting import driver_of
from kreisportal.leaving.package import TOWN, Manifest, Writer
from kreisportal.leaving.rows import facts_of, read_lines, town_id
from kreisportal.leaving.tables import Packed, packed_tables
from kreisportal.tenancy.export import export_files
from kreisportal.tenancy.models import Host, Tenant
from kreisportal.tenancy.town_picture import picture_of

_CHUNK = 1 << 20
_OF_NEIGHBOURS = ("state", "name", "contact", "places")


def pack(connection: Connection, storage: Storage, slug: str, stream: BinaryIO) -> Manifest:
    """Write the package of a town. The connection must see all rows. Raises NotFoundError for a town or a file."""
    driver = driver_of(connection)
    number = town_id(driver, slug)
    facts = facts_of(driver, slug)
    with closing(Writer(stream)) as writer:
        for name, content in _folder(connection, number, facts["district"]).items():
            writer.add(f"tenant/{name}", [content.encode()])
        named = {facts["district"]} - {None}
        documents: list[UUID] = []
        for packed in packed_tables():
            lines = read_lines(driver, packed, number)
            writer.add(f"data/{packed.name}.jsonl", _watched(lines, packed, named, documents))
        neighbours = [neighbour(facts_of(driver, each)) for each in sorted(named - {slug})]
        writer.add(TOWN, [json.dumps({"town": facts, "neighbours": neighbours}, sort_keys=True).encode()])
        documents += _pictures(writer, storage, number, facts["profile"])
        for document in sorted(documents):
            writer.add(f"files/{document}", _content(storage, number, document))
        return writer.finish(slug, migrate.head())


def _pictures(writer: Writer, storage: Storage, number: int, profile: Mapping[str, Any]) -> list[UUID]:
    """The picture of the town lies in its folder too. Returns under which ids it is kept: one, or none."""
    picture = picture_of(profile.get("brand", {}))
    if picture is None:
        return []
    writer.add(f"tenant/{picture.file}", _content(storage, number, picture.id))
    return [picture.id]


def neighbour(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Another town as an authority without a portal: what anybody knows of it."""
    profile = {name: value for name, value in facts["profile"].items() if name in _OF_NEIGHBOURS}
    return {**facts, "has_portal": False, "state": "open", "profile": profile, "imported": {}, "hosts": []}


def _folder(connection: Connection, number: int, district: str | None) -> dict[str, str]:
    """The town's files as `kreisportal tenant export` writes them."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        tenant = session.get_one(Tenant, number)
        hosts = list(session.scalars(select(Host).where(Host.tenant_id == number)))
        offers = {key: file_table(offer) for key, offer in offers_of(session, number).items()}
        return export_files(tenant, district, hosts, offers)


def _watched(
    lines: Iterator[bytes], packed: Packed, named: set[str | None], documents: list[UUID]
) -> Iterator[bytes]:
    """The lines of a table; the towns and documents that they name are noted on the way."""
    for line in lines:
        row = json.loads(line)
        named.update(row[column] for column in packed.towns if row[column] is not None)
        if packed.name == "documents":
            documents.append(UUID(row["id"]))
        yield line


def _content(storage: Storage, number: int, document: UUID) -> Iterator[bytes]:
    with storage.open(number, document) as stream:
        while piece := stream.read(_CHUNK):
            yield piece
