"""Tables of lists of towns that are brought on line."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope
from kreisportal.staff.models import RegionStaff


class OnboardingList(Base):
    """A list that somebody gave, one at a time; a job brings its lines in. ``touched_at`` is when a line was last done."""

    __tablename__ = "onboarding_lists"
    __table_args__ = (
        UniqueConstraint("staff_id", name="uq_onboarding_lists_staff_id"),
        {"info": {"scope": Scope.REGION}},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(RegionStaff.id))
    base: Mapped[str]
    open_at_once: Mapped[bool]
    language: Mapped[str]
    asked_at: Mapped[datetime.datetime]
    touched_at: Mapped[datetime.datetime]


class OnboardingLine(Base):
    """A line of it: what it says by column, and when it was done what became of it (see ``lists.note``)."""

    __tablename__ = "onboarding_lines"
    __table_args__ = ({"info": {"scope": Scope.REGION}},)

    list_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(OnboardingList.id, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    staff_id: Mapped[uuid.UUID]
    said: Mapped[dict[str, Any]]
    outcome: Mapped[str | None]
    told: Mapped[dict[str, Any] | None]
