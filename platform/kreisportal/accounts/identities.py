"""Identities from outside that sign in to an account: known by issuer and subject, and never by a mail address.

What a provider has told waits, if nobody has this identity yet, until the person begins an account with it or has
signed in to the one that it is to be joined to. It waits for one browser, which holds a token of it.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Row, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kreisportal.accounts.errors import IdentityGoneError, IdentityTakenError, LastWayInError, LinkGoneError
from kreisportal.accounts.links import Purpose, use_link
from kreisportal.accounts.models import Account, AccountIdentity
from kreisportal.accounts.passkeys import is_last_way_in
from kreisportal.accounts.queries import own_account
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import digest, new_id, new_token

WAITING_SECONDS = 3600
"""How long an identity waits that nobody has yet: as long as a mail may need."""

MOST = 10
"""Identities of one account."""

_ACCOUNT = text("SELECT definer.account_by_identity(:issuer, :subject) AS account_id")
_KEEP = text(
    "SELECT definer.keep_arrived_identity(:digest, :provider, :issuer, :subject, :level,"
    " CAST(:attributes AS jsonb), :seconds)"
)
_READ = text("SELECT * FROM definer.read_arrived_identity(:digest)")
_USE = text("SELECT * FROM definer.use_arrived_identity(:digest)")


class Told(Protocol):
    """What a provider has told: see ``bundid/identity.py``."""

    @property
    def provider(self) -> str: ...
    @property
    def issuer(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """An identity that waits for an account, and when it arrived."""

    provider: str
    issuer: str
    subject: str
    level: str
    attributes: Mapping[str, Any]
    arrived_at: datetime.datetime


def account_by_identity(database: Database, told: Told) -> uuid.UUID | None:
    """The account that this identity signs in to."""
    row = database.call(_ACCOUNT, {"issuer": told.issuer, "subject": told.subject})
    return row.account_id if row else None


def identities_of(session: Session, account_id: uuid.UUID) -> list[AccountIdentity]:
    """The account's identities, the oldest first."""
    query = select(AccountIdentity).where(AccountIdentity.account_id == account_id)
    return list(session.scalars(query.order_by(AccountIdentity.created_at, AccountIdentity.id)))


def own_identity(session: Session, account_id: uuid.UUID, identity_id: uuid.UUID) -> AccountIdentity:
    """One of the account's identities. Raises NotFoundError."""
    query = select(AccountIdentity).where(
        AccountIdentity.id == identity_id, AccountIdentity.account_id == account_id
    )
    found = session.scalar(query)
    if found is None:
        raise NotFoundError
    return found


def name_told(session: Session, account_id: uuid.UUID, provider: str) -> str:
    """What a provider has told last of the name of the account's owner; empty if it tells none."""
    told = [each for each in identities_of(session, account_id) if each.provider == provider]
    return name_of(max(told, key=lambda each: each.told_at).attributes) if told else ""


def name_of(attributes: Mapping[str, Any]) -> str:
    """The name of a person, else of a business, among what a provider tells."""
    names = [attributes.get(key) for key in ("person.given_names", "person.family_name")]
    name = " ".join(each for each in names if isinstance(each, str))
    return name or str(attributes.get("business.name") or "")


def note_sign_in(session: Session, account_id: uuid.UUID, told: Told, now: datetime.datetime) -> None:
    """Keep what the provider tells now in place of what it told before. Raises NotFoundError if it was taken off."""
    query = select(AccountIdentity).where(
        AccountIdentity.account_id == account_id,
        AccountIdentity.issuer == told.issuer,
        AccountIdentity.subject == told.subject,
    )
    known = session.scalar(query.with_for_update())
    if known is None:
        raise NotFoundError
    known.provider, known.level = told.provider, told.level
    known.attributes, known.told_at = dict(told.attributes), now
    session.flush()


def add_identity(session: Session, account_id: uuid.UUID, told: Told) -> AccountIdentity:
    """Join an identity to the account. Both were proven before. Raises IdentityTakenError."""
    if len(identities_of(session, account_id)) >= MOST:
        raise IdentityTakenError
    identity = AccountIdentity(
        id=new_id(),
        account_id=account_id,
        provider=told.provider,
        issuer=told.issuer,
        subject=told.subject,
        level=told.level,
        attributes=dict(told.attributes),
    )
    session.add(identity)
    try:
        session.flush()
    except IntegrityError as error:
        raise IdentityTakenError from error
    return identity


def begin_account(
    database: Database, link_token: str, arrival_token: str | None, language: str
) -> tuple[uuid.UUID, Waiting]:
    """Begin an account without a password: the mailed link proves the address, the identity the person.

    Raises LinkGoneError or IdentityGoneError; then both can be used again.
    """
    account_id = new_id()
    with database.transaction(Context(ActorKind.ACCOUNT, account_id=account_id)) as session:
        link = use_link(session, link_token)
        if link.purpose is not Purpose.SIGN_UP or link.account_id is not None:
            raise LinkGoneError
        waiting = use_arrival(session, arrival_token)
        session.add(Account(id=account_id, email=link.email, language=language, password_hash=None))
        try:
            session.flush()
        except IntegrityError as error:
            raise LinkGoneError from error
        add_identity(session, account_id, waiting)
    return account_id, waiting


def remove_identity(session: Session, account_id: uuid.UUID, identity_id: uuid.UUID) -> str:
    """Take an identity off; its provider. Raises NotFoundError, or LastWayInError where nothing else is left."""
    account = own_account(session, account_id, to_change=True)
    identity = own_identity(session, account_id, identity_id)
    if account is None or is_last_way_in(session, account):
        raise LastWayInError
    session.delete(identity)
    session.flush()
    return identity.provider


def keep_arrival(database: Database, told: Told) -> str:
    """Let an identity wait that nobody has yet; the token is for this browser only."""
    token = new_token()
    values = {
        "digest": digest(token),
        "provider": told.provider,
        "issuer": told.issuer,
        "subject": told.subject,
        "level": told.level,
        "attributes": json.dumps(dict(told.attributes)),
        "seconds": WAITING_SECONDS,
    }
    with database.transaction(ANONYMOUS) as session:
        session.execute(_KEEP, values)
    return token


def read_arrival(database: Database, token: str | None) -> Waiting | None:
    """The identity that waits for this browser, without using it; None if there is none."""
    row = database.call(_READ, {"digest": digest(token)}) if token else None
    return _waiting(row) if row else None


def use_arrival(session: Session, token: str | None) -> Waiting:
    """Use up the identity that waits. Raises IdentityGoneError."""
    row = session.execute(_USE, {"digest": digest(token)}).one_or_none() if token else None
    if row is None:
        raise IdentityGoneError
    return _waiting(row)


def drop_arrival(database: Database, token: str | None) -> None:
    """Forget the identity that waits for this browser."""
    if token:
        with database.transaction(ANONYMOUS) as session:
            session.execute(_USE, {"digest": digest(token)})


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(row.provider, row.issuer, row.subject, row.level, row.attributes, row.arrived_at)
