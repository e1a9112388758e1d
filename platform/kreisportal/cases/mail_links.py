"""What the mails about drafts and cases lead to: computed by the worker when a mail is sent, from the database only."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.cases.addresses import portal_of
from kreisportal.cases.models import Case, Draft
from kreisportal.cases.status import OPEN_STATES, CaseState
from kreisportal.cases.submission import case_secret, confirm_token_of
from kreisportal.catalogue.queries import form_data, service_name
from kreisportal.forms.wording import APPLICATION
from kreisportal.jobs import Runtime
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.ids import derived_token, digest
from kreisportal.notifications.addresses import site_address
from kreisportal.notifications.links import LinksFunction, LinksRegistry, ObsoleteMailError, QueuedMail
from kreisportal.staff.queries import by_email
from kreisportal.tenancy.queries import load_records

FOR_STAFF_OF_OPEN_CASES = ("staff_new_case", "staff_overdue", "staff_answer")
FOR_APPLICANTS = ("application_received", "case_news", "case_decided")


def register_links(links: LinksRegistry) -> None:
    """Say who computes the links of which mails."""
    for template in FOR_APPLICANTS:
        links.register_links(template, _case_links)
    for template in FOR_STAFF_OF_OPEN_CASES:
        links.register_links(template, _desk_links(lambda state: state in OPEN_STATES))
    links.register_links("staff_withdrawn", _desk_links(lambda state: state is not CaseState.PASSED_ON))
    links.register_links("confirm_address", _confirm_links)
    links.register_links("resume_draft", _resume_links)


def _case(session: Session, mail: QueuedMail) -> Case:
    row = session.scalar(select(Case).where(Case.id == mail.case_id)) if mail.case_id else None
    if row is None:
        raise ObsoleteMailError
    return row


def _case_links(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    with runtime.transaction(tenant_id) as session:
        row = _case(session, mail)
        secret = case_secret(runtime.settings.secret_key, row.id)
        base = portal_of(runtime.settings, session, row, mail.language)
        return {
            "url": f"{base}/vorgang?nummer={row.number}&kennwort={secret}",
            "number": row.number,
            "service": service_name(session, row.service_key, mail.language),
            "kind": (form_data(session, row.form_key, row.form_version) or {}).get("kind", APPLICATION),
        }


def _confirm_links(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    """Passed on meanwhile, the case keeps its link; once the address is confirmed nobody need be asked."""
    with runtime.transaction(tenant_id) as session:
        row = _case(session, mail)
        if row.email_confirmed_at is not None:
            raise ObsoleteMailError
        base = portal_of(runtime.settings, session, row, mail.language)
        token = confirm_token_of(runtime.settings.secret_key, row.id, mail.recipient)
        return {"url": f"{base}/adresse/{token}"}


def _resume_links(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    with runtime.transaction(tenant_id) as session:
        row = session.scalar(select(Draft).where(Draft.id == uuid.UUID(mail.data["draft_id"])))
        token = derived_token(
            runtime.settings.secret_key, "resume", f"{mail.data['draft_id']}/{mail.recipient}"
        )
        # Sent, thrown away, or paused again with another address, to which another link goes.
        if row is None or row.resume_digest != digest(token):
            raise ObsoleteMailError
        return {"url": f"{portal_of(runtime.settings, session, row, mail.language)}/antrag/weiter/{token}"}


def _desk_links(still_matters: Callable[[CaseState], bool]) -> LinksFunction:
    def links(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
        with runtime.transaction(tenant_id) as session:
            row = _case(session, mail)
            # Whoever has left, or works no cases any more, since the mail was put in is told nothing.
            member = by_email(session, Context(ActorKind.JOB, tenant_id), mail.recipient)
            may_know = member is not None and Role.CASEWORKER.value in member.roles
            if not may_know or not still_matters(CaseState(row.state)):
                raise ObsoleteMailError
            (record,) = load_records(session, [tenant_id])
            return {
                "url": f"{site_address(runtime.settings, record, 'desk')}/{mail.language}/vorgaenge/{row.id}",
                "number": row.number,
                "service": service_name(session, row.service_key, mail.language),
                "due_on": row.due_on.isoformat(),
                "kind": (form_data(session, row.form_key, row.form_version) or {}).get("kind", APPLICATION),
            }

    return links
