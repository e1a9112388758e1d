"""What the mails to staff about their own access lead to: computed when a mail is sent, from the database only."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from kreisportal.i18n import DEFAULT_LANGUAGE, language_by_path, pick, speaking
from kreisportal.kernel import clock
from kreisportal.kernel.ids import digest
from kreisportal.notifications.addresses import check_address, region_address, site_address
from kreisportal.notifications.links import LinksRegistry, ObsoleteMailError, QueuedMail
from kreisportal.staff.invitation_mails import (
    FIRST_ADMIN_MAIL,
    INVITATION_MAIL,
    MOVED_MAIL,
    REGION_INVITATION_MAIL,
    REGION_RESET_MAIL,
    RESET_MAIL,
    link_token,
)
from kreisportal.staff.models import Member, RegionStaff, Staff
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.queries import load_records, load_region_hosts

if TYPE_CHECKING:
    from kreisportal.jobs import Runtime


def register_links(links: LinksRegistry) -> None:
    """Say who computes the links of which mails."""
    for template in (INVITATION_MAIL, FIRST_ADMIN_MAIL, RESET_MAIL):
        links.register_links(template, _invitation)
    links.register_links(MOVED_MAIL, _moved)
    for template in (REGION_INVITATION_MAIL, REGION_RESET_MAIL):
        links.register_links(template, _region_invitation)


def _invitation(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    """Used, replaced by a newer one, or of somebody whose access has ended: then nobody is told any more."""
    with runtime.transaction(tenant_id) as session:
        query = select(Staff).where(Staff.id == uuid.UUID(mail.data["staff_id"]), Staff.active)
        token = _token(runtime, session.scalar(query))
        (record,) = load_records(session, [tenant_id])
        return {"url": f"{site_address(runtime.settings, record, 'desk')}/{mail.language}/einladung/{token}"}


def _moved(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    """The same for somebody whose town becomes part of the tenant, with the name of that town."""
    link = _invitation(runtime, tenant_id, mail)
    with runtime.transaction(tenant_id) as session:
        (town,) = load_records(session, [mail.data["from_id"]])
    with speaking(language_by_path(mail.language) or DEFAULT_LANGUAGE):
        return {**link, "from_name": str(pick(definition_of(town).name.full))}


def _region_invitation(runtime: Runtime, _sender_id: int, mail: QueuedMail) -> Mapping[str, str]:
    """The same for somebody who runs the region: the tenant only lends its name to the mail.

    It leads in nobody but the person whom it goes to, whatever a tenant's row of a mail says.
    """
    with runtime.region() as session:
        query = select(RegionStaff).where(
            RegionStaff.id == uuid.UUID(mail.data["staff_id"]), RegionStaff.active
        )
        invited = session.scalar(query)
        base = region_address(runtime.settings, load_region_hosts(session), "region")
        token = _token(runtime, invited)
        if base is None or invited is None or check_address(invited.email) != mail.recipient:
            raise ObsoleteMailError
        return {"url": f"{base}/{mail.language}/einladung/{token}"}


def _token(runtime: Runtime, invited: Member | None) -> str:
    """The token, if it is the one that is good now. Raises ObsoleteMailError."""
    if invited is None or (invited.invitation_expires_at or clock.now()) <= clock.now():
        raise ObsoleteMailError
    token = link_token(runtime.settings.secret_key, invited)
    if invited.invitation_digest != digest(token):
        raise ObsoleteMailError
    return token
