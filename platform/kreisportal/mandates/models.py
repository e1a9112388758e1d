"""Tables of mandates: who may act for whom, for what and until when, and what was done by it."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.accounts.models import Account
from kreisportal.kernel.database import Base, Scope
from kreisportal.tenancy.models import Tenant


class Mandate(Base):
    """A person's word that another may act for them at a town: in everything, in one service, or in one case.

    ``representative_id`` is None until it is accepted; either account is None once it is deleted. ``ends_at`` is the
    first instant at which it is over by itself. When it is in force the database knows (definer.mandate_in_force).
    """

    __tablename__ = "account_mandates"
    __table_args__ = (
        CheckConstraint(
            "CASE scope WHEN 'town' THEN service_key IS NULL AND case_id IS NULL AND case_number IS NULL"
            " WHEN 'service' THEN service_key IS NOT NULL AND case_id IS NULL AND case_number IS NULL"
            " WHEN 'case' THEN service_key IS NOT NULL AND case_id IS NOT NULL AND case_number IS NOT NULL"
            " ELSE false END",
            name="scope",
        ),
        CheckConstraint("representative_id <> giver_id", name="two_people"),
        CheckConstraint("ended_by IN ('giver', 'representative')", name="ended_by"),
        {"info": {"scope": Scope.ACCOUNT}},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    giver_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(Account.id, ondelete="SET NULL"), index=True
    )
    representative_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(Account.id, ondelete="SET NULL"), index=True
    )
    giver_name: Mapped[str]
    called: Mapped[str]
    representative_name: Mapped[str | None]
    email: Mapped[str]
    scope: Mapped[str]
    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id))
    service_key: Mapped[str | None]
    case_id: Mapped[uuid.UUID | None]
    case_number: Mapped[str | None]
    ends_at: Mapped[datetime.datetime]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    invitation_digest: Mapped[bytes] = mapped_column(unique=True)
    invitation_until: Mapped[datetime.datetime]
    accepted_at: Mapped[datetime.datetime | None]
    declined_at: Mapped[datetime.datetime | None]
    ended_at: Mapped[datetime.datetime | None]
    ended_by: Mapped[str | None]


class MandateAct(Base):
    """Something that was done by a mandate. Number and service of the case stay, wherever it is later."""

    __tablename__ = "account_mandate_acts"
    __table_args__ = (
        CheckConstraint(
            "what IN ('opened', 'copy', 'letter', 'document', 'applied', 'answered')", name="what"
        ),
        Index("ix_account_mandate_acts_mandate_id", "mandate_id", "at"),
        {"info": {"scope": Scope.ACCOUNT}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    mandate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Mandate.id, ondelete="CASCADE"))
    at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    what: Mapped[str]
    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id))
    service_key: Mapped[str]
    case_id: Mapped[uuid.UUID]
    case_number: Mapped[str]
