"""Work that is done after a commit or at certain times: links in mails, telling staff, tidying, forgetting."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.cases.models import Case, Draft
from kreisportal.cases.status import OPEN_STATES
from kreisportal.cases.submission import TELL_STAFF, case_secret, confirm_token_of
from kreisportal.catalogue.queries import service_name
from kreisportal.documents.models import Document
from kreisportal.documents.storage import STORAGE
from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.kernel import clock
from kreisportal.kernel.ids import derived_token
from kreisportal.notifications.addresses import site_address
from kreisportal.notifications.links import LinksRegistry, ObsoleteMailError, QueuedMail
from kreisportal.notifications.models import Mail
from kreisportal.notifications.service import queue_mail
from kreisportal.staff.models import Staff
from kreisportal.tenancy.queries import load_records

_MAIL_KEPT = datetime.timedelta(days=90)


def register(registry: JobRegistry, links: LinksRegistry) -> None:
    """Let the worker do this room's jobs and compute the links of its mails."""
    registry.register(TELL_STAFF, tell_staff)
    registry.periodic("cases.tidy_drafts", tidy_drafts, every="17 * * * *")
    registry.periodic("cases.forget", forget, every="43 2 * * *")
    registry.periodic("cases.remind", remind, every="11 5 * * 1-5")
    for template in ("application_received", "case_news", "case_decided"):
        links.register_links(template, _case_links)
    links.register_links("confirm_address", _confirm_links)
    links.register_links("resume_draft", _resume_links)
    links.register_links("staff_new_case", _desk_links)
    links.register_links("staff_overdue", _desk_links)


def _portal(runtime: Runtime, session: Session, tenant_id: int, language: str) -> str:
    """The address of a tenant's portal in a language. From the database, never from a request."""
    (record,) = load_records(session, [tenant_id])
    return f"{site_address(runtime.settings, record, 'portal')}/{language}"


def _case(session: Session, mail: QueuedMail) -> Case:
    row = session.scalar(select(Case).where(Case.id == mail.case_id)) if mail.case_id else None
    if row is None:
        raise ObsoleteMailError
    return row


def _case_links(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    with runtime.transaction(tenant_id) as session:
        row = _case(session, mail)
        secret = case_secret(runtime.settings.secret_key, row.id)
        base = _portal(runtime, session, row.via_tenant_id, mail.language)
        return {
            "url": f"{base}/vorgang?nummer={row.number}&kennwort={secret}",
            "number": row.number,
            "service": service_name(session, row.service_key, mail.language),
        }


def _confirm_links(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    with runtime.transaction(tenant_id) as session:
        row = _case(session, mail)
        base = _portal(runtime, session, row.via_tenant_id, mail.language)
        return {
            "url": f"{base}/adresse/{confirm_token_of(runtime.settings.secret_key, row.id, mail.recipient)}"
        }


def _resume_links(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    with runtime.transaction(tenant_id) as session:
        row = session.scalar(select(Draft).where(Draft.id == uuid.UUID(mail.data["draft_id"])))
        if row is None:
            raise ObsoleteMailError
        base = _portal(runtime, session, row.via_tenant_id, mail.language)
        token = derived_token(runtime.settings.secret_key, "resume", f"{row.id}/{mail.recipient}")
        return {"url": f"{base}/antrag/weiter/{token}"}


def _desk_links(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    with runtime.transaction(tenant_id) as session:
        row = _case(session, mail)
        (record,) = load_records(session, [tenant_id])
        return {
            "url": f"{site_address(runtime.settings, record, 'desk')}/{mail.language}/vorgaenge/{row.id}",
            "number": row.number,
            "service": service_name(session, row.service_key, mail.language),
            "due_on": row.due_on.isoformat(),
        }


def tell_staff(runtime: Runtime, tenant_id: int, case_id: uuid.UUID) -> None:
    """Tell the tenant's caseworkers of a new case."""
    with runtime.transaction(tenant_id) as session:
        row = session.scalar(select(Case).where(Case.id == case_id))
        if row is not None:
            _mail_staff(session, tenant_id, row, "staff_new_case", None)


def remind(runtime: Runtime, tenant_id: int) -> None:
    """Tell of cases that became overdue since yesterday (on Mondays: over the weekend)."""
    today = clock.today()
    since = today - datetime.timedelta(days=3 if today.weekday() == 0 else 1)
    with runtime.transaction(tenant_id) as session:
        query = select(Case).where(
            Case.state.in_([state.value for state in OPEN_STATES]), Case.due_on < today, Case.due_on >= since
        )
        for row in session.scalars(query).all():
            _mail_staff(session, tenant_id, row, "staff_overdue", row.assignee_id)


def _mail_staff(
    session: Session, tenant_id: int, row: Case, template: str, staff_id: uuid.UUID | None
) -> None:
    members = session.scalars(
        select(Staff).where(Staff.active, Staff.roles.contains([Role.CASEWORKER.value]))
    ).all()
    for member in [member for member in members if member.id == staff_id] or members:
        queue_mail(session, tenant_id, member.email, member.language, template, {}, row.id)


def tidy_drafts(runtime: Runtime, tenant_id: int) -> None:
    """Delete expired drafts, and files that no row names (any more)."""
    with runtime.transaction(tenant_id) as session:
        expired = select(Draft.id).where(Draft.expires_at <= clock.now())
        session.execute(delete(Document).where(Document.draft_id.in_(expired), Document.case_id.is_(None)))
        session.execute(delete(Draft).where(Draft.expires_at <= clock.now()))
    with runtime.transaction(tenant_id) as session:
        known = set(session.scalars(select(Document.id)))
    runtime.get(STORAGE).sweep(tenant_id, known)


def forget(runtime: Runtime, tenant_id: int) -> None:
    """Delete what is no longer kept: cases after their retention period, and the data of mails sent long ago."""
    with runtime.transaction(tenant_id) as session:
        due = list(session.scalars(select(Case.id).where(Case.delete_on <= clock.today())))
        documents = list(session.scalars(select(Document.id).where(Document.case_id.in_(due))))
        session.execute(delete(Document).where(Document.id.in_(documents)))
        session.execute(delete(Mail).where(Mail.case_id.in_(due)))
        session.execute(delete(Case).where(Case.id.in_(due)))
        session.execute(
            delete(Mail).where(Mail.state != "queued", Mail.created_at < clock.now() - _MAIL_KEPT)
        )
    for document_id in documents:
        runtime.get(STORAGE).delete(tenant_id, document_id)
