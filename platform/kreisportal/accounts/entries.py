"""What a profile has several of: further addresses, children, dogs, businesses. And what forms may propose of it all."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kreisportal.accounts.details import Source
from kreisportal.accounts.models import Account, AccountEntry
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import new_id

Part = Literal["address", "child", "dog", "business"]
PARTS: Sequence[Part] = get_args(Part)

MOST = 20
"""So many entries a part can have."""


def entries_of(session: Session, account_id: uuid.UUID) -> list[AccountEntry]:
    """All entries of the profile, in the order in which they came."""
    query = select(AccountEntry).where(AccountEntry.account_id == account_id)
    return list(session.scalars(query.order_by(AccountEntry.created_at, AccountEntry.id)))


def own_entry(session: Session, account_id: uuid.UUID, entry_id: uuid.UUID) -> AccountEntry:
    """An entry of the account's own. Raises NotFoundError."""
    query = select(AccountEntry).where(AccountEntry.account_id == account_id, AccountEntry.id == entry_id)
    found = session.scalar(query)
    if found is None:
        raise NotFoundError
    return found


def has_room(session: Session, account_id: uuid.UUID, part: str) -> bool:
    """Whether there may be one more entry of a part."""
    query = select(func.count()).where(AccountEntry.account_id == account_id, AccountEntry.part == part)
    return (session.scalar(query) or 0) < MOST


def add_entry(
    session: Session, account_id: uuid.UUID, part: str, values: Mapping[str, Any], source: Source
) -> AccountEntry:
    """Add an entry with the values that there are."""
    entry = AccountEntry(id=new_id(), account_id=account_id, part=part, details={}, withheld=[])
    entry.details = _changed(entry, values, source)
    session.add(entry)
    session.flush()
    return entry


def change_entry(session: Session, entry: AccountEntry, values: Mapping[str, Any], source: Source) -> None:
    """Change the values of an entry; those that are None are forgotten, and others stay as they are."""
    entry.details = _changed(entry, values, source)
    session.flush()


def remove_entry(session: Session, entry: AccountEntry) -> None:
    """Forget an entry."""
    session.delete(entry)
    session.flush()


def withhold(row: Account | AccountEntry, asked: Collection[str], proposed: Collection[str]) -> None:
    """Note which of the ``asked`` keys forms may propose; what was said of others stays as it is."""
    row.withheld = sorted({*row.withheld, *asked} - set(proposed))


def _changed(entry: AccountEntry, values: Mapping[str, Any], source: Source) -> dict[str, Any]:
    details = dict(entry.details)
    for key, value in values.items():
        if value is None:
            details.pop(key, None)
        elif entry.value(key) != value:
            details[key] = {"value": value, "source": source, "at": clock.now().isoformat()}
    return details
