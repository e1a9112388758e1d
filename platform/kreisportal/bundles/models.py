"""The table of bundles. What one did to a town's offer stands at the offer (``Offer.bundles``)."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope
from kreisportal.tenancy.models import Tenant


class Bundle(Base):
    """Services that belong together, and for whom they are meant. ``district_id`` is whose it is, None the whole region's.

    ``audience`` is all, kinds (those of ``kinds``) or towns (those of ``tenant_ids``). ``legal_source`` stands if and only
    if it is ``required``. ``applied_at`` is None until it is applied, and again when it was taken back.
    """

    __tablename__ = "bundles"
    __table_args__ = (
        CheckConstraint("required = (legal_source <> '')", name="legal_source"),
        CheckConstraint("audience IN ('all', 'kinds', 'towns')", name="audience"),
        {"info": {"scope": Scope.REGION}},
    )

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    district_id: Mapped[int | None] = mapped_column(Integer, ForeignKey(Tenant.id), index=True)
    name: Mapped[dict[str, Any]]
    reason: Mapped[dict[str, Any]]
    services: Mapped[list[str]]
    required: Mapped[bool]
    legal_source: Mapped[str]
    audience: Mapped[str]
    kinds: Mapped[list[str]]
    tenant_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    applied_at: Mapped[datetime.datetime | None]
