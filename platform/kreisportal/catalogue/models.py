"""Tables of the catalogue: releases, versioned entries, drafts, the tenants' offers, and figures of how they are used."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope
from kreisportal.tenancy.models import Tenant


class CatalogueRelease(Base):
    """One publishing of the catalogue, with what it changed: kind, key and what happened to each.

    ``origin`` is files, edit (a draft made in the browser) or back (an earlier version); ``staff_id`` who of the region
    did it, None for a command on the server.
    """

    __tablename__ = "catalogue_releases"
    __table_args__ = (
        CheckConstraint("origin IN ('files', 'edit', 'back')", name="origin"),
        {"info": {"scope": Scope.REGION}},
    )

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    published_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    changes: Mapped[dict[str, Any]]
    staff_id: Mapped[uuid.UUID | None]
    origin: Mapped[str] = mapped_column(server_default="files")


class CatalogueEntry(Base):
    """A version of a topic, situation, guide, word, service or form. It never changes; ``retired_by`` ends its time."""

    __tablename__ = "catalogue_entries"
    __table_args__ = (
        Index(
            "uq_catalogue_entries_current",
            "kind",
            "key",
            unique=True,
            postgresql_where=text("retired_by IS NULL"),
        ),
        {"info": {"scope": Scope.REGION}},
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str]
    data: Mapped[dict[str, Any]]
    release_id: Mapped[int] = mapped_column(Integer, ForeignKey("catalogue_releases.id"))
    retired_by: Mapped[int | None] = mapped_column(Integer, ForeignKey("catalogue_releases.id"))


class CatalogueDraft(Base):
    """A service's description as somebody who runs the region is changing it; see ``drafts``. It is not public."""

    __tablename__ = "catalogue_drafts"
    __table_args__ = {"info": {"scope": Scope.REGION}}

    service_key: Mapped[str] = mapped_column(primary_key=True)
    base_version: Mapped[int] = mapped_column(Integer)
    typed: Mapped[dict[str, Any]]
    staff_id: Mapped[uuid.UUID | None]
    changed_at: Mapped[datetime.datetime]


class CatalogueImport(Base):
    """An entry as the files said it when they were last read in."""

    __tablename__ = "catalogue_imports"
    __table_args__ = {"info": {"scope": Scope.REGION}}

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]


class CatalogueReading(Base):
    """Files that somebody has given to be read in and not yet agreed to: kind, key and data of each entry."""

    __tablename__ = "catalogue_readings"
    __table_args__ = {"info": {"scope": Scope.REGION}}

    staff_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    given_at: Mapped[datetime.datetime]
    entries: Mapped[dict[str, Any]]


class Offer(Base):
    """A tenant offers a service. ``details`` holds fee, office, processing days, text, link; see ``offers``.

    ``text_version`` is the version of the service that the own text was written for, or was kept for since. ``bundles``
    says by the id of each bundle that was applied to it what it was before (see ``bundles.offers``).
    """

    __tablename__ = "offers"
    __table_args__ = {"info": {"scope": Scope.TENANT}}

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    service_key: Mapped[str] = mapped_column(primary_key=True)
    is_on: Mapped[bool]
    channel: Mapped[str]
    open_from: Mapped[datetime.date | None]
    open_until: Mapped[datetime.date | None]
    details: Mapped[dict[str, Any]]
    imported: Mapped[dict[str, Any] | None]
    text_version: Mapped[int | None] = mapped_column(Integer)
    bundles: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class MissedWord(Base):
    """Words that a town's search found nothing for, and how often in a month (its first day)."""

    __tablename__ = "missed_words"
    __table_args__ = {"info": {"scope": Scope.TENANT}}

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    month: Mapped[datetime.date] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class ServiceFigure(Base):
    """How often in a month (its first day) a service was looked at, begun, sent, or given up at a step of its form."""

    __tablename__ = "service_figures"
    __table_args__ = (
        CheckConstraint("what IN ('viewed', 'started', 'finished', 'abandoned')", name="what"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    month: Mapped[datetime.date] = mapped_column(primary_key=True)
    service_key: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class DecisionTime(Base):
    """How long a town's decisions on a service took, of so many that nobody is known by it.

    Half of them took ``median_days`` at most, nine of ten ``most_days``.
    """

    __tablename__ = "decision_times"
    __table_args__ = (CheckConstraint("decided >= 10", name="decided"), {"info": {"scope": Scope.TENANT}})

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    service_key: Mapped[str] = mapped_column(primary_key=True)
    decided: Mapped[int] = mapped_column(Integer)
    median_days: Mapped[int] = mapped_column(Integer)
    most_days: Mapped[int] = mapped_column(Integer)


class Feedback(Base):
    """What somebody said about a service; ``occasion``: after sending, or on leaving before that."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("occasion IN ('sent', 'left')", name="occasion"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint("char_length(words) BETWEEN 1 AND 1000", name="words"),
        Index("ix_feedback_service_key", "tenant_id", "service_key", "given_on"),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    given_on: Mapped[datetime.date] = mapped_column(server_default=text("CURRENT_DATE"))
    service_key: Mapped[str]
    occasion: Mapped[str]
    stars: Mapped[int] = mapped_column(Integer)
    words: Mapped[str | None]
