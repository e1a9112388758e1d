"""Tables of accounts: who has one, and where it may be used. Sessions and mailed links are the definer's."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope
from kreisportal.tenancy.models import Tenant


class Account(Base):
    """An account. ``password_hash`` is None for who signs in by other ways only.

    ``withheld`` are the keys of what forms may not propose, whoever has told it.
    """

    __tablename__ = "accounts"
    __table_args__ = {"info": {"scope": Scope.ACCOUNT}}

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    password_hash: Mapped[str | None]
    withheld: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
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


class AccountEntry(Base):
    """Something that a profile has several of: a further address, a child, a dog, a business with its people.

    ``details`` are ``{key: {"value": …, "source": …, "at": …}}`` by the keys that forms propose them for, ``withheld``
    the keys of those that forms may not propose.
    """

    __tablename__ = "account_entries"
    __table_args__ = (
        CheckConstraint("part IN ('address', 'child', 'dog', 'business')", name="part"),
        {"info": {"scope": Scope.ACCOUNT}},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    part: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    withheld: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))

    def value(self, key: str) -> Any:
        """The value of a key, None where there is none."""
        return self.details.get(key, {}).get("value")

    def moment(self, key: str) -> datetime.datetime:
        """When the value of a key that there is was put there."""
        return datetime.datetime.fromisoformat(self.details[key]["at"])


class AccountSecondFactor(Base):
    """An account's second factor and the one that is being set up. Secrets are sealed, recovery codes hashed."""

    __tablename__ = "account_second_factors"
    __table_args__ = {"info": {"scope": Scope.ACCOUNT}}

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    totp_secret: Mapped[bytes | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    pending_totp_secret: Mapped[bytes | None]
    recovery_codes: Mapped[list[str]]
    confirmed_at: Mapped[datetime.datetime | None]

    @property
    def is_on(self) -> bool:
        """Whether a code is asked for at sign-in."""
        return self.totp_secret is not None

    @property
    def owner(self) -> tuple[object, ...]:
        """Whom secrets are sealed for."""
        return "account", self.account_id


class AccountPasskey(Base):
    """A passkey of an account. ``sign_count`` is what the authenticator said last; many say 0 always."""

    __tablename__ = "account_passkeys"
    __table_args__ = {"info": {"scope": Scope.ACCOUNT}}

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    used_at: Mapped[datetime.datetime | None]


class AccountIdentity(Base):
    """An identity at a provider from outside that signs in to the account.

    ``attributes`` are what the provider told at ``told_at``, by the keys that forms propose answers by.
    """

    __tablename__ = "account_identities"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("level IN ('basic', 'substantial', 'high')", name="level"),
        {"info": {"scope": Scope.ACCOUNT}},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    provider: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str]
    level: Mapped[str]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    told_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))


class AccountTakeout(Base):
    """All that is held about an account, gathered or being gathered at its owner's wish; one at a time.

    ``parts`` is how far it is: ``{"tenant_id": …, "done": …, "all": …}`` of the account itself (None) and of each town.
    ``touched_at`` is when it last got further; the file lies in the region's folder under ``id`` until ``expires_at``.
    """

    __tablename__ = "account_takeouts"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        Index(
            "ix_account_takeouts_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")
        ),
        {"info": {"scope": Scope.ACCOUNT}},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), unique=True)
    language: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    size: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    touched_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    ready_at: Mapped[datetime.datetime | None]
    expires_at: Mapped[datetime.datetime | None]


class AccountConfirmation(Base):
    """An office has seen in person who owns the account. It is no way in. ``document`` is the kind that was shown."""

    __tablename__ = "account_confirmations"
    __table_args__ = {"info": {"scope": Scope.ACCOUNT}}

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    tenant_id: Mapped[int] = mapped_column(Integer, ForeignKey(Tenant.id), primary_key=True)
    check_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, index=True)
    document: Mapped[str]
    confirmed_at: Mapped[datetime.datetime]
    expires_at: Mapped[datetime.datetime]
