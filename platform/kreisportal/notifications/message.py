"""The message as it goes over the wire: headers, identity, text."""

from __future__ import annotations

import datetime
import re
import uuid
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from kreisportal.i18n import pick
from kreisportal.notifications.addresses import check_address
from kreisportal.notifications.mailer import Envelope
from kreisportal.notifications.rendering import Rendered
from kreisportal.tenancy.definition import TenantDefinition

_ENVELOPE_ID = re.compile(
    r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([1-9][0-9]{0,9})(?:@[^\s<>]+>?)?\Z"
)


@dataclass(frozen=True, slots=True)
class MailIdentity:
    """A mail and its tenant: what an envelope id and a Message-ID say, so that a bounce finds its way home."""

    tenant_id: int
    mail_id: uuid.UUID

    @property
    def envelope_id(self) -> str:
        """The id for the envelope (RFC 3461, ENVID), the same at every try."""
        return f"{self.mail_id}.{self.tenant_id}"

    @classmethod
    def read(cls, text: str) -> MailIdentity | None:
        """The identity in an envelope id or a Message-ID; None if it is not one of ours."""
        found = _ENVELOPE_ID.match(text.strip())
        return cls(int(found[2]), uuid.UUID(found[1])) if found else None


def build_message(
    identity: MailIdentity,
    recipient: str,
    written_at: datetime.datetime,
    tenant: TenantDefinition,
    rendered: Rendered,
) -> tuple[Envelope, EmailMessage]:
    """Envelope and message to ``recipient`` (as ``check_address`` gives it), the same bytes at every try.

    ``written_at`` is when the mail was queued. Bounces go to the tenant's sender, answers to its office.
    """
    name = tenant.mail.name if tenant.mail else pick(tenant.name.full)
    sender = check_address(tenant.mail.address if tenant.mail else tenant.contact.email)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name, addr_spec=sender)
    message["To"] = recipient
    message["Reply-To"] = check_address(tenant.contact.email)
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = f"<{identity.envelope_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    # Quoted-printable keeps lines short and survives servers that know only seven bits.
    message.set_content(rendered.text, cte="quoted-printable")
    message["Content-Language"] = ", ".join(rendered.languages)
    return Envelope(sender, recipient, identity.envelope_id), message
