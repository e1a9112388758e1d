"""Where an account is signed in: by browser, and in each of them at which towns and clients from outside."""

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
    """Where a browser is signed in: a town, or a client from outside by its name.

    ``is_told`` says whether the end of its session is told to it; a town asks with every request.
    """

    tenant_id: int | None
    client: str | None
    since: datetime
    handle: str
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that is signed in. ``handle`` names its session to its owner and opens nothing, as those of places."""

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
        if row.above in devices:
            told = row.client is None or row.is_told
            place = Place(row.tenant_id, row.client, row.created_at, row.handle, told)
            devices[row.above].places.append(place)
    return sorted(devices.values(), key=lambda device: not device.is_this)


def end_session(session: Session, account_id: uuid.UUID, handle: str) -> None:
    """End one session of the account, with all that stand on it. One that is gone is no matter."""
    session.execute(_CLOSE, {"account": account_id, "handle": handle})


def _handle(session_digest: bytes) -> str:
    return hashlib.sha256(session_digest).hexdigest()
