"""Work that is done after a commit or at certain times: telling staff, tidying, forgetting."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.cases import queries
from kreisportal.cases.decision_times import publish_times
from kreisportal.cases.drafts import reached_step
from kreisportal.cases.events import ANSWERED, ARRIVED, CLEAR_AWAY, TELL_STAFF, WITHDRAWN
from kreisportal.cases.mail_links import register_links
from kreisportal.cases.models import Case, Draft
from kreisportal.cases.status import OPEN_STATES, CaseState
from kreisportal.catalogue.queries import form_data
from kreisportal.catalogue.service_counts import Counted, What, note_together, tidy_figures
from kreisportal.documents.models import Document
from kreisportal.documents.storage import STORAGE
from kreisportal.forms import FormDefinition
from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.notifications.links import LinksRegistry
from kreisportal.notifications.models import Mail
from kreisportal.notifications.service import queue_mail
from kreisportal.staff.duty import told_of
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.town_picture import picture_ids

_MAIL_KEPT = datetime.timedelta(days=90)
_OPEN = [state.value for state in OPEN_STATES]


def register(registry: JobRegistry, links: LinksRegistry) -> None:
    """Let the worker do this room's jobs and compute the links of its mails."""
    registry.register(TELL_STAFF, tell_staff)
    registry.register(ARRIVED, arrived)
    registry.register(ANSWERED, answered)
    registry.register(WITHDRAWN, withdrawn)
    registry.register(CLEAR_AWAY, clear_away)
    registry.periodic("cases.tidy_drafts", tidy_drafts, every="17 * * * *")
    registry.periodic("cases.forget", forget, every="43 2 * * *")
    registry.periodic("cases.tell_times", tell_times, every="29 3 * * *")
    registry.region("cases.forget_figures", forget_figures, every="53 3 * * *")
    registry.periodic("cases.remind", remind, every="11 5 * * 1-5")
    register_links(links)


def tell_staff(runtime: Runtime, tenant_id: int, case_id: uuid.UUID) -> None:
    """Tell the caseworkers whose work it is of a new case."""
    with runtime.transaction(tenant_id) as session:
        row = queries.case(session, case_id)
        if row is not None and row.state in _OPEN:
            _mail_staff(session, row, "staff_new_case")


def arrived(runtime: Runtime, tenant_id: int, case_id: uuid.UUID) -> None:
    """Tell of a case that another authority has passed on: the caseworkers here, and the applicant."""
    with runtime.transaction(tenant_id) as session:
        row = queries.case(session, case_id)
        if row is None or row.state not in _OPEN:
            return
        record(session, Context(ActorKind.JOB, tenant_id), "case.arrived", "case", case_id)
        _mail_staff(session, row, "staff_new_case")
        if row.email and row.email_confirmed_at:
            queue_mail(session, tenant_id, row.email, row.language, "case_news", {}, case_id)


def answered(runtime: Runtime, tenant_id: int, case_id: uuid.UUID) -> None:
    """Tell whoever works on a case, else all, that the applicant has written; not if somebody has looked by now."""
    with runtime.transaction(tenant_id) as session:
        row = queries.case(session, case_id)
        if row is not None and row.unread and row.state in _OPEN:
            _mail_staff(session, row, "staff_answer", row.assignee_id)


def withdrawn(runtime: Runtime, tenant_id: int, case_id: uuid.UUID) -> None:
    """Tell whoever works on a case that there is nothing to be done any more; of one that nobody has taken, nobody."""
    with runtime.transaction(tenant_id) as session:
        row = queries.case(session, case_id)
        if row is not None and row.unread and row.state == CaseState.WITHDRAWN and row.assignee_id:
            _mail_staff(session, row, "staff_withdrawn", row.assignee_id)


def remind(runtime: Runtime, tenant_id: int) -> None:
    """Tell of open cases that are overdue, once for each due date, however often this runs or is missed."""
    today = clock.today()
    with runtime.transaction(tenant_id) as session:
        untold = or_(Case.reminded_on.is_(None), Case.reminded_on <= Case.due_on)
        query = select(Case).where(Case.state.in_(_OPEN), Case.due_on < today, untold)
        for row in session.scalars(query.with_for_update(skip_locked=True)).all():
            row.reminded_on = today
            _mail_staff(session, row, "staff_overdue", row.assignee_id)


def _mail_staff(session: Session, row: Case, template: str, staff_id: uuid.UUID | None = None) -> None:
    """Mail one member of staff, or whose work it is: see ``told_of``."""
    for member in told_of(session, row.service_key, staff_id, clock.today()):
        queue_mail(session, row.tenant_id, member.email, member.language, template, {}, row.id)


def clear_away(runtime: Runtime, tenant_id: int, case_id: uuid.UUID, document_id: uuid.UUID) -> None:
    """Remove the content of a file whose case went to another authority, unless it has come back meanwhile."""
    with runtime.transaction(tenant_id) as session:
        queries.hold_files(session, case_id)
        if session.scalar(select(Document.id).where(Document.id == document_id)) is None:
            runtime.get(STORAGE).delete(tenant_id, document_id)


def tidy_drafts(runtime: Runtime, tenant_id: int) -> None:
    """Delete expired drafts, counting at which step they were given up, and files that no row names (any more).

    A town's picture is such a file, named by its profile. One that was replaced goes a day later.
    """
    with runtime.transaction(tenant_id) as session:
        _count_given_up(session)
        expired = select(Draft.id).where(Draft.expires_at <= clock.now())
        session.execute(delete(Document).where(Document.draft_id.in_(expired), Document.case_id.is_(None)))
        session.execute(delete(Draft).where(Draft.expires_at <= clock.now()))
    with runtime.transaction(tenant_id) as session:
        known = set(session.scalars(select(Document.id)))
        known |= picture_ids(session.scalars(select(Tenant.profile).where(Tenant.id == tenant_id)).one())
    runtime.get(STORAGE).sweep(tenant_id, known)


def _count_given_up(session: Session) -> None:
    counts: Counter[Counted] = Counter()
    for row in session.scalars(select(Draft).where(Draft.expires_at <= clock.now())):
        data = form_data(session, row.form_key, row.form_version)
        step = reached_step(FormDefinition.from_data(data), row) if data else ""
        counts[Counted(row.tenant_id, row.service_key, What.ABANDONED, step)] += 1
    note_together(session, counts)


def tell_times(runtime: Runtime, tenant_id: int) -> None:
    """Work out how long decisions take, and let the portal tell it."""
    with runtime.transaction(tenant_id) as session:
        publish_times(session, tenant_id, clock.now())


def forget(runtime: Runtime, tenant_id: int) -> None:
    """Delete what is no longer kept: cases after their retention period, and the data of mails sent long ago.

    The audit stays: it says that something was done to a case, and nothing of what was in it.
    """
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


def forget_figures(runtime: Runtime) -> None:
    """Forget what was counted and said of services long ago, in all towns."""
    with runtime.region() as session:
        tidy_figures(session)
