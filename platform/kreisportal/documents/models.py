"""The table of documents. The bytes lie outside the database, under the tenant."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope
from kreisportal.tenancy.models import Tenant


class Document(Base):
    """A file of a draft or a case; the keys that lead there are declared by ``cases``, which knows both.

    ``field`` is the form's field it answers; ``is_public`` means: for the applicant.
    """

    __tablename__ = "documents"
    __table_args__ = (
        Index(
            "ix_documents_draft_id", "tenant_id", "draft_id", postgresql_where=text("draft_id IS NOT NULL")
        ),
        Index("ix_documents_case_id", "tenant_id", "case_id", postgresql_where=text("case_id IS NOT NULL")),
        {"info": {"scope": Scope.TENANT}},
    )

    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[uuid.UUID | None]
    case_id: Mapped[uuid.UUID | None]
    kind: Mapped[str]
    field: Mapped[str | None]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    is_public: Mapped[bool]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
