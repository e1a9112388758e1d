"""Publishing the catalogue: shows the difference first, then all of it at once, as new versions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.models import CatalogueEntry, CatalogueRelease


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
    now = _current(session)
    changes: list[Change] = []
    for entry in entries:
        known = now.pop((entry.kind, entry.key), None)
        if known is None:
            changes.append(Change("added", entry.kind, entry.key))
        elif known.digest != digest(entry):
            names = sorted(known.data.keys() | entry.data.keys())
            differing = tuple(name for name in names if known.data.get(name) != entry.data.get(name))
            changes.append(Change("changed", entry.kind, entry.key, differing))
    return changes + [Change("removed", kind, key) for kind, key in sorted(now)]


def publish(session: Session, entries: list[Entry]) -> list[Change]:
    """Make ``entries`` the region's catalogue: one release, atomic with the session's transaction.

    Unchanged entries keep their version. Returns the changes; where neither they nor the order have changed,
    no release is made.
    """
    changes = difference(session, entries)
    positions = _positions(entries)
    moved = _moved(session, positions)
    if not changes and not moved:
        return []
    release = CatalogueRelease(
        changes={"changes": [[c.what, c.kind, c.key, list(c.fields)] for c in changes]}
    )
    session.add(release)
    session.flush()
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


def is_reordered(session: Session, entries: Iterable[Entry]) -> bool:
    """Whether publishing ``entries`` would give any of those in force another position."""
    return bool(_moved(session, _positions(entries)))


def _positions(entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    return {(entry.kind, entry.key): position for position, entry in enumerate(entries)}


def _moved(session: Session, positions: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    return [
        key for key, row in _current(session).items() if key in positions and row.position != positions[key]
    ]


def _current(session: Session) -> dict[tuple[str, str], CatalogueEntry]:
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
