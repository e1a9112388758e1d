"""Papers made from a case: the copy for the applicant, the letter with the decision."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from kreisportal.cases.models import Case
from kreisportal.documents.pdf import (
    AnswerSection,
    ApplicationCopy,
    AttachedFile,
    Letterhead,
    PrintedReceipt,
    application_copy,
)
from kreisportal.documents.service import documents_of_case
from kreisportal.forms import FormDefinition, summary
from kreisportal.i18n import pick
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.forms_in_force import form_version
from kreisportal.web.site import here


def copy_of_application(session: Session, row: Case) -> bytes:
    """All that was sent, with its receipt, as a PDF in the current language."""
    form = form_version(row.form_key, row.form_version)
    town = definition_of(here().snapshot.registry.tenants[row.tenant_id])
    files = [document for document in documents_of_case(session, row.id) if document.kind == "upload"]
    address = url_for("status.verify", _external=True)
    return application_copy(
        ApplicationCopy(
            letterhead=letterhead(town),
            title=pick(form.title),
            number=row.number,
            received_at=row.received_at,
            recipient=pick(town.name.full),
            sections=_sections(form, row),
            files=tuple(AttachedFile(file.name, file.size, file.sha256) for file in files),
            receipt=PrintedReceipt(row.receipt, address, f"{address}?code={row.receipt}"),
            notes=(pick(form.outcome),),
        )
    )


def _sections(form: FormDefinition, row: Case) -> tuple[AnswerSection, ...]:
    return tuple(
        AnswerSection(
            step.title, tuple((answer.label, answer.value) for answer in step.rows if answer.answered)
        )
        for step in summary(form, row.answers or {})
    )


def letterhead(town: TenantDefinition) -> Letterhead:
    """The head of the town's letters."""
    lines = (town.contact.street, f"{town.contact.postcode} {town.contact.city}", town.contact.phone or "")
    mark = town.brand.mark_svg.encode() if town.brand and town.brand.mark_svg else None
    return Letterhead(
        name=pick(town.name.full),
        lines=tuple(line for line in (*lines, town.contact.email) if line),
        mark=mark,
        **({"accent": town.brand.colour} if town.brand else {}),
    )
