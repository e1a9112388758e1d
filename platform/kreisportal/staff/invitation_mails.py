"""The mails by which somebody gets in, or begins anew: queued with the act, their link known only when they are sent."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kreisportal.kernel.ids import derived_token, digest
from kreisportal.notifications.service import queue_mail
from kreisportal.staff.models import Member
from kreisportal.staff.service import INVITATION_DAYS

INVITATION_MAIL, RESET_MAIL = "staff_invitation", "staff_reset"
FIRST_ADMIN_MAIL, MOVED_MAIL = "staff_first_admin", "staff_moved"
REGION_INVITATION_MAIL, REGION_RESET_MAIL = "region_invitation", "region_reset"


@dataclass(frozen=True, slots=True)
class Mailing:
    """How an act mails links: the program's key, which they follow from, and whether the mails of others go first."""

    secret_key: str
    after_others: bool = False


def link_token(secret_key: str, invited: Member) -> str:
    """The token of the link that an invited person gets: it follows from the key, so that no mail's row holds it."""
    until = invited.invitation_expires_at
    moment = until.astimezone(datetime.UTC).isoformat() if until else ""
    return derived_token(secret_key, "staff-invitation", "/".join(map(str, (*invited.owner, moment))))


def send_link(
    session: Session,
    invited: Member,
    sender_id: int,
    template: str,
    mailing: Mailing,
    **more: int | bool,
) -> str:
    """Queue the mail, which comes from the tenant ``sender_id``; its link is the only one that is good now.

    Returns the link's token, for an act that shows it once as well. ``more`` is what else the mail tells. Raises
    InvalidInputError for an address that cannot be written to: then the link of before is still good.
    """
    data = {"staff_id": str(invited.id), "days": INVITATION_DAYS, **more}
    queue_mail(
        session,
        sender_id,
        invited.email,
        invited.language,
        template,
        data,
        after_others=mailing.after_others,
    )
    token = link_token(mailing.secret_key, invited)
    invited.invitation_digest = digest(token)
    session.flush()
    return token
