"""Tables of drafts, cases and their events. A case keeps the id of the draft it was: so there can be only one."""

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
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.accounts.models import Account
from kreisportal.documents.models import Document
from kreisportal.kernel.database import Base, Scope
from kreisportal.mandates.models import Mandate
from kreisportal.staff.models import Staff
from kreisportal.tenancy.models import Tenant


class Draft(Base):
    """Answers being filled in. It belongs to the responsible tenant; ``via_tenant_id`` is whose portal is used.

    ``account_id`` is whose it is, None for a guest's, and ``mandate_id`` by which mandate somebody else has begun it for
    them. ``unfinished`` is what was typed on a page that could not be accepted yet: ``{"step": key, "raw": …}``.
    ``chosen`` says which entries of the account's profile it is about, by part: ``{"dog": id}``.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_expires_at", "tenant_id", "expires_at"),
        Index("ix_drafts_account_id", "account_id", postgresql_where=text("account_id IS NOT NULL")),
        Index("ix_drafts_mandate_id", "mandate_id", postgresql_where=text("mandate_id IS NOT NULL")),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    via_tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id))
    service_key: Mapped[str]
    form_key: Mapped[str]
    form_version: Mapped[int] = mapped_column(Integer)
    language: Mapped[str]
    answers: Mapped[dict[str, Any]]
    unfinished: Mapped[dict[str, Any] | None]
    chosen: Mapped[dict[str, Any] | None]
    revision: Mapped[int] = mapped_column(Integer)
    resume_digest: Mapped[bytes | None] = mapped_column(unique=True)
    email: Mapped[str | None]
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    mandate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Mandate.id, ondelete="SET NULL"))
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    updated_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime.datetime]
    merged_from_id: Mapped[int | None] = mapped_column(Integer, ForeignKey(Tenant.id))


class CaseNumber(Base):
    """The last number given by a tenant in a year."""

    __tablename__ = "case_numbers"
    __table_args__ = {"info": {"scope": Scope.TENANT}}

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class Case(Base):
    """What an office works on: the projection of its events for inboxes and pages.

    ``unread`` tells that the applicant did something since the office last acted; ``reminded_on`` when staff were
    last told that it is overdue. ``merged_from_id`` is the town with which it came here, when that became part of this one.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number", name="uq_cases_number"),
        ForeignKeyConstraint(
            ["tenant_id", "assignee_id"], [Staff.tenant_id, Staff.id], name="fk_cases_assignee_id"
        ),
        Index("ix_cases_inbox", "tenant_id", "state", "due_on", "id"),
        Index("ix_cases_assignee_id", "tenant_id", "assignee_id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_cases_number", "number"),
        Index("ix_cases_account_id", "account_id", postgresql_where=text("account_id IS NOT NULL")),
        Index(
            "ix_cases_confirm_digest", "confirm_digest", postgresql_where=text("confirm_digest IS NOT NULL")
        ),
        Index("ix_cases_delete_on", "tenant_id", "delete_on", postgresql_where=text("delete_on IS NOT NULL")),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    via_tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id))
    service_key: Mapped[str]
    form_key: Mapped[str]
    form_version: Mapped[int] = mapped_column(Integer)
    language: Mapped[str]
    answers: Mapped[dict[str, Any] | None]
    draft_revision: Mapped[int] = mapped_column(Integer)
    applicant_name: Mapped[str | None]
    search_text: Mapped[str | None]
    email: Mapped[str | None]
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    email_confirmed_at: Mapped[datetime.datetime | None]
    confirm_digest: Mapped[bytes | None]
    secret_digest: Mapped[bytes]
    receipt: Mapped[str]
    state: Mapped[str]
    assignee_id: Mapped[uuid.UUID | None]
    received_at: Mapped[datetime.datetime]
    due_on: Mapped[datetime.date]
    decided_at: Mapped[datetime.datetime | None]
    closed_at: Mapped[datetime.datetime | None]
    delete_on: Mapped[datetime.date | None]
    came_from_id: Mapped[int | None] = mapped_column(Integer, ForeignKey(Tenant.id))
    went_to_id: Mapped[int | None] = mapped_column(Integer, ForeignKey(Tenant.id))
    events: Mapped[int] = mapped_column(Integer)
    last_hash: Mapped[bytes]
    unread: Mapped[bool] = mapped_column(server_default=text("false"))
    reminded_on: Mapped[datetime.date | None]
    merged_from_id: Mapped[int | None] = mapped_column(Integer, ForeignKey(Tenant.id))


class CaseEvent(Base):
    """One thing that happened to a case. ``content`` is personal and can be erased; the chain still holds."""

    __tablename__ = "case_events"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name="fk_case_events_case",
            ondelete="CASCADE",
        ),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime.datetime]
    kind: Mapped[str]
    actor: Mapped[str]
    staff_id: Mapped[uuid.UUID | None]
    is_public: Mapped[bool]
    data: Mapped[dict[str, Any]]
    content: Mapped[dict[str, Any] | None]
    salt: Mapped[bytes | None]
    content_digest: Mapped[bytes | None]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]


class CaseReading(Base):
    """Somebody of the office has looked at a case. ``what``: the case's page, the copy, the letter, a document."""

    __tablename__ = "case_readings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name="fk_case_readings_case",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "staff_id"], [Staff.tenant_id, Staff.id], name="fk_case_readings_staff_id"
        ),
        CheckConstraint("what IN ('case', 'copy', 'letter', 'document')", name="ck_case_readings_what"),
        Index("ix_case_readings_case_id", "case_id", "at"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[uuid.UUID]
    at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    staff_id: Mapped[uuid.UUID]
    role: Mapped[str]
    what: Mapped[str]


class IdentityCheck(Base):
    """The office has seen the applicant in person with a document; only the kind of it is kept.

    ``asked_by`` is who has seen it, ``decided_by`` another who confirms or refuses. The definer's functions write it.
    """

    __tablename__ = "identity_checks"
    __table_args__ = (
        CheckConstraint(
            "document IN ('identity_card', 'passport', 'residence_permit')",
            name="ck_identity_checks_document",
        ),
        CheckConstraint(
            "state IN ('open', 'confirmed', 'refused', 'revoked')", name="ck_identity_checks_state"
        ),
        CheckConstraint("(state = 'open') = (decided_by IS NULL)", name="ck_identity_checks_decided"),
        CheckConstraint("decided_by <> asked_by", name="ck_identity_checks_two_persons"),
        ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name="fk_identity_checks_case",
            ondelete="SET NULL (case_id)",
        ),
        *(
            ForeignKeyConstraint(
                ["tenant_id", column], [Staff.tenant_id, Staff.id], name=f"fk_identity_checks_{column}"
            )
            for column in ("asked_by", "decided_by", "revoked_by")
        ),
        Index(
            "uq_identity_checks_open",
            "tenant_id",
            "case_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID | None]
    document: Mapped[str]
    state: Mapped[str]
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime.datetime | None]
    revoked_by: Mapped[uuid.UUID | None]
    revoked_at: Mapped[datetime.datetime | None]


class SeenCase(Base):
    """Up to which event an account has seen a case. Cases have no id of their own in the region, so this is no key."""

    __tablename__ = "account_seen_cases"
    __table_args__ = {"info": {"scope": Scope.ACCOUNT}}

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    events: Mapped[int] = mapped_column(Integer)


# Documents lie below cases and cannot name them, so what ties them together is said here.
Document.__table__.append_constraint(  # type: ignore[attr-defined]
    ForeignKeyConstraint(
        ["tenant_id", "draft_id"],
        ["drafts.tenant_id", "drafts.id"],
        name="fk_documents_draft",
        ondelete="CASCADE",
    )
)
Document.__table__.append_constraint(  # type: ignore[attr-defined]
    ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.id"], name="fk_documents_case")
)
