"""Reading mails."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.notifications.models import Mail


def troubled_mails(session: Session, case_id: uuid.UUID) -> Sequence[Mail]:
    """The mails about a case that did not get through, newest first."""
    query = select(Mail).where(Mail.case_id == case_id, Mail.state.in_(("bounced", "failed")))
    return session.scalars(query.order_by(Mail.created_at.desc())).all()
