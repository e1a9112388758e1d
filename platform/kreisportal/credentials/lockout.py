"""Slowing down whoever guesses: a delay that grows with every wrong attempt, and nobody is locked out for good.

An attempt is counted before it is judged and taken back if it was right, so that a hundred at once get no more
tries than one after the other. What is counted belongs to one tenant; other towns can neither use it up nor see it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kreisportal.credentials.keys import CredentialKeys, counted_name
from kreisportal.kernel import rate_limits
from kreisportal.kernel.rate_limits import network_of

FREE_FOR_ACCOUNT = 5
# A whole town hall may come from one address.
FREE_FOR_SOURCE = 30
FIRST_DELAY = 60
LONGEST_DELAY = 15 * 60
_DAY = 24 * 3600
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """``free`` wrong attempts within ``window`` seconds go without delay. A right one ends the counting if ``forgets``."""

    key: str
    free: int
    window: int
    forgets: bool

    @property
    def lock(self) -> str:
        """The key that is there while one has to wait."""
        return f"{self.key}:lock"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted attempt. ``refused_until``: it must not be judged; ``locks``: the limits it has closed, should it fail."""

    limits: tuple[Limit, ...]
    refused_until: datetime.datetime | None = None
    locks: tuple[Limit, ...] = ()


def delay_after(failures: int, free: int = FREE_FOR_ACCOUNT) -> int:
    """Seconds to wait after so many wrong attempts in a row: 60 after ``free`` of them, then doubling up to 900."""
    if failures < free:
        return 0
    return int(min(FIRST_DELAY * 2 ** min(failures - free, 10), LONGEST_DELAY))


def limits_for(
    keys: CredentialKeys, tenant_id: int | None, email: str, source: str, whose: str = "staff"
) -> tuple[Limit, ...]:
    """The limits of signing in with ``email`` from the network address ``source``; ``whose`` keeps kinds apart."""

    def key(purpose: str, subject: str) -> str:
        return rate_limits.key_of(tenant_id, purpose, counted_name(keys, subject))

    return (
        Limit(key(f"{whose}-source", network_of(source)), FREE_FOR_SOURCE, _HOUR, forgets=False),
        Limit(key(f"{whose}-account", email), FREE_FOR_ACCOUNT, _DAY, forgets=True),
    )


def take_attempt(session: Session, limits: tuple[Limit, ...]) -> Attempt:
    """Count an attempt under all limits, unless one of them says to wait. To be committed whatever comes of it."""
    waiting = [locked for limit in limits if (locked := rate_limits.read(session, limit.lock))]
    if waiting:
        return Attempt(limits, max(lock.expires_at for lock in waiting))
    locks: list[Limit] = []
    for limit in limits:
        hits = rate_limits.hit(session, limit.key, limit.window)
        delay = delay_after(hits.count, limit.free)
        if not delay:
            continue
        lock = rate_limits.hit(session, limit.lock, delay)
        if lock.count > 1:
            # Another attempt at the same time has taken the last place.
            return Attempt(limits, lock.expires_at)
        locks.append(limit)
    return Attempt(limits, locks=tuple(locks))


def take_back(session: Session, attempt: Attempt) -> None:
    """The attempt was right: undo its counting, and that of those before where the limit forgets them."""
    for limit in attempt.limits:
        if limit.forgets:
            rate_limits.clear(session, limit.key)
        else:
            rate_limits.hit(session, limit.key, limit.window, -1)
        if limit in attempt.locks:
            rate_limits.clear(session, limit.lock)
