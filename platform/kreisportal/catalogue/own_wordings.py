"""A town's own wording beside the region's text: when that has changed since, somebody at the town looks at it again.

The town keeps its wording or drops it in favour of the region's text; until somebody decides, it stays listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.catalogue.definitions import Texts
from kreisportal.catalogue.description import typed_of
from kreisportal.catalogue.editing.differences import Difference, field_differences
from kreisportal.catalogue.models import CatalogueEntry, Offer
from kreisportal.catalogue.offers import note_text
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, NotAllowedError, NotFoundError

# Who has reviewed a text and when says nothing about what it says.
_NOT_READ = frozenset({"reviewed_by", "reviewed_on"})


@dataclass(frozen=True, slots=True)
class Outdated:
    """A wording of a town's that is older than the region's text: what the town says, and what the region has changed since.

    ``version`` is the region's that is in force.
    """

    key: str
    text: Texts
    version: int
    differences: tuple[Difference, ...]


def outdated_wordings(session: Session, tenant_id: int, key: str | None = None) -> Mapping[str, Outdated]:
    """The town's wordings that somebody has to look at again, by service; of one service, if it is named."""
    offers = select(Offer).where(
        Offer.tenant_id == tenant_id, Offer.text_version.is_not(None), Offer.details.has_key("text")
    )
    rows = {
        row.service_key: row
        for row in session.scalars(offers.where(Offer.service_key == key) if key else offers)
    }
    if not rows:
        return {}
    query = select(CatalogueEntry).where(
        CatalogueEntry.kind == "service", CatalogueEntry.key.in_(rows), CatalogueEntry.retired_by.is_(None)
    )
    found = {}
    for entry in session.scalars(query):
        row = rows[entry.key]
        if row.text_version == entry.version:
            continue
        before = session.get(CatalogueEntry, ("service", entry.key, row.text_version))
        changed = _changed(before, entry) if before else ()
        if changed:
            found[entry.key] = Outdated(entry.key, row.details["text"], entry.version, changed)
    return found


def keep_own(session: Session, context: Context, key: str, seen: int) -> None:
    """Keep the town's wording beside the region's text as it is now. Raises as ``take_regions``."""
    row = _decided(session, context, key, seen)
    row.text_version = seen
    session.flush()
    record(session, context, "offer.text-kept", "service", key, version=seen)


def take_regions(session: Session, context: Context, key: str, seen: int) -> None:
    """Drop the town's wording, so that the region's text stands alone.

    Raises NotFoundError where nothing is to be decided, and ConflictError if the region's text is not the version ``seen``.
    """
    row = _decided(session, context, key, seen)
    before = row.details
    row.details = {name: value for name, value in before.items() if name != "text"}
    note_text(row, before, None)
    session.flush()
    record(session, context, "offer.text-dropped", "service", key, version=seen)


def _decided(session: Session, context: Context, key: str, seen: int) -> Offer:
    if context.tenant_id is None:
        raise NotAllowedError
    row = session.get(Offer, (context.tenant_id, key), with_for_update=True)
    outdated = outdated_wordings(session, context.tenant_id, key).get(key)
    if row is None or outdated is None:
        raise NotFoundError
    if outdated.version != seen:
        raise ConflictError(f"the region's text of {key} has changed once more")
    return row


def _changed(before: CatalogueEntry, now: CatalogueEntry) -> tuple[Difference, ...]:
    found = field_differences(typed_of(before.data), typed_of(now.data))
    return tuple(each for each in found if each.field not in _NOT_READ)
