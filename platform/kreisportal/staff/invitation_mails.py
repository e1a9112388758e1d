"""The mails by which somebody gets in, or begins anew: queued with the act, their link known only when they are sent."""

from __future__ import annotations

import datetime

from sqlalchemy.orm import Session

from kreisportal.kernel.ids import derived_token, digest
from kreisportal.notifications.service import queue_mail
from kreisportal.staff.models import Member
from kreisportal.staff.service import INVITATION_DAYS

INVITATION_MAIL, RESET_MAIL = "staff_invitation", "staff_reset"
REGION_INVITATION_MAIL, REGION_RESET_MAIL = "region_invitation", "region_reset"


def link_token(secret_key: str, invited: Member) -> str:
    """The token of the link that an invited person gets: it follows from the key, so that no mail's row holds it."""
    until = invited.invitation_expires_at
    moment = until.astimezone(datetime.UTC).isoformat() if until else ""
    return derived_token(secret_key, "staff-invitation", "/".join(map(str, (*invited.owner, moment))))


def send_link(session: Session, invited: Member, sender_id: int, template: str, secret_key: str) -> None:
    """Queue the mail, which comes from the tenant ``sender_id``; its link is the only one that is good now."""
    session.flush()
    invited.invitation_digest = digest(link_token(secret_key, invited))
    data = {"staff_id": str(invited.id), "days": INVITATION_DAYS}
    queue_mail(session, sender_id, invited.email, invited.language, template, data)
    session.flush()
