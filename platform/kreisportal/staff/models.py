"""The table of staff."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope
from kreisportal.tenancy.models import Tenant


class Staff(Base):
    """A member of a tenant's staff.

    Secrets are hashed (password, recovery codes, invitation) or sealed (TOTP). ``failures`` and
    ``locked_until`` count wrong codes of the second factor; wrong passwords are counted by address, so that
    one without an account is treated alike.
    """

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("tenant_id", "email", name="uq_staff_email"),
        Index("uq_staff_invitation_digest", "tenant_id", "invitation_digest", unique=True),
        CheckConstraint("(invitation_digest IS NULL) = (invitation_expires_at IS NULL)", name="invitation"),
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
    pending_totp_secret: Mapped[bytes | None]
    recovery_codes: Mapped[list[str]]
    invitation_digest: Mapped[bytes | None]
    invitation_expires_at: Mapped[datetime.datetime | None]
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime.datetime | None]
    active: Mapped[bool]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))

    @property
    def enrolled(self) -> bool:
        """Whether there is a second factor that counts."""
        return self.totp_secret is not None

    @property
    def owner(self) -> tuple[object, ...]:
        """Whom secrets are sealed for."""
        return self.tenant_id, self.id
