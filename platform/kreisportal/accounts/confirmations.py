"""Offices that have seen in person who owns an account. That is no way in, and makes no session surer.

It says whose the account is, not who is using it now: how surely that is known is shown at every sign-in.
"""

from __future__ import annotations

import uuid
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kreisportal.accounts.models import AccountConfirmation
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError

Document = Literal["identity_card", "passport", "residence_permit"]
"""The kinds of document that are looked at. Neither number nor copy is kept."""

YEARS = 3
"""How long a confirmation counts."""


def confirmations_of(session: Session, account_id: uuid.UUID) -> list[AccountConfirmation]:
    """The account's confirmations that still count, the newest first."""
    query = select(AccountConfirmation).where(
        AccountConfirmation.account_id == account_id, AccountConfirmation.expires_at > clock.now()
    )
    return list(session.scalars(query.order_by(AccountConfirmation.confirmed_at.desc())))


def own_confirmation(session: Session, account_id: uuid.UUID, check_id: uuid.UUID) -> AccountConfirmation:
    """One of them. Raises NotFoundError."""
    for found in confirmations_of(session, account_id):
        if found.check_id == check_id:
            return found
    raise NotFoundError


def remove_confirmation(session: Session, account_id: uuid.UUID, check_id: uuid.UUID) -> None:
    """Take it off, at the owner's wish. Raises NotFoundError."""
    own_confirmation(session, account_id, check_id)
    session.execute(
        delete(AccountConfirmation).where(
            AccountConfirmation.account_id == account_id, AccountConfirmation.check_id == check_id
        )
    )
