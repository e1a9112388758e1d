"""The table of mails: put in with the act they tell of, sent after its commit."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope
from kreisportal.tenancy.models import Tenant

OBSOLETE = "obsolete"
"""The problem of a mail that was not sent because it had become pointless: nothing that anybody must mend."""


class Mail(Base):
    """A mail. ``case_id`` is whatever it is about, so that a bounce can be shown there."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_case_id", "tenant_id", "case_id", postgresql_where=text("case_id IS NOT NULL")),
        Index("ix_mails_queued", "tenant_id", "created_at", postgresql_where=text("state = 'queued'")),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID | None]
    recipient: Mapped[str]
    language: Mapped[str]
    template: Mapped[str]
    data: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(Integer)
    problem: Mapped[str | None]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    sent_at: Mapped[datetime.datetime | None]
