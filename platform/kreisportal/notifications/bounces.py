"""Delivery status notifications (RFC 3464): which of our mails came back, and why."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

from sqlalchemy import update
from sqlalchemy.orm import Session

from kreisportal.notifications.message import MailIdentity
from kreisportal.notifications.models import Mail

MAX_BYTES = 5 * 1024 * 1024
_LONGEST_PROBLEM = 500


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that could not be delivered, and what the server said to it."""

    identity: MailIdentity
    problem: str


def read_bounce(raw: bytes) -> Bounce | None:
    """The bounce in a notification; None if it is none, tells of a mere delay, or is not about a mail of ours."""
    message = message_from_bytes(raw[:MAX_BYTES], policy=default)
    groups = _status_groups(message)
    failed = [group for group in groups if str(group.get("Action", "")).strip().lower() == "failed"]
    if not failed:
        return None
    named = [str(group.get("Original-Envelope-Id", "")) for group in groups] + _message_ids(message)
    identity = next((found for found in map(MailIdentity.read, named) if found), None)
    return Bounce(identity, _problem(failed[0])) if identity else None


def mark_bounced(session: Session, bounce: Bounce) -> bool:
    """Write the bounce to its mail. False if there is no such sent mail. The session acts as a job of its tenant."""
    done = session.execute(
        update(Mail)
        .where(
            Mail.tenant_id == bounce.identity.tenant_id,
            Mail.id == bounce.identity.mail_id,
            Mail.state.in_(("queued", "sent")),
        )
        .values(state="bounced", problem=bounce.problem)
        .returning(Mail.id)
    )
    return done.first() is not None


def _status_groups(message: EmailMessage | Message) -> list[Message]:
    """The groups of fields of the status part: first the one about the message, then one per recipient."""
    return [
        group
        for part in message.walk()
        if part.get_content_type() == "message/delivery-status" and part.is_multipart()
        for group in part.get_payload()
        if isinstance(group, Message)
    ]


def _message_ids(message: EmailMessage | Message) -> list[str]:
    """The Message-IDs of what was returned, whole or only its headers."""
    found: list[str] = []
    for part in message.walk():
        if part is not message and part["Message-ID"]:
            found.append(str(part["Message-ID"]))
        elif part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            headers = message_from_bytes(payload if isinstance(payload, bytes) else b"", policy=default)
            found.append(str(headers.get("Message-ID", "")))
    return found


def _problem(group: Message) -> str:
    """What went wrong, e.g. "5.1.1 550 no such user", in one line."""
    diagnostic = str(group.get("Diagnostic-Code", "")).partition(";")[2] or "undeliverable"
    words = f"{group.get('Status', '')} {diagnostic}"
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(printable.split())[:_LONGEST_PROBLEM]
