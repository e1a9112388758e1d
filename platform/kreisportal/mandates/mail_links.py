"""What the mails about mandates lead to: computed by the worker when a mail is sent, from the database only."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from kreisportal.accounts.mail_links import account_base
from kreisportal.jobs import Runtime
from kreisportal.mandates.service import invitation_token
from kreisportal.notifications.links import LinksRegistry, QueuedMail


def register_links(links: LinksRegistry) -> None:
    """Say who computes the links of the mails about mandates."""
    links.register_links("mandate_invitation", _invitation)
    for template in ("mandate_accepted", "mandate_ended"):
        links.register_links(template, _mandate)


def _invitation(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    token = invitation_token(runtime.settings.secret_key, uuid.UUID(mail.data["mandate_id"]))
    return {"url": f"{_pages(runtime, tenant_id, mail)}/einladung/{token}"}


def _mandate(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    return {"url": f"{_pages(runtime, tenant_id, mail)}/{mail.data['mandate_id']}"}


def _pages(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> str:
    return f"{account_base(runtime, tenant_id)}/{mail.language}/vollmachten"
