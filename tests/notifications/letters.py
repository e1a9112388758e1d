"""Values for every mail, as its template names them at its top."""

from __future__ import annotations

import datetime
import uuid
from email.message import EmailMessage
from functools import cache
from typing import Any

from kreisportal.kernel.paths import shipped
from kreisportal.notifications.mailer import Envelope
from kreisportal.notifications.message import MailIdentity, build_message
from kreisportal.notifications.rendering import Rendered
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.definition_region import read_tenants

URL = "https://vechta.localhost/de/status/VEC-2026-000123/" + "K7QDM3XP9RTAHW2" * 6
NUMBER = {"number": "VEC-2026-000123"}
SERVICE = {**NUMBER, "service": "Hund anmelden"}
STAFF = {**SERVICE, "due_on": "2026-12-24"}

DATA: dict[str, dict[str, Any]] = {
    "confirm_address": {},
    "account_sign_up": {},
    "account_exists": {},
    "account_password": {},
    "account_unknown": {},
    "account_address": {},
    "account_address_taken": {},
    "account_address_changed": {"days": "7"},
    "account_way_added": {"way": "passkey"},
    "account_takeout_ready": {"days": "7"},
    "account_deleted": {
        "at": "2026-12-01T10:00:00+00:00",
        "gone": [["Passkeys", 2], ["Angefangene Anträge", 1]],
        "kept": [["Stadt Vechta", ["VEC-2026-000123", "VEC-2026-000124"]]],
    },
    "account_confirmed": {},
    "mandate_invitation": {"days": "14"},
    "mandate_accepted": {"mine": True},
    "mandate_ended": {},
    "resume_draft": {"expires_on": "2026-12-24"},
    "application_received": {**SERVICE, "kind": "application"},
    "case_news": SERVICE,
    "case_decided": {**SERVICE, "kind": "report"},
    "staff_new_case": {**STAFF, "kind": "report"},
    "staff_overdue": STAFF,
    "staff_answer": STAFF,
    "staff_withdrawn": SERVICE,
    "staff_invitation": {"days": 7},
    "staff_first_admin": {"days": 7},
    "staff_moved": {"days": 7, "from_name": "Gemeinde Bakum", "was_there": True},
    "staff_reset": {"days": 7},
    "region_invitation": {"days": 7},
    "region_reset": {"days": 7},
}

TENANT: dict[str, str | bool | None] = {
    "tenant_name": "Stadt Vechta",
    "tenant_place": "Burgstraße 6, 49377 Vechta",
    "tenant_phone": "04441 886-0",
    "tenant_email": "rathaus@stadt-vechta.example",
    "portal_url": "https://vechta.localhost",
    "is_demo": False,
}


@cache
def tenant(slug: str = "vechta") -> TenantDefinition:
    """A tenant of the demonstration."""
    return next(entry for entry in read_tenants(shipped("tenants")) if entry.slug == slug)


IDENTITY = MailIdentity(7, uuid.UUID("11111111-2222-4333-8444-555555555555"))
WRITTEN_AT = datetime.datetime(2026, 12, 1, 9, 30, tzinfo=datetime.UTC)


def letter(recipient: str = "erika@example.org", text: str = "Grüße\n") -> tuple[Envelope, EmailMessage]:
    """A message of Vechta's."""
    return build_message(
        IDENTITY, recipient, WRITTEN_AT, tenant(), Rendered("Neues zu Ihrem Antrag – bald", text)
    )
