"""What the mails to staff about their own access lead to: computed when a mail is sent, from the database only."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from kreisportal.kernel import clock
from kreisportal.kernel.ids import digest
from kreisportal.notifications.addresses import site_address
from kreisportal.notifications.links import LinksRegistry, ObsoleteMailError, QueuedMail
from kreisportal.staff.models import Staff
from kreisportal.staff.team import INVITATION_MAIL, RESET_MAIL, link_token
from kreisportal.tenancy.queries import load_records

if TYPE_CHECKING:
    from kreisportal.jobs import Runtime


def register_links(links: LinksRegistry) -> None:
    """Say who computes the links of which mails."""
    for template in (INVITATION_MAIL, RESET_MAIL):
        links.register_links(template, _invitation)


def _invitation(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    """Used, replaced by a newer one, or of somebody whose access has ended: then nobody is told any more."""
    with runtime.transaction(tenant_id) as session:
        query = select(Staff).where(Staff.id == uuid.UUID(mail.data["staff_id"]), Staff.active)
        invited = session.scalar(query)
        if invited is None or (invited.invitation_expires_at or clock.now()) <= clock.now():
            raise ObsoleteMailError
        token = link_token(runtime.settings.secret_key, invited)
        if invited.invitation_digest != digest(token):
            raise ObsoleteMailError
        (record,) = load_records(session, [tenant_id])
        return {"url": f"{site_address(runtime.settings, record, 'desk')}/{mail.language}/einladung/{token}"}
