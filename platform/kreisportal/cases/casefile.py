"""A draft or case with all that belongs to it, put into a takeout: data, papers and files."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.cases import papers, queries
from kreisportal.cases.addresses import portal_of
from kreisportal.cases.models import Case, CaseEvent, Draft
from kreisportal.cases.papers import Surroundings
from kreisportal.cases.papers_asked import papers_asked
from kreisportal.cases.status import public_status
from kreisportal.cases.wording import status_text
from kreisportal.catalogue.queries import form_data, service_name
from kreisportal.documents.errors import PaperError
from kreisportal.documents.models import Document
from kreisportal.documents.service import documents_of_case
from kreisportal.documents.storage import Storage
from kreisportal.forms import FormDefinition, summary
from kreisportal.forms.further import with_papers
from kreisportal.i18n import current_language, gettext, pick
from kreisportal.i18n.dates import date_text
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.recent import Recent
from kreisportal.kernel.registries import Sink
from kreisportal.settings import Settings
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.queries import load_records

_PDF = "application/pdf"
_MOST_FORMS = 64
_OF_DRAFT = ("id", "service_key", "form_key", "form_version", "language", "answers", "unfinished", "email",
             "created_at", "updated_at", "expires_at")  # fmt: skip
_OF_CASE = ("id", "number", "service_key", "form_key", "form_version", "language", "answers", "applicant_name",
            "email", "email_confirmed_at", "receipt", "state", "received_at", "due_on", "decided_at", "closed_at",
            "delete_on")  # fmt: skip
_OF_EVENT = ("sequence", "at", "kind", "actor", "data", "content")
_OF_DOCUMENT = ("id", "kind", "field", "name", "media_type", "size", "sha256", "created_at")


class Casefiles:
    """Puts drafts and cases into takeouts, each within a transaction that acts as its applicant."""

    def __init__(self, settings: Settings, storage: Storage) -> None:
        self._settings, self._storage = settings, storage
        self._forms = Recent[FormDefinition](_MOST_FORMS)

    def add_draft(self, session: Session, sink: Sink, draft_id: uuid.UUID) -> None:
        """Add a draft with its files; one that is gone is no matter."""
        row = queries.draft(session, draft_id)
        if row is None:
            return
        town, slug = _town(session, row.tenant_id)
        folder = f"orte/{slug}/entwurf-{row.id}"
        documents = list(session.scalars(select(Document).where(Document.draft_id == draft_id)))
        around = self._around(session, row)
        value = {**_plain(row, _OF_DRAFT), "town": town, "service": around.service}
        shown = _shown(around.form, row.answers)
        sink.add_json(f"{folder}/entwurf.json", {**value, "shown": shown, "files": _files(documents)})
        self._add_files(sink, folder, row.tenant_id, documents)
        saved = gettext("angefangen, gespeichert am %(date)s", date=date_text(row.updated_at))
        sink.tell(town, [(around.service, saved)])

    def add_case(self, session: Session, sink: Sink, case_id: uuid.UUID) -> None:
        """Add a case with what happened to it, its papers and its files; one that is gone is no matter."""
        row = queries.case(session, case_id)
        if row is None:
            return
        town, slug = _town(session, row.tenant_id)
        folder = f"orte/{slug}/{row.number}"
        documents, around = documents_of_case(session, case_id), self._around(session, row)
        value = {**_plain(row, _OF_CASE), "town": town, "service": around.service}
        value["status"] = public_status(row.state).value
        events = queries.events(session, case_id)
        value["events"] = [_plain(event, _OF_EVENT) for event in events]
        around = replace(around, form=with_papers(around.form, papers_asked(events)))
        shown = _shown(around.form, row.answers or {})
        sink.add_json(f"{folder}/vorgang.json", {**value, "shown": shown, "files": _files(documents)})
        _add_paper(
            sink, f"{folder}/{row.number}.pdf", lambda: papers.copy_of_application(session, row, around)
        )
        if row.decided_at is not None:
            name = f"{folder}/{row.number}-Bescheid.pdf"
            _add_paper(sink, name, lambda: papers.letter_of_decision(session, row, around))
        self._add_files(sink, folder, row.tenant_id, documents)
        state = status_text(row.state, around.form.kind)
        came = gettext("eingegangen am %(date)s", date=date_text(row.received_at))
        sink.tell(town, [(row.number, f"{around.service}\n{state}, {came}")])

    def _around(self, session: Session, row: Case | Draft) -> Surroundings:
        (record,) = load_records(session, [row.tenant_id])
        language = current_language().path
        return Surroundings(
            form=self._form(session, row.form_key, row.form_version),
            town=definition_of(record),
            service=service_name(session, row.service_key, language),
            verify_url=f"{portal_of(self._settings, session, row, language)}/quittung",
        )

    def _form(self, session: Session, key: str, version: int) -> FormDefinition:
        """A form in the version that was filled in, which never changes. Raises NotFoundError where there is none."""

        def read() -> FormDefinition:
            data = form_data(session, key, version)
            if data is None:
                raise NotFoundError
            return FormDefinition.from_data(data)

        return self._forms.get((key, version), read)

    def _add_files(self, sink: Sink, folder: str, tenant_id: int, documents: Sequence[Document]) -> None:
        for document, name in zip(documents, _names(documents), strict=True):
            try:
                stream = self._storage.open(tenant_id, document.id)
            except NotFoundError:
                sink.add_missing(f"{folder}/{name}")
                continue
            with stream:
                sink.add_file(f"{folder}/{name}", document.media_type, stream)


def _add_paper(sink: Sink, name: str, make: Callable[[], bytes]) -> None:
    try:
        sink.add_file(name, _PDF, io.BytesIO(make()))
    except (PaperError, NotFoundError):
        sink.add_missing(name)


def _town(session: Session, tenant_id: int) -> tuple[str, str]:
    """A town's name and its short one for folders."""
    (record,) = load_records(session, [tenant_id])
    return str(pick(definition_of(record).name.full)), record.slug


def _shown(form: FormDefinition, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers in words, as the review page shows them."""
    return [
        {"title": step.title, "rows": [{"question": row.label, "answer": row.value} for row in step.rows]}
        for step in summary(form, answers)
    ]


def _plain(row: Case | Draft | CaseEvent | Document, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _files(documents: Sequence[Document]) -> list[dict[str, Any]]:
    return [
        {**_plain(document, _OF_DOCUMENT), "stored_as": name}
        for document, name in zip(documents, _names(documents), strict=True)
    ]


def _names(documents: Sequence[Document]) -> list[str]:
    """A name for each file: its own, behind a number because two may be called the same."""
    return [f"dateien/{number:02}-{document.name}" for number, document in enumerate(documents, start=1)]
