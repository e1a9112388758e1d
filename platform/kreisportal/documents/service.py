"""Taking files in: looked through, written under the tenant, and only then a row."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.documents.errors import Reason, RefusedFileError, StorageError, UnwantedKindError
from kreisportal.documents.inspection import inspect
from kreisportal.documents.kinds import Inspected, Kind, Limits
from kreisportal.documents.malware import Scanner, Verdict
from kreisportal.documents.models import Document
from kreisportal.documents.names import download_name
from kreisportal.documents.storage import Storage
from kreisportal.kernel import clock
from kreisportal.kernel.errors import UnavailableError
from kreisportal.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Intake:
    """What taking in a file needs: where files lie, who scans them, how large they may be."""

    storage: Storage
    scanner: Scanner
    limits: Limits


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a file is: a draft's or a case's. ``kind`` is upload, decision or letter."""

    tenant_id: int
    draft_id: uuid.UUID | None = None
    case_id: uuid.UUID | None = None
    kind: str = "upload"
    field: str | None = None
    is_public: bool = True


def take_in(
    session: Session,
    intake: Intake,
    owner: Owner,
    stream: BinaryIO,
    name: str,
    wanted: Collection[Kind] = tuple(Kind),
) -> Document:
    """Check a file and keep it. The bytes are on disk before the row is; without a row they are swept away.

    ``wanted`` are the kinds that are taken here. Raises RefusedFileError with a sentence for the person,
    StorageFullError, and UnavailableError while the scanner that there should be does not answer: a file that nobody
    has looked at is not kept.
    """
    found = _inspect(stream, intake.limits, wanted)
    verdict = intake.scanner.scan(stream).verdict
    stream.seek(0)
    if verdict is Verdict.INFECTED:
        raise RefusedFileError(Reason.INFECTED)
    if verdict is Verdict.UNAVAILABLE:
        raise UnavailableError("malware scanner")
    document_id = new_id()
    stored = intake.storage.put(owner.tenant_id, document_id, stream, intake.limits.bytes)
    row = Document(
        tenant_id=owner.tenant_id,
        id=document_id,
        draft_id=owner.draft_id,
        case_id=owner.case_id,
        kind=owner.kind,
        field=owner.field,
        name=download_name(name, found.kind),
        media_type=found.media_type,
        size=stored.size,
        sha256=stored.sha256,
        is_public=owner.is_public,
        # Not the transaction's, which all files of a form share: they are shown in the order in which they came.
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def _inspect(stream: BinaryIO, limits: Limits, wanted: Collection[Kind]) -> Inspected:
    """What a file is. A kind that nobody knows is refused in the same words as one that is not wanted here: whoever
    follows them chooses a file that is taken.
    """
    unwanted = UnwantedKindError([kind.name for kind in wanted])
    try:
        found = inspect(stream, limits)
    except RefusedFileError as refused:
        if refused.reason in (Reason.KIND, Reason.NOT_PLAIN_TEXT) and set(wanted) != set(Kind):
            raise unwanted from refused
        raise
    if found.kind not in wanted:
        raise unwanted
    return found


def documents_of_draft(session: Session, draft_id: uuid.UUID) -> dict[str, str]:
    """The files of a draft: name by id."""
    rows = session.execute(select(Document.id, Document.name).where(Document.draft_id == draft_id))
    return {str(row.id): row.name for row in rows}


def documents_of_case(session: Session, case_id: uuid.UUID) -> list[Document]:
    """The files of a case that the transaction's actor may see, oldest first."""
    query = select(Document).where(Document.case_id == case_id).order_by(Document.created_at, Document.id)
    return list(session.scalars(query))


def find(session: Session, document_id: uuid.UUID) -> Document | None:
    """A file that the transaction's actor may see, or None."""
    return session.scalar(select(Document).where(Document.id == document_id))


def copy_to(storage: Storage, documents: Iterable[Document], tenant_id: int) -> None:
    """Lay the content of files where another tenant reads it, which has no rows for them yet.

    What an earlier try has left there is written anew, so that it counts as young for the sweep of orphans. Raises
    StorageError for one that is not what its row says.
    """
    for document in documents:
        with storage.open(document.tenant_id, document.id) as stream:
            storage.delete(tenant_id, document.id)
            stored = storage.put(tenant_id, document.id, stream, document.size)
        if stored.sha256 != document.sha256:
            storage.delete(tenant_id, document.id)
            raise StorageError(f"the file of document {document.id} is not what was kept")
