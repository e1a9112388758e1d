"""Changing what a district says to a service, on its own pages and on those of its towns.

It is a part of the district's profile; what is changed here counts as set by hand: reading the district's folder in again
does not undo it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.catalogue.offer_changes import LANGUAGES, LONGEST_FEE, LONGEST_TEXT, texts_typed
from kreisportal.i18n import gettext
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord

FIELDS = tuple(f"{name}_{language}" for name in ("fee", "text") for language in LANGUAGES)
LONGEST = {"fee": LONGEST_FEE, "text": LONGEST_TEXT}

Overlay = Mapping[str, Mapping[str, str]]
"""``text`` and ``fee`` by language, as far as a district says them."""


def district_by_slug(session: Session, slug: str, *, locked: bool = False) -> Tenant:
    """A district that the actor reaches. Raises NotFoundError."""
    query = select(Tenant).where(Tenant.slug == slug, Tenant.kind == "district")
    found = session.scalars(query.with_for_update() if locked else query).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def districts(session: Session) -> list[Tenant]:
    """All districts that the actor reaches."""
    return list(session.scalars(select(Tenant).where(Tenant.kind == "district").order_by(Tenant.slug)))


def overlay_now(district: Tenant, key: str) -> Overlay:
    """What a district says to a service, as the database has it."""
    found: Overlay = district.profile.get("overlays", {}).get(key, {})
    return found


def typed_of(overlay: Overlay) -> dict[str, str]:
    """An overlay as its form shows it."""
    return {
        f"{name}_{language}": overlay.get(name, {}).get(language, "")
        for name in ("fee", "text")
        for language in LANGUAGES
    }


def stamp_of(overlay: Overlay) -> str:
    """What an overlay was when somebody began to change it."""
    return hashlib.sha256(json.dumps(overlay, sort_keys=True).encode()).hexdigest()[:16]


def change_overlay(
    session: Session, context: Context, slug: str, key: str, typed: Mapping[str, str], seen: str
) -> bool:
    """Let a district say to a service what was typed; without any text it says nothing. Returns whether that is new.

    Raises NotFoundError for a district that the actor does not reach, InvalidInputError by field, and ConflictError if the
    overlay is not what was ``seen``.
    """
    faults: dict[str, list[str]] = {}
    words = {name: typed.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    wanted = {name: texts_typed(name, LONGEST[name], words, faults) for name in ("fee", "text")}
    for name, texts in wanted.items():
        if texts.get("de") and not texts.get("en"):
            faults.setdefault(f"{name}_en", [gettext("Schreiben Sie den Text auch auf Englisch.")])
    if faults:
        raise InvalidInputError(faults)
    district = district_by_slug(session, slug, locked=True)
    now, overlay = overlay_now(district, key), {name: texts for name, texts in wanted.items() if texts}
    if overlay == now:
        return False
    if stamp_of(now) != seen:
        raise ConflictError(f"somebody else has changed what {slug} says to {key}")
    overlays = {name: value for name, value in district.profile.get("overlays", {}).items() if name != key}
    profile = {name: value for name, value in district.profile.items() if name != "overlays"}
    if overlay or overlays:
        profile["overlays"] = {**overlays, **({key: overlay} if overlay else {})}
    _check(district, profile)
    district.profile = profile
    session.flush()
    record(session, context, "overlay-changed", "service", key, tenant_id=district.id)
    return True


def _check(district: Tenant, profile: dict[str, Any]) -> None:
    """Read the district as its pages will, so that nothing is saved that they could not show."""
    facts = {
        **{name: getattr(district, name) for name in ("id", "slug", "code", "kind", "ars", "parent_id")},
        **{
            "has_portal": district.has_portal,
            "state": district.state,
            "hosts": (),
            "offers": {},
            "profile": profile,
        },
    }
    try:
        definition_of(TenantRecord.from_facts(facts))
    except ValidationError as error:
        what = gettext("Das passt nicht zusammen: %(what)s", what=str(error))
        raise InvalidInputError({"text_de": [what]}) from None
