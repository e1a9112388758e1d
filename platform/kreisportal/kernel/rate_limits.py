"""Counting how often something was tried, in the database, so that all processes count together.

A key always begins with the tenant's number: no town can use up another's limit. Windows are measured by the
database's clock. The counts outlive a transaction that is rolled back only if they were made in one of their own.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.kernel.database import Database

_HIT = text("SELECT hits, expires_at FROM definer.hit_rate_limit(:key, :window, :amount)")
_HIT_ALL = text("SELECT definer.hit_rate_limits(:keys, :windows, :limits)")
_READ = text("SELECT hits, expires_at FROM definer.read_rate_limit(:key)")
_CLEAR = text("SELECT definer.clear_rate_limits(:key)")


@dataclass(frozen=True, slots=True)
class Hits:
    """How often a key was hit in its window, and when the window ends (aware, by the database's clock)."""

    count: int
    expires_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many hits of a key in a window."""

    key: str
    window_seconds: int
    most: int


def key_of(tenant_id: int | None, purpose: str, subject: str) -> str:
    """The key that counts ``purpose`` for ``subject`` (an address, a person: as a digest) within a tenant or the region."""
    return f"{'region' if tenant_id is None else tenant_id}:{purpose}:{subject}"


def network_of(address: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 network that an IPv6 connection gets."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def hit(session: Session, key: str, window_seconds: int, amount: int = 1) -> Hits:
    """Count ``amount`` more (fewer, if negative); the first one in a window begins it."""
    row = session.execute(_HIT, {"key": key, "window": window_seconds, "amount": amount}).one()
    return Hits(row.hits, row.expires_at)


def hit_all(session: Session, limits: Sequence[Limit]) -> bool:
    """Count one more for each limit in turn, up to the first that is passed by it: False if there is one.

    So whoever is at one limit does not use up those after it.
    """
    counted = {
        "keys": [limit.key for limit in limits],
        "windows": [limit.window_seconds for limit in limits],
        "limits": [limit.most for limit in limits],
    }
    return session.execute(_HIT_ALL, counted).scalar_one() is True


def hit_apart(database: Database, key: str, window_seconds: int) -> Hits:
    """Count one more in a transaction of its own, so that it stays counted whatever becomes of the try."""
    row = database.call(_HIT, {"key": key, "window": window_seconds, "amount": 1})
    assert row is not None  # noqa: S101 - the function always gives a row; this tells mypy.
    return Hits(row.hits, row.expires_at)


def read(session: Session, key: str) -> Hits | None:
    """What was counted so far, or None if no window is open."""
    row = session.execute(_READ, {"key": key}).one_or_none()
    return Hits(row.hits, row.expires_at) if row else None


def clear(session: Session, key: str) -> None:
    """Forget a key."""
    if not key:
        raise ValueError("an empty key would mean every key")
    session.execute(_CLEAR, {"key": key})
