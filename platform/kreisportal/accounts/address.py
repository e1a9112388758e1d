"""Another address for an account: a link to the new one confirms it, a notice to the old one can undo it for some days.

Whether an account has the new address already is told in the mail to it only: the page says the same in either case,
after the same work. Only who is signed in to the account can confirm, so that a slip of the pen gives nobody else the
account; whoever reads the old mailbox can take it back, and then nothing that was changed since lets anybody in.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kreisportal.accounts.errors import LinkGoneError
from kreisportal.accounts.models import Account, AccountIdentity, AccountPasskey, AccountSecondFactor
from kreisportal.accounts.queries import id_by_email, normalised, own_account
from kreisportal.accounts.service import acting_for, end_other_sessions, end_sessions
from kreisportal.kernel.database import Context, Database
from kreisportal.kernel.ids import derived_token, digest, new_id
from kreisportal.notifications.addresses import check_address
from kreisportal.notifications.limits import may_mail
from kreisportal.notifications.service import queue_mail

CONFIRM_HOURS = 24
UNDO_DAYS = 7
_SECONDS = {"confirm": CONFIRM_HOURS * 3600, "undo": UNDO_DAYS * 24 * 3600}
_ADD = text("SELECT definer.add_address_link(:digest, :account, :purpose, :email, :seconds)")
_READ = text("SELECT * FROM definer.read_address_link(:digest, :purpose)")
_USE = text("SELECT * FROM definer.use_address_link(:digest, :purpose)")


class AddressPurpose(StrEnum):
    """What a link about an address does."""

    CONFIRM = "confirm"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class AddressLink:
    """A link about an address: whose, the address that it leads to, and when it was asked for."""

    account_id: uuid.UUID
    email: str
    created_at: datetime


def address_token(secret_key: str, link_id: uuid.UUID) -> str:
    """The token of a link."""
    return derived_token(secret_key, "account-address", link_id)


def writing_as(account_id: uuid.UUID, tenant_id: int) -> Context:
    """The context of an account that lets a mail be sent in the name of the authority that runs the accounts."""
    return Context(acting_for(account_id).actor, tenant_id, account_id=account_id)


def ask_for_change(
    session: Session, account: Account, tenant_id: int, typed: str, language: str, secret_key: str
) -> None:
    """Mail a link to the new address. Raises ``InvalidInputError`` under ``email`` for what is no address.

    An address that has had too many mails lately gets none, without a word.
    """
    email = normalised(check_address(typed))
    if not may_mail(session, tenant_id, email, "account-address"):
        return
    taken = id_by_email(session, email) is not None
    link_id = _add(session, account.id, AddressPurpose.CONFIRM, email, secret_key)
    template = "account_address_taken" if taken else "account_address"
    queue_mail(session, tenant_id, email, language, template, {"link_id": str(link_id)})


def read_address_link(database: Database, token: str, purpose: AddressPurpose) -> AddressLink:
    """What a link stands for, without using it. Raises LinkGoneError."""
    return _link(database.call(_READ, {"digest": digest(token), "purpose": purpose.value}))


def confirm_change(
    session: Session, account_id: uuid.UUID, tenant_id: int, token: str, here: bytes, secret_key: str
) -> None:
    """Give the account the new address, and write to the old one how to undo it. Other sessions end.

    ``here`` is the digest of the session that goes on. Raises LinkGoneError, also if another account has the address.
    """
    link = _use(session, token, AddressPurpose.CONFIRM)
    account = own_account(session, account_id, to_change=True)
    if account is None or link.account_id != account_id:
        raise LinkGoneError
    before = account.email
    _set_address(session, account, link.email)
    end_other_sessions(session, account_id, here)
    link_id = _add(session, account_id, AddressPurpose.UNDO, before, secret_key)
    data = {"link_id": str(link_id), "days": UNDO_DAYS}
    queue_mail(session, tenant_id, before, account.language, "account_address_changed", data)


def undo_change(database: Database, token: str) -> None:
    """Set the address back. All sessions end, and so do password, passkeys, identities and app that were set since.

    The password ends in any case: whoever changed the address knows it. Raises LinkGoneError.
    """
    link = read_address_link(database, token, AddressPurpose.UNDO)
    with database.transaction(acting_for(link.account_id)) as session:
        _use(session, token, AddressPurpose.UNDO)
        account = own_account(session, link.account_id, to_change=True)
        if account is None:
            raise LinkGoneError
        _set_address(session, account, link.email)
        account.password_hash = None
        _drop_ways_in(session, account.id, link.created_at)
        end_sessions(session, account.id)


def _drop_ways_in(session: Session, account_id: uuid.UUID, since: datetime) -> None:
    for table, moment in (
        (AccountPasskey, AccountPasskey.created_at),
        (AccountIdentity, AccountIdentity.created_at),
        (AccountSecondFactor, AccountSecondFactor.confirmed_at),
    ):
        session.execute(delete(table).where(table.account_id == account_id, moment >= since))


def _add(
    session: Session, account_id: uuid.UUID, purpose: AddressPurpose, email: str, secret_key: str
) -> uuid.UUID:
    link_id = new_id()
    values = {"account": account_id, "purpose": purpose.value, "email": email}
    hashed = digest(address_token(secret_key, link_id))
    session.execute(_ADD, {"digest": hashed, "seconds": _SECONDS[purpose.value], **values})
    return link_id


def _set_address(session: Session, account: Account, email: str) -> None:
    account.email = email
    try:
        session.flush()
    except IntegrityError:
        raise LinkGoneError from None


def _use(session: Session, token: str, purpose: AddressPurpose) -> AddressLink:
    return _link(session.execute(_USE, {"digest": digest(token), "purpose": purpose.value}).one_or_none())


def _link(row: Row[Any] | None) -> AddressLink:
    if row is None:
        raise LinkGoneError
    return AddressLink(row.account_id, row.email, row.created_at)
