"""Where an account is signed in: by browser, and in each of them at which towns."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

_READ = text("SELECT * FROM definer.sessions_of_account(:account)")
_CLOSE = text("SELECT definer.close_session_of_account(:account, :handle)")


@dataclass(frozen=True, slots=True)
class Place:
    """A town at which a browser is signed in."""

    tenant_id: int
    since: datetime
    seen: datetime
    handle: str


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that is signed in. ``handle`` names its session to its owner and opens nothing."""

    handle: str
    is_this: bool
    browser: str | None
    means: str | None
    since: datetime
    seen: datetime
    places: list[Place] = field(default_factory=list)


def devices_of(session: Session, account_id: uuid.UUID, here: bytes) -> list[Device]:
    """All browsers in which the account is signed in, this one first. ``here`` is the digest of its session."""
    rows = session.execute(_READ, {"account": account_id}).all()
    own = _handle(here)
    devices = {
        row.handle: Device(row.handle, row.handle == own, row.browser, row.means, row.created_at, row.seen_at)
        for row in rows
        if row.above is None
    }
    for row in rows:
        if row.above in devices and row.tenant_id is not None:
            place = Place(row.tenant_id, row.created_at, row.seen_at, row.handle)
            devices[row.above].places.append(place)
    return sorted(devices.values(), key=lambda device: not device.is_this)


def end_session(session: Session, account_id: uuid.UUID, handle: str) -> None:
    """End one session of the account, with all that stand on it. One that is gone is no matter."""
    session.execute(_CLOSE, {"account": account_id, "handle": handle})


def _handle(session_digest: bytes) -> str:
    return hashlib.sha256(session_digest).hexdigest()
