"""The table of staff."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import BigInteger, ForeignKey, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope
from kreisportal.tenancy.models import Tenant


class Staff(Base):
    """A member of a tenant's staff. Secrets are hashed (password, recovery codes) or sealed (TOTP)."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("tenant_id", "email", name="uq_staff_email"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    roles: Mapped[list[str]]
    language: Mapped[str]
    password_hash: Mapped[str | None]
    totp_secret: Mapped[bytes | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    recovery_codes: Mapped[list[str]]
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime.datetime | None]
    active: Mapped[bool]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
