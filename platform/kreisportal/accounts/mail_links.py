"""What the mails about accounts lead to: computed by the worker when a mail is sent, from the database only."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from kreisportal.accounts.address import address_token
from kreisportal.accounts.links import link_token
from kreisportal.jobs import Runtime
from kreisportal.notifications.addresses import region_address
from kreisportal.notifications.links import LinksRegistry, ObsoleteMailError, QueuedMail
from kreisportal.tenancy.queries import load_region_hosts

MAILS = ("account_sign_up", "account_exists", "account_password", "account_unknown")

_LEADS_TO = {
    "account_address": "zugang/adresse/{token}",
    "account_address_taken": "anmelden",
    "account_address_changed": "adresse-zurueck/{token}",
    "account_way_added": "zugang/",
    "account_takeout_ready": "mitnehmen/",
    "account_deleted": "registrieren",
    "account_confirmed": "zugang/",
}


def register_links(links: LinksRegistry) -> None:
    """Say who computes the links of the mails about accounts."""
    for template in MAILS:
        links.register_links(template, _account_link)
    for template in _LEADS_TO:
        links.register_links(template, _address_link)


def _account_link(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    token = link_token(runtime.settings.secret_key, uuid.UUID(mail.data["link_id"]))
    return {"url": f"{account_base(runtime, tenant_id)}/{mail.language}/link/{token}"}


def _address_link(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
    link_id = mail.data.get("link_id")
    token = address_token(runtime.settings.secret_key, uuid.UUID(link_id)) if link_id else ""
    path = _LEADS_TO[mail.template].format(token=token)
    return {"url": f"{account_base(runtime, tenant_id)}/{mail.language}/{path}"}


def account_base(runtime: Runtime, tenant_id: int) -> str:
    """The account host by its canonical name. Raises ObsoleteMailError where there are no accounts any more."""
    with runtime.transaction(tenant_id) as session:
        base = region_address(runtime.settings, load_region_hosts(session), "account")
    if base is None:
        raise ObsoleteMailError
    return base
