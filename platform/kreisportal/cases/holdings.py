"""What this room holds about an account: drafts and cases of all towns, the mailbox, and who has looked at them.

Each draft and case is read as its applicant at its town, after the database has said that it is the account's own;
so a takeout holds what the applicant may see, and nothing that an office keeps to itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kreisportal.cases import mailbox, readings
from kreisportal.cases.casefile import Casefiles
from kreisportal.cases.models import Case, Draft
from kreisportal.catalogue.queries import service_name
from kreisportal.documents.storage import Storage
from kreisportal.i18n import current_language, gettext
from kreisportal.kernel.registries import Holder, Holding, Holdings, Share, Sink
from kreisportal.settings import Settings
from kreisportal.tenancy.naming import TenantNames

_OWN = text("SELECT tenant_id FROM definer.own_subject(:subject)")
_BATCH = 500

Read = Callable[[Session, int, int], Sequence[Any]]


def register(holdings: Holdings, settings: Settings, storage: Storage) -> None:
    """Say what this room holds; files are read from ``storage``."""
    tables = frozenset({"drafts", "cases", "account_seen_cases"})
    shares = partial(_shares, Casefiles(settings, storage))
    holdings.register(Holding("cases", tables, shares))


def _shares(files: Casefiles, holder: Holder) -> Iterator[Share]:
    yield Share(None, partial(_fill_lists, holder))
    with holder.database.transaction(holder.context) as session:
        drafts = session.execute(select(Draft.tenant_id, Draft.id).order_by(Draft.created_at)).all()
        found = select(Case.tenant_id, Case.id).where(Case.went_to_id.is_(None)).order_by(Case.received_at)
        cases = session.execute(found).all()
    for tenant_id, draft_id in drafts:
        yield Share(tenant_id, partial(_fill, holder, draft_id, files.add_draft))
    for tenant_id, case_id in cases:
        yield Share(tenant_id, partial(_fill, holder, case_id, files.add_case))


def _fill(
    holder: Holder, subject: uuid.UUID, add: Callable[[Session, Sink, uuid.UUID], None], sink: Sink
) -> None:
    """Add a draft or case from where it is by now; one that is gone meanwhile is no matter."""
    with holder.database.transaction(holder.context) as session:
        tenant_id = session.scalar(_OWN, {"subject": subject})
    if tenant_id is not None:
        with holder.database.transaction(holder.applicant(tenant_id, subject)) as session:
            add(session, sink, subject)


def _fill_lists(holder: Holder, sink: Sink) -> None:
    """The mailbox, and who has looked, over all towns."""
    counted = {"letters": 0, "readings": 0}

    def count(kind: str, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for row in rows:
            counted[kind] += 1
            yield row

    with holder.database.transaction(holder.context) as session:
        sink.add_list("postfach.json", count("letters", _letters(session)))
        sink.add_list("zugriffe.json", count("readings", _looks(session)))
    told = [
        (gettext("Nachrichten"), str(counted["letters"])),
        (gettext("Zugriffe von Ämtern"), str(counted["readings"])),
    ]
    sink.tell(gettext("Postfach und Zugriffe"), told)


def _batches(session: Session, read: Read) -> Iterator[Sequence[Any]]:
    """Everything that a list holds, some hundreds at a time."""
    offset = 0
    while batch := read(session, _BATCH, offset):
        yield batch
        offset += len(batch)


def _letters(session: Session) -> Iterator[dict[str, Any]]:
    towns, service = TenantNames(session), _services(session)
    for batch in _batches(session, mailbox.letters):
        for letter in batch:
            yield {
                "kind": letter.kind,
                "at": letter.at,
                **towns.told(letter.tenant_id),
                "number": letter.number,
                "service_key": letter.service_key,
                "service": service(letter.service_key),
                "case_id": letter.case_id,
                "new": letter.new,
            }


def _looks(session: Session) -> Iterator[dict[str, Any]]:
    towns, service = TenantNames(session), _services(session)
    for batch in _batches(session, readings.readings_of_account):
        cases = readings.numbers_of(session, [reading.case_id for reading in batch])
        for reading in batch:
            number, service_key = cases.get(reading.case_id, (None, None))
            yield {
                "at": reading.at,
                **towns.told(reading.tenant_id),
                "role": reading.role,
                "number": number,
                "service_key": service_key,
                "service": service(service_key) if service_key else None,
                "case_id": reading.case_id,
                "what": reading.what,
            }


def _services(session: Session) -> Callable[[str], str]:
    """What services are called, each read once."""
    return cache(partial(service_name, session, language=current_language().path))
