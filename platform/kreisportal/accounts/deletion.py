"""Deleting an account: what goes and what stays is told beforehand, and proven afterwards (OZG § 8 (5), Art. 17 DSGVO).

What was sent stays with the offices, which must keep it as long as the law says, and holds nothing of the account any
more; it is still reached by number and secret. Everything else goes, in one transaction; files go after its commit.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kreisportal.accounts.errors import AccountGoneError
from kreisportal.accounts.queries import own_account
from kreisportal.documents.errors import StorageError
from kreisportal.documents.storage import Storage
from kreisportal.i18n import current_language
from kreisportal.kernel import clock
from kreisportal.kernel.registries import Count, Erasures, Kept
from kreisportal.notifications.service import queue_mail

TownName = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would go, and what would stay with which offices."""

    counts: tuple[Count, ...]
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What has gone, when, and what has stayed where. ``files`` are still to be removed."""

    at: datetime.datetime
    email: str
    counts: tuple[Count, ...]
    kept: tuple[Kept, ...]
    files: tuple[tuple[int, uuid.UUID], ...]


def look_ahead(session: Session, erasures: Erasures, account_id: uuid.UUID) -> Prospect:
    """What deleting the account would do."""
    counts = [count for each in erasures.entries for count in each.count(session, account_id)]
    return Prospect(tuple(counts), _kept(session, erasures, account_id))


def delete_account(session: Session, erasures: Erasures, account_id: uuid.UUID) -> Receipt:
    """Erase the account and all that is its own, in every room. Raises AccountGoneError.

    ``remove_files`` is to be called with the receipt's files after the commit.
    """
    account = own_account(session, account_id, to_change=True)
    if account is None:
        raise AccountGoneError
    email, kept = account.email, _kept(session, erasures, account_id)
    session.expunge(account)
    erased = [each.erase(session, account_id) for each in erasures.entries]
    return Receipt(
        clock.now(),
        email,
        tuple(count for each in erased for count in each.counts),
        kept,
        tuple(file for each in erased for file in each.files),
    )


def mail_receipt(session: Session, tenant_id: int, receipt: Receipt, town_name: TownName) -> None:
    """Write to the address that the account had what has gone and what stays; then the address is forgotten, too."""
    data = {
        "at": receipt.at.isoformat(),
        "gone": [[str(count.words), count.number] for count in receipt.counts],
        "kept": [[town_name(tenant_id), numbers] for tenant_id, numbers in _numbers(receipt.kept).items()],
    }
    queue_mail(session, tenant_id, receipt.email, current_language().path, "account_deleted", data)


def remove_files(storage: Storage, files: Sequence[tuple[int, uuid.UUID]]) -> None:
    """Remove files whose rows are gone. What cannot be removed now the worker sweeps away."""
    for tenant_id, file_id in files:
        with suppress(StorageError):
            storage.delete(tenant_id, file_id)


def _kept(session: Session, erasures: Erasures, account_id: uuid.UUID) -> tuple[Kept, ...]:
    return tuple(kept for each in erasures.entries for kept in each.kept(session, account_id))


def _numbers(kept: Sequence[Kept]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for each in kept:
        found.setdefault(each.tenant_id, []).append(each.number)
    return found
