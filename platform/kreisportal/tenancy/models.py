"""Tables of tenants and their host names, and the log that tells every process what has changed."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope


class Tenant(Base):
    """An authority of the region. ``profile`` is its folder's content as JSON, ``imported`` as last read in.

    ``renaming`` is the name that it will have (see ``renaming``), ``merged_into_id`` its successor, and ``merging`` how far
    it is on its way there or back; None when that is settled.
    """

    __tablename__ = "tenants"
    __table_args__ = (
        UniqueConstraint("id", "parent_id", name="uq_tenants_district"),
        ForeignKeyConstraint(
            ["merged_into_id", "parent_id"],
            ["tenants.id", "tenants.parent_id"],
            name="fk_tenants_merged_into_id",
        ),
        CheckConstraint("merged_into_id <> id", name="merged_into"),
        CheckConstraint("merging IS NULL OR merged_into_id IS NOT NULL", name="merging"),
        {"info": {"scope": Scope.REGION}},
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    ars: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("tenants.id"), index=True)
    has_portal: Mapped[bool]
    state: Mapped[str]
    profile: Mapped[dict[str, Any]]
    imported: Mapped[dict[str, Any]]
    renaming: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    merged_into_id: Mapped[int | None] = mapped_column(Integer)
    merging: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Host(Base):
    """A host name: which site it is, of which tenant (none for the region's own), and whether others lead to it."""

    __tablename__ = "hosts"
    __table_args__ = (
        Index(
            "uq_hosts_canonical",
            "tenant_id",
            "site",
            unique=True,
            postgresql_where=text("canonical"),
            postgresql_nulls_not_distinct=True,
        ),
        UniqueConstraint("tenant_id", "host", name="uq_hosts_tenant_id"),
        {"info": {"scope": Scope.REGION}},
    )

    host: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    tenant_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("tenants.id"))
    canonical: Mapped[bool]


class HostLook(Base):
    """What was last seen of a town's host name: where it leads (``host_checks.Leads``), and its certificate (``Shown``).

    It goes with the name. ``certificate`` is None where the name does not lead here, ``valid_until`` unless it is valid.
    """

    __tablename__ = "host_looks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "host"],
            ["hosts.tenant_id", "hosts.host"],
            name="fk_host_looks_tenant_id",
            ondelete="CASCADE",
        ),
        CheckConstraint(
            "leads IN ('here', 'partly', 'elsewhere', 'nowhere', 'local', 'unknown', 'no-answer')",
            name="leads",
        ),
        CheckConstraint("certificate IN ('valid', 'untrusted', 'nothing')", name="certificate"),
        CheckConstraint(
            "(certificate IS NOT DISTINCT FROM 'valid') = (valid_until IS NOT NULL)", name="valid_until"
        ),
        {"info": {"scope": Scope.REGION}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    looked_at: Mapped[datetime.datetime]
    leads: Mapped[str]
    certificate: Mapped[str | None]
    valid_until: Mapped[datetime.datetime | None]


class DirectoryPlace(Base):
    """A municipality of the official directory, whether it is a tenant or not. ``folded`` is its name as it is searched."""

    __tablename__ = "directory_places"
    __table_args__ = {"info": {"scope": Scope.REGION}}

    ars: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str]
    kind: Mapped[str]
    district: Mapped[str]
    state: Mapped[str]
    postcodes: Mapped[str]


class Change(Base):
    """A change that processes must take note of: of a tenant, or of the region where ``tenant_id`` is None."""

    __tablename__ = "changes"
    __table_args__ = {"info": {"scope": Scope.REGION}}

    revision: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    tenant_id: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))


class TownChange(Base):
    """A change that a tenant admin made to an area of the town (look, offices …): ``before`` is what can be taken back to.

    Only ``definer.change_town`` writes it.
    """

    __tablename__ = "town_changes"
    __table_args__ = (
        Index("ix_town_changes_area", "tenant_id", "area", "id"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    staff_id: Mapped[uuid.UUID]
    area: Mapped[str]
    before: Mapped[dict[str, Any]]
