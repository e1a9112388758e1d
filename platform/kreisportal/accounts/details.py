"""What a person lets the account remember: values by the keys that forms propose them for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kreisportal.accounts.models import AccountDetail
from kreisportal.kernel import clock

Source = Literal["typed", "application"]
"""Where a value comes from: typed in the account, or taken over from an application."""


def details_of(session: Session, account_id: uuid.UUID) -> list[AccountDetail]:
    """All that the account remembers."""
    query = select(AccountDetail).where(AccountDetail.account_id == account_id)
    return list(session.scalars(query.order_by(AccountDetail.key)))


def known_values(session: Session, account_id: uuid.UUID) -> dict[str, Any]:
    """The values by key, as the types of forms' fields store them."""
    return {detail.key: detail.value for detail in details_of(session, account_id)}


def remember(session: Session, account_id: uuid.UUID, values: Mapping[str, Any], source: Source) -> None:
    """Remember values; those that are None are forgotten, and others stay as they are."""
    gone = [key for key, value in values.items() if value is None]
    if gone:
        session.execute(
            delete(AccountDetail).where(AccountDetail.account_id == account_id, AccountDetail.key.in_(gone))
        )
    for key, value in values.items():
        if value is None:
            continue
        detail = session.get(AccountDetail, (account_id, key))
        if detail is None:
            detail = AccountDetail(account_id=account_id, key=key, value={}, source=source)
            session.add(detail)
        elif detail.value == value:
            continue
        detail.value, detail.source, detail.updated_at = value, source, clock.now()
    session.flush()
