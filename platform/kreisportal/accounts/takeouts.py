"""Taking everything out: asked for once at a time, gathered by a job, there for some days, removed when one likes.

Everything here acts for the account, whose own row it is; the file lies in the region's folder under the row's id.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from kreisportal.accounts.models import AccountTakeout
from kreisportal.accounts.queries import own_account
from kreisportal.jobs import defer
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import new_id

REGION_FOLDER = 0
"""Where files lie that are no tenant's."""

KEPT_DAYS = 7
TAKE_OUT = "accounts.take_out"
# A part takes seconds at most: what has not got further for so long was given up by every worker.
_STUCK = datetime.timedelta(hours=1)


class TakeoutState(StrEnum):
    """How far it is."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class TakeoutGoneError(NotFoundError):
    """The takeout, or the account, was removed while it was being made."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: the takeout that is being made, and the one before whose file is to be removed."""

    takeout: AccountTakeout
    replaced: uuid.UUID | None = None


def takeout_of(session: Session, account_id: uuid.UUID) -> AccountTakeout | None:
    """The account's takeout, unless it is over: then it is as if it was removed."""
    found = session.scalar(select(AccountTakeout).where(AccountTakeout.account_id == account_id))
    return None if found is None or _is_over(found) else found


def is_under_way(takeout: AccountTakeout) -> bool:
    """Whether it is being made, and not given up without a word."""
    busy = takeout.state in (TakeoutState.WAITING, TakeoutState.RUNNING)
    return busy and clock.now() - takeout.touched_at < _STUCK


def ask_for_takeout(session: Session, account_id: uuid.UUID, tenant_id: int, language: str) -> Asked:
    """Let everything be gathered; while that is being done already, nothing new begins. A finished one is replaced.

    ``tenant_id`` is the authority that runs the accounts: the job is done in its name. Raises NotFoundError.
    """
    if own_account(session, account_id, to_change=True) is None:
        raise NotFoundError
    before = session.scalar(select(AccountTakeout).where(AccountTakeout.account_id == account_id))
    if before is not None and is_under_way(before):
        return Asked(before)
    remove_takeout(session, account_id)
    takeout = AccountTakeout(
        id=new_id(),
        account_id=account_id,
        language=language,
        state=TakeoutState.WAITING.value,
        parts=[],
        asked_at=clock.now(),
        touched_at=clock.now(),
    )
    session.add(takeout)
    session.flush()
    defer(session, TAKE_OUT, tenant_id, takeout_id=takeout.id)
    return Asked(takeout, before.id if before else None)


def remove_takeout(session: Session, account_id: uuid.UUID) -> uuid.UUID | None:
    """Remove the account's takeout, whatever its state; the id under which its file lies is to be removed then."""
    gone = delete(AccountTakeout).where(AccountTakeout.account_id == account_id).returning(AccountTakeout.id)
    return session.scalar(gone.execution_options(synchronize_session=False))


def finished_takeout(session: Session, account_id: uuid.UUID, takeout_id: uuid.UUID) -> AccountTakeout:
    """The takeout to be downloaded. Raises NotFoundError for one that is not ready, is over, or is another's."""
    found = takeout_of(session, account_id)
    if found is None or found.id != takeout_id or found.state != TakeoutState.READY:
        raise NotFoundError
    return found


def note_progress(session: Session, takeout_id: uuid.UUID, parts: Sequence[dict[str, Any]]) -> None:
    """Write down how far it is. Raises TakeoutGoneError when nobody wants it any more."""
    _change(session, takeout_id, parts=list(parts))


def note_ready(session: Session, takeout_id: uuid.UUID, size: int) -> None:
    """It lies there for some days from now on. Raises TakeoutGoneError as above."""
    now = clock.now()
    until = now + datetime.timedelta(days=KEPT_DAYS)
    _change(session, takeout_id, state=TakeoutState.READY.value, size=size, ready_at=now, expires_at=until)


def note_failed(session: Session, takeout_id: uuid.UUID) -> None:
    """It could not be made; the page says so for some days. Raises TakeoutGoneError as above."""
    until = clock.now() + datetime.timedelta(days=KEPT_DAYS)
    _change(session, takeout_id, state=TakeoutState.FAILED.value, expires_at=until)


def _change(session: Session, takeout_id: uuid.UUID, **values: Any) -> None:
    statement = update(AccountTakeout).where(
        AccountTakeout.id == takeout_id, AccountTakeout.state == TakeoutState.RUNNING.value
    )
    changed: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # UPDATE gives a cursor's result.
        statement.values(touched_at=clock.now(), **values).execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:
        raise TakeoutGoneError


def _is_over(takeout: AccountTakeout) -> bool:
    return takeout.expires_at is not None and takeout.expires_at <= clock.now()
