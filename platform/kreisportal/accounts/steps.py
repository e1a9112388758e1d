"""What a browser is in the middle of when it signs in: a second step after the password, a challenge to a passkey.

The browser holds a random token in its signed cookie, the database the token's digest. A step ends after some minutes,
and with a new password of its account.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import text

from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.ids import digest, new_token

STEP_SECONDS = 15 * 60
_BEGIN = text("SELECT definer.begin_sign_in_step(:digest, :kind, :account, :challenge, :seconds)")
_READ = text("SELECT definer.read_sign_in_step(:digest, :kind) AS account_id")
_USE = text("SELECT * FROM definer.use_sign_in_step(:digest, :kind)")


class StepKind(StrEnum):
    """What a step is for; a token of one is nothing in another."""

    SECOND_FACTOR = "second-factor"
    PASSKEY = "passkey"
    NEW_PASSKEY = "new-passkey"


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was used. ``account_id`` is None where it is not known yet who answers."""

    account_id: uuid.UUID | None
    challenge: bytes | None


def begin_step(
    database: Database, kind: StepKind, account_id: uuid.UUID | None = None, challenge: bytes | None = None
) -> str:
    """Begin a step; its token is for this browser only."""
    token = new_token()
    values = {"kind": kind.value, "account": account_id, "challenge": challenge, "seconds": STEP_SECONDS}
    with database.transaction(ANONYMOUS) as session:
        session.execute(_BEGIN, {"digest": digest(token), **values})
    return token


def account_of_step(database: Database, kind: StepKind, token: str | None) -> uuid.UUID | None:
    """Whose step this is, without using it; None if there is none."""
    row = database.call(_READ, {"digest": digest(token), "kind": kind.value}) if token else None
    return row.account_id if row else None


def use_step(database: Database, kind: StepKind, token: str | None) -> Step | None:
    """Use a step up, whatever comes of it; None if there is none, or it was used before."""
    if not token:
        return None
    with database.transaction(ANONYMOUS) as session:
        row = session.execute(_USE, {"digest": digest(token), "kind": kind.value}).one_or_none()
    return Step(row.account_id, bytes(row.challenge) if row.challenge else None) if row else None
