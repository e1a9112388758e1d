"""The tables of staff: of towns, and of the region."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope
from kreisportal.tenancy.models import Tenant


class StaffColumns:
    """What is known of everybody who signs in to work, at a town's desk or at the region's.

    Secrets are hashed (password, recovery codes, invitation) or sealed (TOTP). ``failures`` and
    ``locked_until`` count wrong codes of the second factor; wrong passwords are counted by address, so that
    one without an account is treated alike.
    """

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


class Staff(StaffColumns, Base):
    """A member of a tenant's staff."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("tenant_id", "email", name="uq_staff_email"),
        CheckConstraint("roles <@ '{caseworker,tenant_admin}'", name="roles"),
        Index("uq_staff_invitation_digest", "tenant_id", "invitation_digest", unique=True),
        CheckConstraint("(invitation_digest IS NULL) = (invitation_expires_at IS NULL)", name="invitation"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)

    @property
    def owner(self) -> tuple[object, ...]:
        """Whom secrets are sealed for."""
        return self.tenant_id, self.id


class RegionStaff(StaffColumns, Base):
    """Who runs the region: an operator all of it, a district admin a district and its towns."""

    __tablename__ = "region_staff"
    __table_args__ = (
        UniqueConstraint("email", name="uq_region_staff_email"),
        UniqueConstraint("invitation_digest", name="uq_region_staff_invitation_digest"),
        CheckConstraint("(invitation_digest IS NULL) = (invitation_expires_at IS NULL)", name="invitation"),
        CheckConstraint(
            "CASE WHEN district_id IS NULL THEN roles = '{operator}' ELSE roles = '{district_admin}' END",
            name="roles",
        ),
        {"info": {"scope": Scope.REGION}},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[int | None] = mapped_column(Integer, ForeignKey(Tenant.id), index=True)

    @property
    def tenant_id(self) -> None:
        """They belong to no tenant, also where they run a district: what they do is the region's."""
        return

    @property
    def owner(self) -> tuple[object, ...]:
        """Whom secrets are sealed for."""
        return "region", self.id


Member = Staff | RegionStaff
