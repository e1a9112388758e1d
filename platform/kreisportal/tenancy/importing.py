"""Bringing tenants from their folders into the database; reading one in again merges three ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.merge import merge
from kreisportal.tenancy.models import Host, Tenant

# What has a column or table of its own, and so does not stand in the profile.
_APART = frozenset({"slug", "code", "kind", "ars", "district", "portal", "hosts", "offers"})


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
    if definition.own_texts:
        profile["texts"] = {page: dict(texts) for page, texts in definition.own_texts.items()}
    return profile


def import_tenant(session: Session, definition: TenantDefinition) -> Imported:
    """Create the tenant or merge its folder into what the database knows. Acts for the region.

    Raises ``DefinitionError`` when its district is not there or a host name belongs to another tenant.
    """
    parent_id = _parent_id(session, definition)
    wanted = profile_of(definition)
    tenant = session.scalar(select(Tenant).where(Tenant.slug == definition.slug))
    is_new = tenant is None
    if tenant is None:
        tenant = Tenant(slug=definition.slug, state="open", profile=wanted, imported={})
        session.add(tenant)
    outcome = merge(tenant.imported.get("profile", {}), wanted, {} if is_new else tenant.profile)
    tenant.code = definition.code
    tenant.kind = definition.kind.value
    tenant.ars = str(definition.ars)
    tenant.parent_id = parent_id
    tenant.has_portal = definition.has_portal
    tenant.profile = outcome.value
    last_hosts = tenant.imported.get("hosts", {})
    hosts = {"portal": list(definition.hosts.portal), "desk": list(definition.hosts.desk)}
    tenant.imported = {"profile": wanted, "hosts": hosts}
    session.flush()
    _merge_hosts(session, tenant, last_hosts, hosts)
    return Imported(tenant.id, is_new, tuple(outcome.taken), tuple(outcome.conflicts))


def _parent_id(session: Session, definition: TenantDefinition) -> int | None:
    if definition.parent is None:
        return None
    parent_id = session.scalar(select(Tenant.id).where(Tenant.slug == definition.parent))
    if parent_id is None:
        raise DefinitionError(
            [f"{definition.slug}: district: there is no tenant {definition.parent}; add it first"]
        )
    return parent_id


def _merge_hosts(
    session: Session, tenant: Tenant, last: Mapping[str, list[str]], wanted: Mapping[str, list[str]]
) -> None:
    """Hosts that are new in the file come in, those taken out of it go; those an admin added stay."""
    present = {host.host: host for host in session.scalars(select(Host).where(Host.tenant_id == tenant.id))}
    for site, names in wanted.items():
        gone = set(last.get(site, ())) - set(names)
        session.execute(delete(Host).where(Host.tenant_id == tenant.id, Host.host.in_(gone)))
        has_canonical = any(
            host.canonical and host.site == site and host.host not in gone for host in present.values()
        )
        for name in names:
            if name in present:
                continue
            add_host(session, name, site, tenant.id, canonical=not has_canonical)
            has_canonical = True


def add_host(session: Session, name: str, site: str, tenant_id: int | None, *, canonical: bool) -> None:
    """Give a site a host name. As the canonical one it takes that place from the one before.

    Raises ``DefinitionError`` when the name is taken.
    """
    if session.get(Host, name) is not None:
        raise DefinitionError([f"hosts.{site}: {name} belongs to another site already"])
    if canonical:
        others = select(Host).where(Host.tenant_id.is_not_distinct_from(tenant_id), Host.site == site)
        for other in session.scalars(others):
            other.canonical = False
        session.flush()
    session.add(Host(host=name, site=site, tenant_id=tenant_id, canonical=canonical))
    session.flush()


def import_order(definitions: Iterable[TenantDefinition]) -> list[TenantDefinition]:
    """Districts before their towns."""
    return sorted(definitions, key=lambda definition: (definition.parent is not None, definition.slug))
