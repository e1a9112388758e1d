"""Tables of drafts, cases and their events. A case keeps the id of the draft it was: so there can be only one."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope


class Draft(Base):
    """Answers being filled in. It belongs to the responsible tenant; ``via_tenant_id`` is whose portal is used."""

    __tablename__ = "drafts"
    __table_args__ = {"info": {"scope": Scope.TENANT}}

    tenant_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    via_tenant_id: Mapped[int] = mapped_column(Integer)
    service_key: Mapped[str]
    form_key: Mapped[str]
    form_version: Mapped[int] = mapped_column(Integer)
    language: Mapped[str]
    answers: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(Integer)
    resume_digest: Mapped[bytes | None] = mapped_column(unique=True)
    email: Mapped[str | None]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    updated_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime.datetime]


class CaseNumber(Base):
    """The last number given by a tenant in a year."""

    __tablename__ = "case_numbers"
    __table_args__ = {"info": {"scope": Scope.TENANT}}

    tenant_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class Case(Base):
    """What an office works on: the projection of its events for inboxes and pages."""

    __tablename__ = "cases"
    __table_args__ = {"info": {"scope": Scope.TENANT}}

    tenant_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    via_tenant_id: Mapped[int] = mapped_column(Integer)
    service_key: Mapped[str]
    form_key: Mapped[str]
    form_version: Mapped[int] = mapped_column(Integer)
    language: Mapped[str]
    answers: Mapped[dict[str, Any] | None]
    draft_revision: Mapped[int] = mapped_column(Integer)
    applicant_name: Mapped[str | None]
    search_text: Mapped[str | None]
    email: Mapped[str | None]
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
    came_from_id: Mapped[int | None] = mapped_column(Integer)
    went_to_id: Mapped[int | None] = mapped_column(Integer)
    events: Mapped[int] = mapped_column(Integer)
    last_hash: Mapped[bytes]


class CaseEvent(Base):
    """One thing that happened to a case. ``content`` is personal and can be erased; the chain still holds."""

    __tablename__ = "case_events"
    __table_args__ = {"info": {"scope": Scope.TENANT}}

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
