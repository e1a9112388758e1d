"""What a town has goes over to another one, or back, one case or draft after the other: what the worker does.

Each goes over in one transaction, its files before: whoever is stopped anywhere, and begins again, finds it here or there.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import psycopg
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kreisportal.cases.events import CLEAR_AWAY
from kreisportal.cases.models import Case, Draft
from kreisportal.cases.queries import hold_files
from kreisportal.documents.models import Document
from kreisportal.documents.service import copy_to
from kreisportal.documents.storage import STORAGE
from kreisportal.jobs import JobRegistry, Runtime, defer
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import KreisportalError
from kreisportal.merging.service import MERGE, Step, settle
from kreisportal.notifications.service import QUEUE, SEND_MAIL
from kreisportal.tenancy.models import Tenant

_MOVE_CASE = text("SELECT definer.move_case(:source, :target, :subject)")
_MOVE_DRAFT = text("SELECT definer.move_draft(:source, :target, :subject)")


class LateFileError(KreisportalError):
    """A file came in after the files were copied: the job is tried again."""

    code = "late-file"


@dataclass(frozen=True, slots=True)
class Way:
    """From which tenant to which; ``came_from`` is the town whose own go back, None on the way there."""

    source: int
    target: int
    came_from: int | None


def register(registry: JobRegistry) -> None:
    """Let the worker move what belongs to towns that become part of another one."""
    registry.register(MERGE, move)


def move(runtime: Runtime, tenant_id: int, town_id: int) -> None:
    """Move all there is, until it is settled. ``tenant_id`` is the town that remains, ``town_id`` the one that goes.

    Tried again it goes on where it was; taken back meanwhile it ends, and the job of that does the rest.
    """
    while (way := _way(runtime, tenant_id, town_id)) is not None:
        try:
            while (subject := _next(runtime, way)) is not None:
                _move_one(runtime, way, *subject)
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
                continue
            raise
        with runtime.region() as session:
            if settle(session, REGION, town_id):
                return


def _way(runtime: Runtime, tenant_id: int, town_id: int) -> Way | None:
    """Which way things go now; None if they stay."""
    with runtime.region() as session:
        town = session.get(Tenant, town_id)
        if town is None or town.merging is None or town.merged_into_id != tenant_id:
            return None
        step = town.merging["state"]
    if step == Step.MOVING:
        return Way(town_id, tenant_id, None)
    return Way(tenant_id, town_id, town_id) if step == Step.RETURNING else None


def _next(runtime: Runtime, way: Way) -> tuple[type[Case | Draft], uuid.UUID] | None:
    """A case or draft that has not gone yet."""
    cases = select(Case.id).where(Case.tenant_id == way.source, Case.went_to_id.is_(None))
    drafts = select(Draft.id).where(Draft.tenant_id == way.source)
    if way.came_from is not None:
        cases = cases.where(Case.merged_from_id == way.came_from)
        drafts = drafts.where(Draft.merged_from_id == way.came_from)
    with runtime.transaction(way.source) as session:
        found = session.scalar(cases.order_by(Case.id).limit(1))
        if found is not None:
            return Case, found
        found = session.scalar(drafts.order_by(Draft.id).limit(1))
        return (Draft, found) if found is not None else None


def _move_one(runtime: Runtime, way: Way, kind: type[Case | Draft], subject: uuid.UUID) -> None:
    """Lay the files where they will be read, and then move the rows; what is left of the files is cleared away."""
    with runtime.transaction(way.source) as session:
        # Until the rows are over there nobody else moves these files.
        hold_files(session, subject)
        files = _documents(session, kind, subject)
        copy_to(runtime.get(STORAGE), files, way.target)
        known = {document.id for document in files}
        with runtime.transaction(way.target) as there:
            values = {"source": way.source, "target": way.target, "subject": subject}
            mails = there.scalars(_MOVE_CASE if kind is Case else _MOVE_DRAFT, values).all()
            for document in _documents(there, kind, subject):
                if document.id not in known:
                    raise LateFileError(f"{document.id} came in meanwhile")
            for mail_id in mails:
                defer(there, SEND_MAIL, way.target, queue=QUEUE, mail_id=mail_id)
            for document_id in known:
                defer(there, CLEAR_AWAY, way.source, case_id=subject, document_id=document_id)


def _documents(session: Session, kind: type[Case | Draft], subject: uuid.UUID) -> list[Document]:
    owner = Document.case_id if kind is Case else Document.draft_id
    query = select(Document).where(owner == subject)
    return list(session.scalars(query if kind is Case else query.where(Document.case_id.is_(None))))
