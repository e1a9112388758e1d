"""Papers made from a case: the copy for the applicant, the letter with the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kreisportal.cases import queries
from kreisportal.cases.applicant import postal_lines
from kreisportal.cases.fees import fee_of_events
from kreisportal.cases.journal import representative_of
from kreisportal.cases.models import Case, CaseEvent
from kreisportal.cases.wording import outcome_text
from kreisportal.documents.pdf import (
    AnswerSection,
    ApplicationCopy,
    AttachedFile,
    DecisionLetter,
    Letterhead,
    PrintedReceipt,
    application_copy,
    decision_letter,
)
from kreisportal.documents.service import documents_of_case
from kreisportal.forms import FormDefinition, summary, words_for
from kreisportal.i18n import gettext, pick
from kreisportal.i18n.dates import date_text
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.definition import TenantDefinition


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What papers say that does not stand in the case.

    Its form and its authority, what the service is called (empty if it is gone), and where receipts are checked.
    """

    form: FormDefinition
    town: TenantDefinition
    service: str
    verify_url: str


def copy_of_application(session: Session, row: Case, around: Surroundings, identity: str = "") -> bytes:
    """All that was sent, with its receipt, as a PDF in the current language.

    ``identity`` says how surely it is known who has sent it, where that is shown. Raises NotFoundError where the
    answers are no longer: the case went to another authority.
    """
    if row.answers is None:
        raise NotFoundError
    form, town, address = around.form, around.town, around.verify_url
    # What was sent later, with a message, answers no field of the form.
    files = [document for document in documents_of_case(session, row.id) if document.field is not None]
    events = queries.events(session, row.id)
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
            notes=(*_acted(events, row), *_fee(events), pick(form.outcome), *_known(identity)),
        )
    )


def _acted(events: Sequence[CaseEvent], row: Case) -> tuple[str, ...]:
    """Who has sent it for somebody else, in a sentence."""
    first = next(iter(events), None)
    name = representative_of(first) if first else ""
    if not name:
        return ()
    applicant = row.applicant_name or row.number
    return (gettext("Gestellt von %(name)s in Vertretung für %(other)s.", name=name, other=applicant),)


def _fee(events: Sequence[CaseEvent]) -> tuple[str, ...]:
    """What was said of the fee when it was sent."""
    said = fee_of_events(events)
    return (gettext("Kosten, wie sie beim Absenden genannt waren: %(fee)s", fee=said),) if said else ()


def _known(identity: str) -> tuple[str, ...]:
    return (gettext("Identität: %(identity)s.", identity=identity),) if identity else ()


def letter_of_decision(session: Session, row: Case, around: Surroundings) -> bytes:
    """The office's decision as a letter, made from what was kept with it. Raises NotFoundError before there is one."""
    decided = [event for event in queries.events(session, row.id) if event.kind == "decided"]
    if not decided or decided[-1].content is None or row.answers is None:
        raise NotFoundError
    event, content = decided[-1], decided[-1].content
    form, town = around.form, around.town
    name, contact = row.applicant_name or "", town.contact
    names = {str(document.id): document.name for document in documents_of_case(session, row.id)}
    letter = DecisionLetter(
        letterhead=letterhead(town),
        recipient=tuple(line for line in (name, *postal_lines(form, row.answers)) if line) or (row.number,),
        return_address=f"{pick(town.name.full)} · {contact.street} · {contact.postcode} {contact.city}",
        subject=around.service or pick(form.title),
        number=row.number,
        day=event.at.astimezone(clock.LOCAL_ZONE).date(),
        paragraphs=(
            gettext("Guten Tag %(name)s,", name=name) if name else gettext("Guten Tag,"),
            words_for(form.kind).received % {"date": date_text(row.received_at)},
            outcome_text(event.data["outcome"], form.kind),
            *content["text"].split("\n\n"),
        ),
        closing=gettext("Freundliche Grüße"),
        signature=tuple(line for line in (content.get("signed", ""), pick(town.name.full)) if line),
        enclosures=tuple(names[key] for key in event.data.get("documents", ()) if key in names),
        remedies=tuple(part for part in pick(content.get("remedies")).split("\n\n") if part),
    )
    return decision_letter(letter)


def _sections(form: FormDefinition, row: Case) -> tuple[AnswerSection, ...]:
    sections = (
        AnswerSection(
            step.title, tuple((answer.label, answer.value) for answer in step.rows if answer.answered)
        )
        for step in summary(form, row.answers or {})
    )
    return tuple(section for section in sections if section.rows)


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
