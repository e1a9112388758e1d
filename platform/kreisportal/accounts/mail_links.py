"""What the mails about accounts lead to: computed by the worker when a mail is sent, from the database only."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from kreisportal.accounts.links import link_token
from kreisportal.jobs import Runtime
from kreisportal.notifications.addresses import region_address
from kreisportal.notifications.links import LinksRegistry, ObsoleteMailError, QueuedMail
from kreisportal.tenancy.queries import load_region_hosts

MAILS = ("account_sign_up", "account_exists", "account_password", "account_unknown")


def register_links(links: LinksRegistry) -> None:
    """Say who computes the links of the mails about accounts."""
    for template in MAILS:
        links.register_links(template, _account_link)


def _account_link(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    with runtime.transaction(tenant_id) as session:
        base = region_address(runtime.settings, load_region_hosts(session), "account")
    if base is None:
        raise ObsoleteMailError
    token = link_token(runtime.settings.secret_key, uuid.UUID(mail.data["link_id"]))
    return {"url": f"{base}/{mail.language}/link/{token}"}
