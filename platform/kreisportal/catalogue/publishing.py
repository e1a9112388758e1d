"""Publishing the catalogue, whole or one entry of it: all of it at once, as new versions that never change."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Update, func, select, text, update
from sqlalchemy.orm import Session

from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.models import CatalogueEntry, CatalogueRelease
from kreisportal.kernel.errors import NotFoundError

_ONE_AFTER_THE_OTHER = text("SELECT pg_advisory_xact_lock(hashtext('kreisportal.catalogue'))")


@dataclass(frozen=True, slots=True)
class Change:
    """What publishing does to one entry. ``what`` is added, changed or removed; ``fields`` those that differ."""

    what: str
    kind: str
    key: str
    fields: tuple[str, ...] = ()


def digest(entry: Entry) -> str:
    """SHA-256 of an entry's canonical JSON, 64 hexadecimal digits."""
    text = json.dumps(entry.data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def difference(session: Session, entries: Iterable[Entry]) -> list[Change]:
    """What publishing ``entries`` would change, in the order of the entries, removals last."""
    now = current(session)
    changes: list[Change] = []
    for entry in entries:
        known = now.pop((entry.kind, entry.key), None)
        if known is None:
            changes.append(Change("added", entry.kind, entry.key))
        elif known.digest != digest(entry):
            changes.append(Change("changed", entry.kind, entry.key, differing(known.data, entry.data)))
    return changes + [Change("removed", kind, key) for kind, key in sorted(now)]


def publish(session: Session, entries: list[Entry], staff_id: uuid.UUID | None = None) -> list[Change]:
    """Make ``entries`` the region's catalogue: one release, atomic with the session's transaction.

    Unchanged entries keep their version. Returns the changes; where neither they nor the order have changed,
    no release is made. ``staff_id`` is who did it, None for a command.
    """
    wait_for_others(session)
    changes = difference(session, entries)
    positions = _positions(entries)
    moved = _moved(session, positions)
    if not changes and not moved:
        return []
    release = _release(session, changes, staff_id, "files")
    versions = _versions(session)
    by_key = {(entry.kind, entry.key): entry for entry in entries}
    for change in changes:
        key = (change.kind, change.key)
        if change.what != "added":
            _retire(session, key, release.id)
        if change.what != "removed":
            session.add(
                CatalogueEntry(
                    kind=change.kind,
                    key=change.key,
                    version=versions.get(key, 0) + 1,
                    position=positions[key],
                    digest=digest(by_key[key]),
                    data=dict(by_key[key].data),
                    release_id=release.id,
                )
            )
    for key in moved:
        session.execute(_entry(key).values(position=positions[key]))
    session.flush()
    # Rows were changed behind the session's back.
    session.expire_all()
    return changes


def publish_one(session: Session, entry: Entry, staff_id: uuid.UUID | None, origin: str) -> Change | None:
    """Publish a new version of an entry that is in force, as a release of its own; None where it is the same already.

    ``origin`` is edit or back, see ``CatalogueRelease``. Raises NotFoundError.
    """
    wait_for_others(session)
    known = entry_in_force(session, entry.kind, entry.key)
    if known.digest == digest(entry):
        return None
    change = Change("changed", entry.kind, entry.key, differing(known.data, entry.data))
    release = _release(session, [change], staff_id, origin)
    highest = select(func.max(CatalogueEntry.version)).where(
        CatalogueEntry.kind == entry.kind, CatalogueEntry.key == entry.key
    )
    row = CatalogueEntry(
        kind=entry.kind,
        key=entry.key,
        version=(session.scalar(highest) or 0) + 1,
        position=known.position,
        digest=digest(entry),
        data=dict(entry.data),
        release_id=release.id,
    )
    _retire(session, (entry.kind, entry.key), release.id)
    session.add(row)
    session.flush()
    session.expire_all()
    return change


def entry_in_force(session: Session, kind: str, key: str) -> CatalogueEntry:
    """The version of an entry that is in force. Raises NotFoundError."""
    query = select(CatalogueEntry).where(
        CatalogueEntry.kind == kind, CatalogueEntry.key == key, CatalogueEntry.retired_by.is_(None)
    )
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def wait_for_others(session: Session) -> None:
    """Of two who publish at once the second waits, and then sees what the first one did."""
    session.execute(_ONE_AFTER_THE_OTHER)


def is_reordered(session: Session, entries: Iterable[Entry]) -> bool:
    """Whether publishing ``entries`` would give any of those in force another position."""
    return bool(_moved(session, _positions(entries)))


def _release(
    session: Session, changes: Iterable[Change], staff_id: uuid.UUID | None, origin: str
) -> CatalogueRelease:
    told = [[change.what, change.kind, change.key, list(change.fields)] for change in changes]
    release = CatalogueRelease(changes={"changes": told}, staff_id=staff_id, origin=origin)
    session.add(release)
    session.flush()
    return release


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields in which two versions of an entry differ."""
    return tuple(name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name))


def _positions(entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    return {(entry.kind, entry.key): position for position, entry in enumerate(entries)}


def _moved(session: Session, positions: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    return [
        key for key, row in current(session).items() if key in positions and row.position != positions[key]
    ]


def current(session: Session) -> dict[tuple[str, str], CatalogueEntry]:
    """All entries in force by kind and key."""
    rows = session.scalars(select(CatalogueEntry).where(CatalogueEntry.retired_by.is_(None)))
    return {(row.kind, row.key): row for row in rows}


def _versions(session: Session) -> dict[tuple[str, str], int]:
    rows = session.execute(select(CatalogueEntry.kind, CatalogueEntry.key, CatalogueEntry.version))
    highest: dict[tuple[str, str], int] = {}
    for kind, key, version in rows:
        highest[kind, key] = max(version, highest.get((kind, key), 0))
    return highest


def _entry(key: tuple[str, str]) -> Update:
    kind, name = key
    return (
        update(CatalogueEntry)
        .where(CatalogueEntry.kind == kind, CatalogueEntry.key == name, CatalogueEntry.retired_by.is_(None))
        .execution_options(synchronize_session=False)
    )


def _retire(session: Session, key: tuple[str, str], release_id: int) -> None:
    session.execute(_entry(key).values(retired_by=release_id))
