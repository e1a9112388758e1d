"""A tenant admin changes the town itself: look, notice, offices, legal pages. Each change can be taken back.

An area is what one page changes: some parts of the town's profile. What is changed here counts as set by hand: reading the
town's folder in again does not undo it.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.i18n import gettext
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from kreisportal.tenancy.models import Tenant, TownChange
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord

AREAS: dict[str, tuple[str, ...]] = {
    "look": ("brand",),
    "home": ("home",),
    "notice": ("notice",),
    "links": ("links",),
    "council": ("council",),
    "languages": ("languages",),
    "hall": ("contact", "hours"),
    "offices": ("offices",),
    "texts": ("texts",),
    "legal": ("legal", "declaration"),
}
"""Area → the parts of the profile that it changes."""

Parts = dict[str, Any]
"""Parts of a profile by name; None for one that is not there."""

Make = Callable[[Parts], Mapping[str, Any]]
"""What of an area shall be otherwise, from what is there now. Raises ConflictError if that is not what was seen."""

_CHANGE = text("SELECT definer.change_town(:area, CAST(:wanted AS jsonb), CAST(:seen AS jsonb))")


def parts_now(session: Session, tenant_id: int, area: str) -> Parts:
    """The parts of an area as the database has them."""
    profile = session.scalars(select(Tenant.profile).where(Tenant.id == tenant_id)).one()
    return {name: profile.get(name) for name in AREAS[area]}


def stamp_of(parts: Mapping[str, Any]) -> str:
    """What an area was when somebody began to change it, so that two do not undo each other's work."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def change_town(session: Session, context: Context, area: str, make: Make) -> bool:
    """Put parts of an area in place of those that are there. Returns whether that changed anything.

    Raises ConflictError if the area is not what was seen any more, and InvalidInputError under the area's name for parts
    that would not make a town.
    """
    return _change(session, context, area, make, f"town.{area}")


def expecting(seen: str, wanted: Mapping[str, Any]) -> Make:
    """These parts, if the area is still the one of this stamp."""

    def make(now: Parts) -> Mapping[str, Any]:
        if stamp_of(now) != seen:
            raise ConflictError("somebody else has changed it meanwhile")
        return wanted

    return make


def last_change(session: Session, tenant_id: int, area: str) -> datetime.datetime | None:
    """When an area was changed last, if that can be taken back."""
    found = _newest(session, tenant_id, area)
    return found.at if found else None


def parts_before(session: Session, tenant_id: int, area: str) -> Parts:
    """The parts of an area as they were before the last change. Raises NotFoundError if there was none."""
    found = _newest(session, tenant_id, area)
    if found is None:
        raise NotFoundError
    return {name: found.before.get(name) for name in AREAS[area]}


def take_back(session: Session, context: Context, area: str, seen: str) -> bool:
    """Put back what was there before the last change; taken back once more it is as it is now. Raises as ``change_town``."""
    before = parts_before(session, _own_town(context), area)
    return _change(session, context, area, expecting(seen, before), f"town.{area}.back")


def _change(session: Session, context: Context, area: str, make: Make, action: str) -> bool:
    own = _own_town(context)
    now = parts_now(session, own, area)
    after = {**now, **make(now)}
    changed = [name for name in now if after[name] != now[name]]
    if not changed:
        return False
    _check(session, own, area, after)
    values = {"area": area, "wanted": json.dumps(after), "seen": json.dumps(now)}
    if not session.scalar(_CHANGE, values):
        raise ConflictError(f"somebody else has changed {area} meanwhile")
    record(session, context, action, "town", area, parts=changed)
    return True


def _own_town(context: Context) -> int:
    """Whose town somebody changes. Raises NotAllowedError for who belongs to none."""
    if context.tenant_id is None:
        raise NotAllowedError
    return context.tenant_id


def _check(session: Session, tenant_id: int, area: str, parts: Parts) -> None:
    """Read the town as its pages will, so that nothing is saved that they could not show."""
    tenant = session.get_one(Tenant, tenant_id)
    profile = {**tenant.profile, **parts}
    facts = {
        **{name: getattr(tenant, name) for name in ("id", "slug", "code", "kind", "ars", "parent_id")},
        **{"has_portal": tenant.has_portal, "state": tenant.state, "hosts": (), "offers": {}},
        "profile": {name: value for name, value in profile.items() if value is not None},
    }
    try:
        definition_of(TenantRecord.from_facts(facts))
    except ValidationError as error:
        what = gettext("Das passt nicht zusammen: %(what)s", what=str(error))
        raise InvalidInputError({area: [what]}) from None


def _newest(session: Session, tenant_id: int, area: str) -> TownChange | None:
    query = (
        select(TownChange)
        .where(TownChange.tenant_id == tenant_id, TownChange.area == area)
        .order_by(TownChange.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()
