"""What people say about a service when they have sent it or leave it: stars, and words if they like."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.catalogue.models import Feedback
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import NotFoundError

Occasion = Literal["sent", "left"]
LONGEST_WORDS, MOST_STARS = 1000, 5
_NOTE = text("SELECT definer.note_feedback(:tenant, :service, :occasion, :stars, :words)")


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """How many stars a service got on average (1 to 5), and from how many."""

    average: float
    count: int


def note_feedback(
    session: Session, tenant_id: int, service_key: str, occasion: Occasion, stars: int, words: str
) -> None:
    """Write down what somebody said, and nothing of who it was."""
    values = {
        "tenant": tenant_id,
        "service": service_key,
        "occasion": occasion,
        "stars": stars,
        "words": words,
    }
    session.execute(_NOTE, values)


def satisfaction(session: Session) -> dict[str, Satisfaction]:
    """By service, of the tenant that the transaction acts for."""
    query = select(Feedback.service_key, func.avg(Feedback.stars), func.count()).group_by(
        Feedback.service_key
    )
    return {key: Satisfaction(float(average), count) for key, average, count in session.execute(query)}


def said_about(session: Session, service_key: str, most: int = 100) -> Sequence[Feedback]:
    """What was said about a service, newest first."""
    query = select(Feedback).where(Feedback.service_key == service_key)
    return session.scalars(query.order_by(Feedback.given_on.desc(), Feedback.id).limit(most)).all()


def erase_words(session: Session, context: Context, feedback_id: uuid.UUID) -> str:
    """Erase what somebody wrote, if it says more than it should; its service. The stars stay. Raises NotFoundError."""
    query = update(Feedback).where(Feedback.id == feedback_id).values(words=None)
    service_key: str | None = session.scalar(query.returning(Feedback.service_key))
    if service_key is None:
        raise NotFoundError
    record(session, context, "feedback-erased", "feedback", feedback_id, service=service_key)
    return service_key
