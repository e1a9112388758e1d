"""Tables of the OpenID provider: clients from outside, keys, and who is still to be told of a session's end.

What clients were given (sessions, codes, tokens) is touched by the definer's functions only.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from kreisportal.kernel.database import Base, Scope
from kreisportal.tenancy.models import Tenant


class OutsideClient(Base):
    """A client that is no portal of this deployment: a town's app, the bus company, another system.

    ``secret_digest`` and ``subject_salt`` are written, and never read but by the definer. From ``disabled_at`` on it is
    switched off, and gets nothing. ``district_id``: the district whose admins look after it; without one, operators do.
    """

    __tablename__ = "outside_clients"
    __table_args__ = (
        CheckConstraint("confidential OR secret_digest IS NULL", name="secret"),
        {"info": {"scope": Scope.REGION}},
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    confidential: Mapped[bool]
    secret_digest: Mapped[bytes | None] = mapped_column(deferred=True, deferred_raiseload=True)
    subject_salt: Mapped[bytes] = mapped_column(deferred=True, deferred_raiseload=True)
    redirect_uris: Mapped[list[str]]
    post_logout_redirect_uris: Mapped[list[str]]
    scopes: Mapped[list[str]]
    privacy_url: Mapped[str]
    logout_url: Mapped[str | None]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    disabled_at: Mapped[datetime.datetime | None]
    district_id: Mapped[int | None] = mapped_column(Integer, ForeignKey(Tenant.id), index=True)


class SigningKey(Base):
    """A key that tokens are signed with from ``signs_from`` on, until the next one does."""

    __tablename__ = "signing_keys"
    __table_args__ = {"info": {"scope": Scope.REGION}}

    kid: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[dict[str, Any]]
    sealed: Mapped[bytes]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    signs_from: Mapped[datetime.datetime]
    revoked_at: Mapped[datetime.datetime | None]


class ClientLogout(Base):
    """A client that is still to be told that a session has ended."""

    __tablename__ = "client_logouts"
    __table_args__ = {"info": {"scope": Scope.REGION}}

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    client_id: Mapped[str]
    logout_url: Mapped[str]
    subject: Mapped[str]
    client_session_id: Mapped[uuid.UUID]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
