"""The table of documents. The bytes lie outside the database, under the tenant."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import BigInteger, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope


class Document(Base):
    """A file of a draft or a case. ``field`` is the form's field it answers; ``is_public`` means: for the applicant."""

    __tablename__ = "documents"
    __table_args__ = {"info": {"scope": Scope.TENANT}}

    tenant_id: Mapped[int] = mapped_column(Integer, primary_key=True)
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
