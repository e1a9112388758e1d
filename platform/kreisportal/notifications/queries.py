"""Reading mails."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from kreisportal.notifications.models import OBSOLETE, Mail


def troubled_mails(session: Session, case_id: uuid.UUID) -> Sequence[Mail]:
    """The mails about a case that did not get through, newest first."""
    troubled = and_(Mail.state.in_(("bounced", "failed")), Mail.problem.is_distinct_from(OBSOLETE))
    query = select(Mail).where(Mail.case_id == case_id, troubled)
    return session.scalars(query.order_by(Mail.created_at.desc())).all()
