"""The time. Everything that asks for it asks here, so that a test can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Europe/Berlin")

_frozen: ContextVar[datetime | None] = ContextVar("frozen_time", default=None)


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def local_now() -> datetime:
    """The current instant on the region's clocks (Europe/Berlin)."""
    return now().astimezone(LOCAL_ZONE)


def today() -> date:
    """The current day in the region (Europe/Berlin)."""
    return local_now().date()


def next_midnight() -> datetime:
    """When the region's next day begins, aware; the days on which the clocks change are longer or shorter."""
    return datetime.combine(today() + timedelta(days=1), time.min, LOCAL_ZONE)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Hold the clock at ``moment`` (aware) inside the block."""
    if moment.tzinfo is None:
        raise ValueError("a frozen clock needs a time zone")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
