"""The history of a service: its versions, each with the release it came by, and putting an earlier one in force again."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.catalogue.files import SCHEMAS, Entry, cross_faults
from kreisportal.catalogue.models import CatalogueEntry, CatalogueRelease
from kreisportal.catalogue.publishing import Change, current, entry_in_force, publish_one, wait_for_others
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, DefinitionError, NotFoundError

SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a service: when it was published, by whom (None: a command) and from where, see ``CatalogueRelease``."""

    number: int
    at: datetime.datetime
    staff_id: uuid.UUID | None
    origin: str
    data: Mapping[str, Any]
    in_force: bool


def versions_of(session: Session, key: str) -> list[Version]:
    """All versions of a service, the newest first. Raises NotFoundError where there never was one."""
    query = (
        select(CatalogueEntry, CatalogueRelease)
        .join(CatalogueRelease, CatalogueEntry.release_id == CatalogueRelease.id)
        .where(CatalogueEntry.kind == SERVICE, CatalogueEntry.key == key)
        .order_by(CatalogueEntry.version.desc())
    )
    found = [
        Version(
            entry.version,
            release.published_at,
            release.staff_id,
            release.origin,
            entry.data,
            entry.retired_by is None,
        )
        for entry, release in session.execute(query)
    ]
    if not found:
        raise NotFoundError
    return found


def take_back(session: Session, context: Context, key: str, number: int, seen: int) -> Change | None:
    """Publish an earlier version again, as a new release; None if it says what is in force.

    Raises NotFoundError for a version that there never was, ConflictError if another version than the one ``seen`` is
    in force by now, and DefinitionError if what it names is gone.
    """
    wait_for_others(session)
    now = entry_in_force(session, SERVICE, key)
    if now.version != seen:
        raise ConflictError(f"another version of {key} has come in force meanwhile")
    earlier = session.get(CatalogueEntry, (SERVICE, key, number))
    if earlier is None:
        raise NotFoundError
    entry = Entry(SERVICE, key, earlier.data)
    faults = _faults(session, entry)
    if faults:
        raise DefinitionError(faults)
    change = publish_one(session, entry, context.staff_id, "back")
    if change:
        record(session, context, "catalogue-taken-back", SERVICE, key, version=number)
    return change


def _faults(session: Session, entry: Entry) -> list[str]:
    """What an earlier version names that is not there any more, and what would not be accepted today."""
    try:
        SCHEMAS[SERVICE].load(dict(entry.data))
    except ValidationError as error:
        return [f"{entry.key}: {error}"]
    now = {place: Entry(row.kind, row.key, row.data) for place, row in current(session).items()}
    whole = {**now, (entry.kind, entry.key): entry}
    forms = {key for kind, key in now if kind == "form"}
    placed = [(each, each.key) for each in whole.values() if each.kind != "form"]
    return list(cross_faults(placed, forms))
