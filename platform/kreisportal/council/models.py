"""What was fetched of a council's meetings and papers, and how the last try went."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope
from kreisportal.tenancy.models import Tenant


class CouncilContent(Base):
    """What a town's portal shows of its council (``shown``), as last read from ``body``; None if it was never read.

    ``fault`` says why it cannot be read, ``failing_since`` since when; ``next_at`` is when it is asked again.
    """

    __tablename__ = "council_contents"
    __table_args__ = (
        CheckConstraint("(fault IS NULL) = (failing_since IS NULL)", name="fault"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    body: Mapped[str]
    shown: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    read_at: Mapped[datetime.datetime | None]
    tried_at: Mapped[datetime.datetime]
    failing_since: Mapped[datetime.datetime | None]
    fault: Mapped[str | None]
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    next_at: Mapped[datetime.datetime]
