"""Access tokens of towns and of the region: made, shown this once, looked up by what a program shows, revoked."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kreisportal.access.scopes import OF_REGION, OF_TOWNS, Scope
from kreisportal.audit.service import record
from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.kernel.ids import digest, new_id, new_token
from kreisportal.staff.models import AccessToken, RegionAccessToken

Token = AccessToken | RegionAccessToken

LONGEST_NAME = 80
LIFETIMES = (30, 90, 180, 365)
"""For how many days a token may be good."""
MOST = 50
"""So many that are good there may be of a town, or of one who runs the region."""

# So begin tokens: who finds one in a file, or a program that looks for secrets there, sees what it is.
_MARK = "kp_"
_USE = text("SELECT * FROM definer.use_access_token(:digest, :tenant)")
_USE_REGION = text("SELECT * FROM definer.use_region_access_token(:digest)")


@dataclass(frozen=True, slots=True)
class Shown:
    """A token that a program has shown: its id, what it is for, and as whom it acts."""

    id: uuid.UUID
    scopes: frozenset[str]
    context: Context


def scopes_of(context: Context) -> tuple[Scope, ...]:
    """What whoever acts may give tokens for."""
    return OF_REGION if context.actor is ActorKind.REGION else OF_TOWNS


def all_tokens(session: Session, context: Context) -> Sequence[Token]:
    """The tokens that whoever acts may see, the newest first."""
    table = _table(context)
    query = select(table).order_by(table.created_at.desc(), table.id)
    return cast("Sequence[Token]", session.scalars(query).all())


def load(session: Session, context: Context, token_id: uuid.UUID) -> Token:
    """A token that whoever acts may see. Raises NotFoundError."""
    table = _table(context)
    row = cast("Token | None", session.scalar(select(table).where(table.id == token_id)))
    if row is None:
        raise NotFoundError
    return row


def is_good(token: Token, now: datetime.datetime) -> bool:
    """Whether it opens anything."""
    return token.revoked_at is None and token.expires_at > now


def make(session: Session, context: Context, name: str, scopes: Collection[str], days: int) -> str:
    """Make a token and give it back, which nobody can do again. Raises InvalidInputError."""
    name = " ".join(name.split())
    faults = _faults(session, context, name, scopes, days)
    if faults:
        raise InvalidInputError(faults)
    token, row_id = _MARK + new_token(), new_id()
    values = {
        "id": row_id,
        "staff_id": context.staff_id,
        "name": name,
        "scopes": sorted(scopes),
        "digest": digest(token),
        "expires_at": clock.now() + datetime.timedelta(days=days),
    }
    if context.actor is ActorKind.REGION:
        session.add(RegionAccessToken(**values))
    else:
        session.add(AccessToken(tenant_id=context.tenant_id, **values))
    session.flush()
    record(
        session, context, "token-made", "access-token", row_id, name=name, scopes=sorted(scopes), days=days
    )
    return token


def revoke(session: Session, context: Context, token_id: uuid.UUID) -> Token:
    """Let a token open nothing any more, from the next request on; that it was there stays. Raises NotFoundError."""
    table = _table(context)
    row = cast("Token | None", session.scalar(select(table).where(table.id == token_id).with_for_update()))
    if row is None:
        raise NotFoundError
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        session.flush()
        record(session, context, "token-revoked", "access-token", token_id, name=row.name)
    return row


def use(database: Database, shown: str, tenant_id: int | None) -> Shown | None:
    """What a token opens that was shown at a host of this tenant, or at the region's; None if nothing."""
    if tenant_id is None:
        row = database.call(_USE_REGION, {"digest": digest(shown)})
        if row is None:
            return None
        context = Context(ActorKind.REGION, staff_id=row.staff_id, token=row.name, token_id=row.id)
    else:
        row = database.call(_USE, {"digest": digest(shown), "tenant": tenant_id})
        if row is None:
            return None
        context = Context(ActorKind.TOKEN, tenant_id, token=row.name, token_id=row.id)
    return Shown(row.id, frozenset(row.scopes), context)


def _table(context: Context) -> type[Token]:
    return RegionAccessToken if context.actor is ActorKind.REGION else AccessToken


def _faults(
    session: Session, context: Context, name: str, scopes: Collection[str], days: int
) -> dict[str, list[str]]:
    faults = {}
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        faults["name"] = [
            gettext("Geben Sie dem Schlüssel einen Namen, höchstens %(most)s Zeichen.", most=LONGEST_NAME)
        ]
    if not scopes or not set(scopes) <= set(scopes_of(context)):
        faults["scope"] = [gettext("Wählen Sie mindestens eine Aufgabe.")]
    if days not in LIFETIMES:
        faults["days"] = [gettext("Wählen Sie, wie lange der Schlüssel gilt.")]
    now = clock.now()
    if not faults and sum(is_good(token, now) for token in all_tokens(session, context)) >= MOST:
        faults["name"] = [gettext("Es gibt schon sehr viele Schlüssel. Ziehen Sie zuerst einen zurück.")]
    return faults
