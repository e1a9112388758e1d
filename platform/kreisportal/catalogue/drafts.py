"""Drafts of services: what those who run the region change, page by page, until it is published or thrown away.

A draft keeps what was typed, right or wrong, so that nothing is lost; only what is right can be published. There is one for
each service, in which all operators work: whoever saves a page that somebody else has changed meanwhile is told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.catalogue.description import Typed, data_of, fields_of, normal, typed_of
from kreisportal.catalogue.description_faults import Faults, faults_of, unreadable
from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.models import CatalogueDraft, CatalogueEntry
from kreisportal.catalogue.publishing import Change, entry_in_force, publish_one, wait_for_others
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.merge import merge

SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Work:
    """A service as it is worked on: what is in force, and what was typed, which without a draft is the same.

    ``is_behind`` says that another version was published after the draft was begun.
    """

    version: int
    published: Mapping[str, Any]
    typed: Typed
    draft: CatalogueDraft | None = None

    @property
    def is_behind(self) -> bool:
        """Whether the draft stands on a version that is not in force any more."""
        return self.draft is not None and self.draft.base_version != self.version

    @property
    def data(self) -> dict[str, Any]:
        """The service with what was typed, whether it is right or not."""
        return data_of(self.typed, self.published)

    @property
    def faults(self) -> Faults:
        """What keeps it from being published, by field."""
        return faults_of(self.typed, self.data)

    @property
    def stamp(self) -> str:
        """What somebody has seen of it who wants to publish it."""
        return _stamp([self.version, self.draft.base_version if self.draft else 0, dict(self.typed)])

    def stamp_of(self, part: str) -> str:
        """What somebody has seen of a page who wants to change it."""
        return _stamp([self.typed[field] for field in fields_of(part)])


def work_on(session: Session, key: str, *, locked: bool = False) -> Work:
    """A service as it is worked on. Raises NotFoundError."""
    entry = entry_in_force(session, SERVICE, key)
    draft = session.get(CatalogueDraft, key, with_for_update=locked or None, populate_existing=True)
    published = typed_of(entry.data)
    return Work(entry.version, entry.data, {**published, **draft.typed} if draft else published, draft)


def drafted(session: Session) -> dict[str, CatalogueDraft]:
    """All drafts by the service's key."""
    return {row.service_key: row for row in session.scalars(select(CatalogueDraft))}


def save_part(
    session: Session, context: Context, key: str, part: str, typed: Typed, seen: str
) -> tuple[str, ...]:
    """Keep what was typed on a page, right or wrong. Returns the fields that changed.

    Raises InvalidInputError for what cannot be kept at all, and ConflictError if somebody else has changed the page since it
    was ``seen``, unless they typed the very same.
    """
    said = {field: typed.get(field, "") for field in fields_of(part)}
    faults = unreadable(said)
    if faults:
        raise InvalidInputError(faults)
    work = work_on(session, key, locked=True)
    new = {**work.typed, **{field: normal(text) for field, text in said.items()}}
    changed = tuple(field for field in said if new[field] != work.typed[field])
    if changed and work.stamp_of(part) != seen:
        raise ConflictError(f"somebody else has changed {part} of {key} meanwhile")
    if changed:
        _keep(session, context, key, work, new, work.draft.base_version if work.draft else work.version)
    return changed


def discard(session: Session, context: Context, key: str, seen: str) -> None:
    """Throw the draft away. Raises NotFoundError where there is none, ConflictError if it is not what was seen."""
    work = work_on(session, key, locked=True)
    if work.draft is None:
        raise NotFoundError
    _expect(work, seen)
    session.delete(work.draft)
    session.flush()
    record(session, context, "catalogue-draft-discarded", SERVICE, key)


def bring_up_to_date(session: Session, context: Context, key: str) -> list[str]:
    """Take over into the draft what was published after it was begun. Returns the fields that both changed differently.

    Of those the draft's stay. Raises NotFoundError where there is no draft.
    """
    work = work_on(session, key, locked=True)
    if work.draft is None:
        raise NotFoundError
    base = session.get_one(CatalogueEntry, (SERVICE, key, work.draft.base_version))
    merged = merge(typed_of(base.data), typed_of(work.published), work.typed)
    _keep(session, context, key, work, merged.value, work.version)
    return merged.conflicts


def publish_draft(session: Session, context: Context, key: str, seen: str) -> Change | None:
    """Make the draft the region's text: one release, shown by all portals within a second.

    Raises NotFoundError without a draft, InvalidInputError with what is wrong by field, and ConflictError if the draft, or
    what is in force, is not what was ``seen``.
    """
    wait_for_others(session)
    work = work_on(session, key, locked=True)
    if work.draft is None:
        raise NotFoundError
    if work.faults:
        raise InvalidInputError(work.faults)
    _expect(work, seen)
    if work.is_behind:
        raise ConflictError(f"another version of {key} was published after the draft was begun")
    entry, draft = Entry(SERVICE, key, work.data), work.draft
    change = publish_one(session, entry, context.staff_id, "edit")
    session.delete(draft)
    session.flush()
    if change:
        record(session, context, "catalogue-published", SERVICE, key, fields=list(change.fields))
    return change


def _keep(session: Session, context: Context, key: str, work: Work, typed: Typed, base: int) -> None:
    """Write the draft; one that says what is in force already is none."""
    if typed == typed_of(work.published):
        if work.draft is not None:
            session.delete(work.draft)
            session.flush()
        return
    columns = {
        "base_version": base,
        "typed": dict(typed),
        "staff_id": context.staff_id,
        "changed_at": clock.now(),
    }
    if work.draft is None:
        statement = insert(CatalogueDraft).values(service_key=key, **columns).on_conflict_do_nothing()
        if session.scalar(statement.returning(CatalogueDraft.service_key)) is None:
            raise ConflictError(f"somebody else has begun to change {key} meanwhile")
        return
    for name, value in columns.items():
        setattr(work.draft, name, value)
    session.flush()


def _expect(work: Work, seen: str) -> None:
    if work.stamp != seen:
        raise ConflictError("somebody else has changed the draft meanwhile")


def _stamp(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
