"""Bringing tenants from their folders into the database; reading one in again merges three ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.definition import TenantDefinition, TenantKind
from kreisportal.tenancy.host_names import merge_hosts
from kreisportal.tenancy.merge import merge
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.regional_key import RegionalKey

# What has a column or table of its own, and so does not stand in the profile.
_APART = frozenset({"slug", "code", "kind", "ars", "district", "portal", "hosts", "offers"})

# Its texts say what its file shows, so they come together or not at all.
_WHOLE = frozenset({"picture"})


@dataclass(frozen=True, slots=True)
class Imported:
    """What reading a tenant in has done: whether it is new, which fields came in, which the admin's kept."""

    tenant_id: int
    is_new: bool
    taken: tuple[str, ...]
    conflicts: tuple[str, ...]


def profile_of(definition: TenantDefinition) -> dict[str, Any]:
    """What of a definition is kept in the tenant's profile: its document, the mark and its own texts."""
    profile = {key: value for key, value in definition.document.items() if key not in _APART}
    if definition.brand:
        profile["brand"] = {**profile["brand"], "mark_svg": definition.brand.mark_svg}
        told, picture = profile["brand"].pop("picture", None), definition.brand.picture
        # Only a picture that was made ready is one that pages can show.
        if told and picture and picture.digest:
            profile["brand"]["picture"] = {**told, "file": picture.file, **picture.made}
    if definition.own_texts:
        profile["texts"] = {page: dict(texts) for page, texts in definition.own_texts.items()}
    return profile


def import_tenant(session: Session, definition: TenantDefinition) -> Imported:
    """Create the tenant or merge its folder into what the database knows. Acts for the region.

    Raises ``DefinitionError`` when its district is not there, or its code, its regional key or one of its host
    names belongs to another tenant.
    """
    parent = _parent(session, definition)
    _check_unique(session, definition)
    tenant = session.scalar(select(Tenant).where(Tenant.slug == definition.slug))
    is_new = tenant is None
    if tenant is None:
        tenant = Tenant(slug=definition.slug, state="open", profile={}, imported={})
        session.add(tenant)
    wanted = {"facts": _facts(definition), "profile": profile_of(definition)}
    present = {} if is_new else {"facts": _facts_of(session, tenant), "profile": tenant.profile}
    last = {name: tenant.imported[name] for name in wanted if name in tenant.imported}
    outcome = merge(last, wanted, present, _WHOLE)
    facts = outcome.value["facts"]
    tenant.code, tenant.kind, tenant.ars = facts["code"], facts["kind"], facts["ars"]
    tenant.has_portal = facts["portal"]
    if facts["district"] == definition.parent:
        tenant.parent_id = parent.id if parent else None
    tenant.profile = outcome.value["profile"]
    hosts = {"portal": list(definition.hosts.portal), "desk": list(definition.hosts.desk)}
    last_hosts = tenant.imported.get("hosts", {})
    tenant.imported = {**wanted, "hosts": hosts}
    session.flush()
    merge_hosts(session, tenant.id, last_hosts, hosts)
    return Imported(tenant.id, is_new, _fields(outcome.taken), _fields(outcome.conflicts))


def _facts(definition: TenantDefinition) -> dict[str, Any]:
    """What of a definition has a column of its own."""
    return {
        "code": definition.code,
        "kind": definition.kind.value,
        "ars": str(definition.ars),
        "district": definition.parent,
        "portal": definition.has_portal,
    }


def _facts_of(session: Session, tenant: Tenant) -> dict[str, Any]:
    parent = session.get(Tenant, tenant.parent_id) if tenant.parent_id else None
    return {
        "code": tenant.code,
        "kind": tenant.kind,
        "ars": tenant.ars,
        "district": parent.slug if parent else None,
        "portal": tenant.has_portal,
    }


def _fields(paths: Iterable[str]) -> tuple[str, ...]:
    """Paths in the merged document as the fields of the file."""
    return tuple(path.removeprefix("facts.").removeprefix("profile.") for path in paths)


def _parent(session: Session, definition: TenantDefinition) -> Tenant | None:
    if definition.parent is None:
        return None
    parent = session.scalar(select(Tenant).where(Tenant.slug == definition.parent))
    if parent is None:
        raise DefinitionError(
            [f"{definition.slug}: district: there is no tenant {definition.parent}; add it first"]
        )
    if parent.kind != TenantKind.DISTRICT or not RegionalKey(parent.ars).covers(definition.ars):
        raise DefinitionError([f"{definition.slug}: district: {definition.parent} is not its district"])
    return parent


def _check_unique(session: Session, definition: TenantDefinition) -> None:
    others = select(Tenant.slug, Tenant.code, Tenant.ars).where(
        Tenant.slug != definition.slug,
        (Tenant.code == definition.code) | (Tenant.ars == str(definition.ars)),
    )
    faults = []
    for slug, code, ars in session.execute(others):
        faults += (
            [f"{definition.slug}: code: {code} belongs to {slug} already"] if code == definition.code else []
        )
        faults += (
            [f"{definition.slug}: ars: {ars} belongs to {slug} already"] if ars == str(definition.ars) else []
        )
    if faults:
        raise DefinitionError(faults)


def import_order(definitions: Iterable[TenantDefinition]) -> list[TenantDefinition]:
    """Districts before their towns."""
    return sorted(definitions, key=lambda definition: (definition.parent is not None, definition.slug))
