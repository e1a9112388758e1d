"""Putting bundles together, applying them and taking them back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.bundles.fields import Typed, columns_from
from kreisportal.bundles.models import Bundle
from kreisportal.bundles.offers import SWITCHED, put_back, switch_on, totals
from kreisportal.bundles.reach import Services, portals, reach_of
from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.staff.queries import region_member

_COLUMNS = ("name", "reason", "services", "required", "legal_source", "audience", "kinds", "tenant_ids")


def bundles(session: Session) -> list[Bundle]:
    """All bundles that the actor sees, the region's first."""
    return list(session.scalars(select(Bundle).order_by(Bundle.district_id.nulls_first(), Bundle.id)))


def bundle_of(session: Session, number: int) -> Bundle:
    """A bundle that the actor sees. Raises NotFoundError."""
    found = session.scalar(select(Bundle).where(Bundle.id == number))
    if found is None:
        raise NotFoundError(f"there is no bundle {number}")
    return found


def own_bundle(session: Session, number: int) -> Bundle:
    """A bundle that the actor may change, held until the transaction ends. Raises NotFoundError."""
    # Row security lets nobody lock what they may not change.
    found = session.scalar(select(Bundle).where(Bundle.id == number).with_for_update())
    if found is None:
        raise NotFoundError(f"there is no bundle {number} to be changed")
    return found


def may_change(session: Session, context: Context, bundle: Bundle) -> bool:
    """Whether the actor is shown the buttons: a district admin reads the region's bundles only."""
    own = own_district(session, context)
    return own is None or own == bundle.district_id


def own_district(session: Session, context: Context) -> int | None:
    """The district that the actor runs; None: the whole region, as a command does."""
    return None if context.staff_id is None else region_member(session, context).district_id


def stamp_of(bundle: Bundle) -> str:
    """What a bundle was when somebody looked at it."""
    said = [getattr(bundle, name) for name in (*_COLUMNS, "applied_at")]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def add_bundle(session: Session, context: Context, typed: Typed, services: Services) -> Bundle:
    """Keep a new bundle; nothing is switched by that. Raises InvalidInputError by field."""
    district = own_district(session, context)
    bundle = Bundle(district_id=district, **_columns(session, typed, services, district))
    session.add(bundle)
    session.flush()
    record(session, context, "bundle-added", "bundle", bundle.id, tenant_id=bundle.district_id)
    return bundle


def change_bundle(
    session: Session, context: Context, number: int, typed: Typed, services: Services, seen: str
) -> None:
    """Change a bundle. As long as it is applied it can grow only, and what comes to it waits until it is applied again.

    Raises InvalidInputError by field, ConflictError if it is not what was ``seen``, NotFoundError.
    """
    bundle = own_bundle(session, number)
    columns = _columns(session, typed, services, bundle.district_id)
    if bundle.applied_at is not None:
        _only_grown(bundle, columns, services)
    _check_seen(bundle, seen)
    for name, value in columns.items():
        setattr(bundle, name, value)
    session.flush()
    record(session, context, "bundle-changed", "bundle", number, tenant_id=bundle.district_id)


def remove_bundle(session: Session, context: Context, number: int) -> None:
    """Remove a bundle that is not applied. Raises ConflictError if it is, NotFoundError."""
    bundle = own_bundle(session, number)
    if bundle.applied_at is not None:
        raise ConflictError(f"bundle {number} is applied: take it back first")
    session.delete(bundle)
    record(
        session, context, "bundle-removed", "bundle", number, tenant_id=bundle.district_id, **_said(bundle)
    )


def apply_bundle(
    session: Session, context: Context, number: int, services: Services, seen: str | None = None
) -> int:
    """Switch a bundle's services on for all that it is meant for; returns how many were off or not there.

    Applied again it reaches what has come to it since. Raises ConflictError if it is not what was ``seen``, NotFoundError.
    """
    bundle = own_bundle(session, number)
    if seen is not None:
        _check_seen(bundle, seen)
    reach = reach_of(session, bundle, services)
    found = totals(session, reach)
    switched = sum(found[state] for state in SWITCHED)
    switch_on(session, reach)
    bundle.applied_at = clock.now()
    session.flush()
    done = {"towns": len(reach.towns), "services": switched}
    record(
        session,
        context,
        "bundle-applied",
        "bundle",
        number,
        tenant_id=bundle.district_id,
        **_said(bundle),
        **done,
    )
    return switched


def take_back(session: Session, context: Context, number: int) -> int:
    """Make all offers what they were before the bundle, but for what towns have changed since; returns how many it held.

    Raises ConflictError if it is not applied, NotFoundError.
    """
    bundle = own_bundle(session, number)
    if bundle.applied_at is None:
        raise ConflictError(f"bundle {number} is not applied")
    held = put_back(session, number)
    bundle.applied_at = None
    session.flush()
    record(
        session, context, "bundle-taken-back", "bundle", number, tenant_id=bundle.district_id, **_said(bundle)
    )
    return held


def join(session: Session, tenant_id: int, services: Services) -> int:
    """Give a town that has just come all that is meant for it; returns how many services that switched on."""
    count = 0
    for bundle in session.scalars(select(Bundle).where(Bundle.applied_at.is_not(None)).order_by(Bundle.id)):
        reach = reach_of(session, bundle, services, only=tenant_id)
        if reach.towns:
            found = totals(session, reach)
            count += sum(found[state] for state in SWITCHED)
            switch_on(session, reach)
    return count


def _columns(session: Session, typed: Typed, services: Services, district: int | None) -> dict[str, Any]:
    known = {town.slug: town.id for town in portals(session) if district in (None, town.id, town.parent_id)}
    return columns_from(typed, services, known)


def _only_grown(bundle: Bundle, columns: Mapping[str, Any], services: Services) -> None:
    """Raises InvalidInputError if something of an applied bundle would be left behind."""
    faults = {}
    first = gettext(
        "Nehmen Sie das Paket zuerst zurück; solange es angewendet ist, kann nur etwas dazukommen."
    )
    # What the catalogue no longer has cannot be chosen any more.
    if set(bundle.services) & set(services) - set(columns["services"]):
        faults["services"] = [first]
    same = columns["audience"] == bundle.audience
    if columns["audience"] != "all":
        if not same:
            faults["audience"] = [first]
        elif set(bundle.kinds) - set(columns["kinds"]):
            faults["kinds"] = [first]
        elif set(bundle.tenant_ids) - set(columns["tenant_ids"]):
            faults["towns"] = [first]
    if faults:
        raise InvalidInputError(faults)


def _check_seen(bundle: Bundle, seen: str) -> None:
    if stamp_of(bundle) != seen:
        raise ConflictError(f"somebody else has changed bundle {bundle.id}")


def _said(bundle: Bundle) -> dict[str, str]:
    return {"name": bundle.name["de"]}
