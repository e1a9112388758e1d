"""Sending: draft to case in one transaction. However often it is sent, there is one case."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from kreisportal.cases import queries
from kreisportal.cases.applicant import Applicant, applicant_of
from kreisportal.cases.by_applicant import confirmation
from kreisportal.cases.chain import Link, canonical
from kreisportal.cases.errors import DraftChangedError, DraftGoneError, DraftIncompleteError
from kreisportal.cases.events import TELL_STAFF
from kreisportal.cases.fees import Said
from kreisportal.cases.identity import GUEST, Shown
from kreisportal.cases.journal import first_event, signed
from kreisportal.cases.models import Case, Draft
from kreisportal.cases.numbers import next_number
from kreisportal.documents.models import Document
from kreisportal.documents.receipts import ReceiptContent, ReceiptKeys
from kreisportal.forms import FormDefinition, applicable_answers, check_answers
from kreisportal.jobs import defer
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.database.together import add_together
from kreisportal.kernel.ids import derived_secret, derived_token, digest, normalise_secret
from kreisportal.mandates.queries import Representation, representation_of
from kreisportal.mandates.service import note_act
from kreisportal.notifications.service import mail_to_add
from kreisportal.tenancy.public_holidays import working_day

_DEFAULT_DAYS = 14
_FILES = text("SELECT id, sha256 FROM documents WHERE draft_id = :draft ORDER BY id")
_DELETE_DRAFT = text("DELETE FROM drafts WHERE tenant_id = :tenant AND id = :draft")


@dataclass(frozen=True, slots=True)
class Office:
    """What the responsible tenant brings to a submission. By the holidays of its ``state`` a term ends on a working day."""

    tenant_id: int
    code: str
    slug: str
    name: str
    state: str
    processing_days: int | None


@dataclass(frozen=True, slots=True)
class Keys:
    """The program's keys: one that secrets follow from, those that sign receipts."""

    secret_key: str
    receipts: ReceiptKeys


class Brought(NamedTuple):
    """What a draft that is sent needs to become a case: its form, its office, and how surely it is known who sends it.

    ``fee`` is what is said of its fee, ``asked`` what its authority asks for besides the form.
    """

    form: FormDefinition
    office: Office
    shown: Shown = GUEST
    fee: Said = MappingProxyType({})
    asked: Mapping[str, Any] = MappingProxyType({})


Brings = Callable[[Draft], Brought]


@dataclass(frozen=True, slots=True)
class Sent:
    """The case that a submission has made, now or before."""

    id: uuid.UUID
    number: str
    service_key: str
    again: bool


@dataclass(frozen=True, slots=True)
class _Application:
    """A draft that may be sent with all that makes a case of it; ``files`` are the digests of those that the
    answers name, by their ids.
    """

    draft: Draft
    answers: dict[str, Any]
    files: Mapping[uuid.UUID, str]
    language: str
    brought: Brought
    keys: Keys
    by: Representation | None


def submit(
    session: Session,
    context: Context,
    draft_id: uuid.UUID,
    revision: int,
    brings: Brings,
    keys: Keys,
    language: str | None = None,
) -> Sent:
    """Make the draft a case: number, receipt, first event, documents and mails, all or nothing.

    ``brings`` is asked for what the locked draft needs; ``revision`` is that of the answers that the review
    page showed, ``language`` the path of that which it was shown in (else the draft's). Sent again, the same case is
    given back.
    Raises ``DraftChangedError`` when the answers are others than those shown, or the case was sent with
    others; ``DraftIncompleteError`` with the step that needs another look; ``DraftGoneError``.
    """
    draft = queries.draft(session, draft_id, lock=True)
    if draft is None:
        return _sent_before(session, draft_id, revision)
    if draft.expires_at <= clock.now():
        raise DraftGoneError
    if draft.revision != revision:
        raise DraftChangedError
    brought = brings(draft)
    form, office = brought.form, brought.office
    errors = check_answers(form, draft.answers)
    if errors:
        raise DraftIncompleteError(next(iter(errors)))
    answers = applicable_answers(form, draft.answers)
    files = _files(session, draft_id, _named_files(form, answers))
    by = representation_of(session, context)
    if by is None and draft.account_id not in (None, context.account_id):
        # By a mailed link somebody else than the account's owner has come here.
        brought = brought._replace(shown=GUEST)
    application = _Application(draft, answers, files, language or draft.language, brought, keys, by)
    number = next_number(session, office.tenant_id, office.code, clock.today().year)
    _add(session, context, application, number)
    if files:
        _bind_documents(session, draft_id, files)
    defer(session, TELL_STAFF, draft.tenant_id, case_id=draft_id)
    # Files that no answer names go with it; their bytes are found and removed by the sweep of those without a row.
    session.execute(_DELETE_DRAFT, {"tenant": draft.tenant_id, "draft": draft_id})
    note_act(session, context, "applied")
    return Sent(draft_id, number, draft.service_key, again=False)


def _files(session: Session, draft_id: uuid.UUID, named: frozenset[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The digests of a draft's files that its answers name, by their ids, in the order of these."""
    found = session.execute(_FILES, {"draft": draft_id}) if named else ()
    return {number: sha256 for number, sha256 in found if number in named}


def _named_files(form: FormDefinition, answers: Mapping[str, Any]) -> frozenset[uuid.UUID]:
    """The files that the answers name; others were uploaded and taken out again, or answer what is not asked."""
    fields = (field for step in form.steps for field in step.fields if field.type == "file")
    return frozenset(uuid.UUID(file["id"]) for field in fields for file in answers.get(field.key, ()))


def _sent_before(session: Session, draft_id: uuid.UUID, revision: int) -> Sent:
    case = queries.case(session, draft_id)
    if case is None:
        raise DraftGoneError
    if case.draft_revision != revision:
        raise DraftChangedError
    return Sent(case.id, case.number, case.service_key, again=True)


def _add(session: Session, context: Context, application: _Application, number: str) -> None:
    """Add the case, its first event, and the first mail: it asks to confirm the address, unless that is known to be."""
    draft, by, shown = application.draft, application.by, application.brought.shown
    who = applicant_of(application.brought.form, application.answers)
    told = {"answers": application.answers, **({"shown_name": shown.name} if shown.name else {})}
    told |= {"fee": dict(application.brought.fee)} if application.brought.fee else {}
    data, content = signed(
        by, {"via": draft.via_tenant_id, "identity": shown.data(), **application.brought.asked}, told
    )
    event, rows = first_event(
        context, draft.tenant_id, draft.id, "submitted", data=data or {}, content=content or {}
    )
    case, confirmed = _case(application, number, who, event), _confirmed(application, who.email)
    if confirmed is None:
        mail = confirmation(session, draft.tenant_id, draft.id, who.email, application.language)
    else:
        case |= {"email": confirmed, "email_confirmed_at": event.at, "confirm_digest": None}
        to = (session, draft.tenant_id, confirmed, application.language)
        mail = [mail_to_add(*to, "application_received", {}, draft.id)[1]]
    add_together(session, (Case, case), *rows, *mail)


def _confirmed(application: _Application, typed: str | None) -> str | None:
    """The address that mails may go to at once, because an account has confirmed it; None for none.

    Mails lead to a case for good. So those about what was sent for somebody go to that person's account, and not to
    where a mandate ends.
    """
    if application.by is not None:
        return application.by.email
    own = application.brought.shown.email
    return typed if typed and own and typed.lower() == own.lower() else None


def _case(application: _Application, number: str, who: Applicant, event: Link) -> dict[str, Any]:
    draft, office, secret_key = application.draft, application.brought.office, application.keys.secret_key
    days = datetime.timedelta(days=office.processing_days or _DEFAULT_DAYS)
    return {
        "tenant_id": draft.tenant_id,
        "id": draft.id,
        "number": number,
        "via_tenant_id": draft.via_tenant_id,
        "service_key": draft.service_key,
        "form_key": draft.form_key,
        "form_version": draft.form_version,
        "language": application.language,
        "answers": application.answers,
        "draft_revision": draft.revision,
        "applicant_name": who.name,
        "search_text": who.search_text,
        "email": who.email,
        "account_id": draft.account_id,
        "confirm_digest": digest(confirm_token_of(secret_key, draft.id, who.email)) if who.email else None,
        "secret_digest": digest(normalise_secret(case_secret(secret_key, draft.id))),
        "receipt": _receipt(application, number, event.at),
        "state": "new",
        "received_at": event.at,
        "due_on": working_day(clock.today() + days, office.state),
        "events": event.sequence,
        "last_hash": event.hash,
    }


def _receipt(application: _Application, number: str, now: datetime.datetime) -> str:
    draft, office, keys = application.draft, application.brought.office, application.keys
    salt = derived_token(keys.secret_key, "receipt", draft.id).encode()
    content = ReceiptContent(
        tenant=office.slug,
        tenant_name=office.name,
        number=number,
        received_at=now.replace(microsecond=0),
        service=draft.service_key,
        form_version=draft.form_version,
        form_sha256=application.brought.form.digest(),
        answers_digest=hashlib.sha256(salt + canonical(application.answers)).hexdigest(),
        documents=tuple(application.files.values()),
    )
    return keys.receipts.sign(content).code


def _bind_documents(session: Session, draft_id: uuid.UUID, files: Iterable[uuid.UUID]) -> None:
    """Hand the draft's files to the case, which has its id."""
    session.execute(
        update(Document)
        .where(Document.draft_id == draft_id, Document.id.in_(tuple(files)))
        .values(case_id=draft_id, draft_id=None)
        .execution_options(synchronize_session=False)
    )


def case_secret(secret_key: str, case_id: uuid.UUID) -> str:
    """The secret that opens a case together with its number."""
    return derived_secret(secret_key, "case", case_id)


def confirm_token_of(secret_key: str, case_id: uuid.UUID, email: str) -> str:
    """The token of the link that confirms the applicant's address."""
    return derived_token(secret_key, "confirm", f"{case_id}/{email}")
