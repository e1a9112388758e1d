"""Reading accounts, always within what the transaction's context lets through."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kreisportal.accounts.models import Account, AccountConsent

_BY_EMAIL = text("SELECT definer.account_by_email(:email)")


def normalised(email: str) -> str:
    """An address as it is kept and compared: without case and white space, and without NUL, which no column takes."""
    return email.strip().lower().replace("\0", "")


def id_by_email(session: Session, email: str) -> uuid.UUID | None:
    """The account with this address, which only whoever acts for it may then read."""
    found: uuid.UUID | None = session.scalar(_BY_EMAIL, {"email": normalised(email)})
    return found


def own_account(session: Session, account_id: uuid.UUID, *, to_change: bool = False) -> Account | None:
    """The account that the transaction acts for. ``to_change`` keeps others from changing it meanwhile."""
    query = select(Account).where(Account.id == account_id)
    return session.scalar(query.with_for_update() if to_change else query)


def consents_of(session: Session, account_id: uuid.UUID) -> list[AccountConsent]:
    """Where the account may be used, in the order in which the person said so."""
    query = select(AccountConsent).where(AccountConsent.account_id == account_id)
    return list(session.scalars(query.order_by(AccountConsent.given_at)))


def has_consented(
    session: Session, account_id: uuid.UUID, client_id: str, scopes: Iterable[str] = ()
) -> bool:
    """Whether the account may be used at a client, which gets to know all of ``scopes``."""
    consent = session.get(AccountConsent, (account_id, client_id))
    return consent is not None and set(scopes) <= set(consent.scopes)
