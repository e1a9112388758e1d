"""Tables of accounts: who has one, and where it may be used. Sessions and mailed links are the definer's."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope


class Account(Base):
    """An account. ``password_hash`` is None for who signs in by other ways only."""

    __tablename__ = "accounts"
    __table_args__ = {"info": {"scope": Scope.ACCOUNT}}

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))


class AccountConsent(Base):
    """A person's word that the account may be used at a client, e.g. a town's portal. Taken back, it is deleted."""

    __tablename__ = "account_consents"
    __table_args__ = {"info": {"scope": Scope.ACCOUNT}}

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    client_id: Mapped[str] = mapped_column(primary_key=True)
    given_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
