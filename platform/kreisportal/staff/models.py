"""The tables of staff: of towns with their departments, and of the region."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
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
    """A member of a tenant's staff. From ``leave_from`` to ``leave_until``, both included, the deputy stands in."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("tenant_id", "email", name="uq_staff_email"),
        CheckConstraint("roles <@ '{caseworker,tenant_admin}'", name="roles"),
        Index("uq_staff_invitation_digest", "tenant_id", "invitation_digest", unique=True),
        CheckConstraint("(invitation_digest IS NULL) = (invitation_expires_at IS NULL)", name="invitation"),
        ForeignKeyConstraint(
            ["tenant_id", "deputy_id"],
            ["staff.tenant_id", "staff.id"],
            name="fk_staff_deputy_id",
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("deputy_id <> id", name="deputy"),
        CheckConstraint(
            "(leave_from IS NULL) = (leave_until IS NULL) AND leave_from <= leave_until", name="leave"
        ),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    deputy_id: Mapped[uuid.UUID | None]
    leave_from: Mapped[datetime.date | None]
    leave_until: Mapped[datetime.date | None]

    @property
    def owner(self) -> tuple[object, ...]:
        """Whom secrets are sealed for."""
        return self.tenant_id, self.id


class Department(Base):
    """A part of a town's administration, which works some of its services."""

    __tablename__ = "departments"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name", name="uq_departments_name"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class DepartmentService(Base):
    """A service is worked by one department: its new cases stand in that one's list."""

    __tablename__ = "department_services"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "department_id"],
            [Department.tenant_id, Department.id],
            name="fk_department_services_department",
        ),
        Index("ix_department_services_department_id", "tenant_id", "department_id"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    service_key: Mapped[str] = mapped_column(primary_key=True)
    department_id: Mapped[uuid.UUID]


class DepartmentMember(Base):
    """Who works in which department; somebody may in several."""

    __tablename__ = "department_members"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "department_id"],
            [Department.tenant_id, Department.id],
            name="fk_department_members_department",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "staff_id"], [Staff.tenant_id, Staff.id], name="fk_department_members_staff_id"
        ),
        Index("ix_department_members_staff_id", "tenant_id", "staff_id"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    department_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


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


class TokenColumns:
    """What is known of an access token: a program shows it in the place of a person who signs in.

    ``digest`` is the SHA-256 of a random token; it is written, and never read but by the definer. ``scopes`` are what the
    token is for (``access.scopes``). ``last_used_at`` is right to the minute.
    """

    name: Mapped[str]
    scopes: Mapped[list[str]]
    digest: Mapped[bytes] = mapped_column(deferred=True, deferred_raiseload=True)
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime.datetime]
    last_used_at: Mapped[datetime.datetime | None]
    revoked_at: Mapped[datetime.datetime | None]


class AccessToken(TokenColumns, Base):
    """A token of a town, good at its portal only. It stays when who has made it (``staff_id``) goes."""

    __tablename__ = "access_tokens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "staff_id"], [Staff.tenant_id, Staff.id], name="fk_access_tokens_staff_id"
        ),
        UniqueConstraint("tenant_id", "digest", name="uq_access_tokens_digest"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID]


class RegionAccessToken(TokenColumns, Base):
    """A token of somebody who runs the region, good at the region's host. It acts as them, and ends when they go."""

    __tablename__ = "region_access_tokens"
    __table_args__ = (
        UniqueConstraint("digest", name="uq_region_access_tokens_digest"),
        {"info": {"scope": Scope.REGION}},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(RegionStaff.id), index=True)


Member = Staff | RegionStaff
