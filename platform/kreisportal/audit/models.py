"""The tables of the audit. Entries can be added, never changed or removed by the application."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope


class _Act:
    """What is written down of an act. ``data`` holds no personal content, only keys and numbers."""

    at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    actor: Mapped[str]
    staff_id: Mapped[uuid.UUID | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    data: Mapped[dict[str, Any]]


class AuditEntry(_Act, Base):
    """One act that concerns a tenant."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject_id", "tenant_id", "subject_id"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)


class RegionAuditEntry(_Act, Base):
    """One act of those who run the region that concerns no single tenant."""

    __tablename__ = "region_audit_entries"
    __table_args__ = {"info": {"scope": Scope.REGION}}

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
