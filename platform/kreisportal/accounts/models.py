"""Tables of accounts: who has one, and where it may be used. Sessions and mailed links are the definer's."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import JSONB
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
    """A person's word that the account may be used at a client, e.g. a town's portal. Taken back, it is deleted.

    ``scopes`` are what the client may get to know.
    """

    __tablename__ = "account_consents"
    __table_args__ = {"info": {"scope": Scope.ACCOUNT}}

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    client_id: Mapped[str] = mapped_column(primary_key=True)
    given_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    scopes: Mapped[list[str]] = mapped_column(server_default=text("'{openid}'"))


class AccountDetail(Base):
    """A value that the account remembers for forms. ``value`` is as the field's type stores it: a text or a map."""

    __tablename__ = "account_details"
    __table_args__ = (
        CheckConstraint("source IN ('typed', 'application')", name="source"),
        {"info": {"scope": Scope.ACCOUNT}},
    )

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    source: Mapped[str]
    updated_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
