"""The fields by which a town is called otherwise, and what is said of each that does not fit."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.definition import TenantKind
from kreisportal.tenancy.models import Host, Tenant
from kreisportal.tenancy.onboarding_fields import typed_fault
from kreisportal.tenancy.regional_key import RegionalKey
from kreisportal.tenancy.taken_names import taken

OF_HOSTS = ("portal_host", "desk_host")
OF_NAME = ("name", "short", "kind", "ars", *OF_HOSTS)
KINDS_OF_TOWNS = (TenantKind.CITY, TenantKind.MUNICIPALITY, TenantKind.JOINT_MUNICIPALITY)


def kinds_for(tenant: Tenant) -> tuple[TenantKind, ...]:
    """What a tenant may become: a district stays one, and so does a city that is in none."""
    if tenant.kind == TenantKind.DISTRICT or tenant.parent_id is None:
        return (TenantKind(tenant.kind),)
    return KINDS_OF_TOWNS


def checked_name(session: Session, tenant: Tenant, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, tidied. Raises InvalidInputError with all that does not fit at once."""
    name = {field: " ".join(typed.get(field, "").split()) for field in OF_NAME}
    name["ars"] = name["ars"].replace(" ", "")
    for field in OF_HOSTS:
        name[field] = name[field].lower().rstrip(".") if tenant.has_portal else ""
    faults = {
        field: [fault] for field, said in name.items() if (fault := _fault(session, tenant, field, said))
    }
    if not faults and name["portal_host"] and name["portal_host"] == name["desk_host"]:
        faults["desk_host"] = [gettext("Portal und Verwaltung brauchen verschiedene Hostnamen.")]
    if faults:
        raise InvalidInputError(faults)
    return name


def _fault(session: Session, tenant: Tenant, field: str, typed: str) -> str | None:
    """What is wrong with a field, as what to do about it."""
    if field in OF_HOSTS and not tenant.has_portal:
        return None
    if not typed:
        return gettext("Füllen Sie dieses Feld aus.")
    if field == "kind":
        return None if typed in kinds_for(tenant) else gettext("Wählen Sie, was die Kommune jetzt ist.")
    if field == "ars":
        return _fault_of_key(session, tenant, typed)
    fault = typed_fault(field, typed)
    if fault is None and field in OF_HOSTS:
        host = session.get(Host, typed)
        own = host is not None and (host.tenant_id, f"{host.site}_host") == (tenant.id, field)
        if not own and taken(session, "host", [typed]):
            return gettext("Diesen Hostnamen gibt es schon. Wählen Sie einen anderen.")
    return fault


def _fault_of_key(session: Session, tenant: Tenant, typed: str) -> str | None:
    try:
        key = RegionalKey(typed)
    except ValueError:
        return gettext("Geben Sie die zwölf Ziffern des Regionalschlüssels ein.")
    parent = session.get(Tenant, tenant.parent_id) if tenant.parent_id else None
    if parent is not None and not RegionalKey(parent.ars).covers(key):
        return gettext("Dieser Schlüssel liegt nicht im Landkreis der Kommune.")
    if session.scalar(select(Tenant.id).where(Tenant.ars == typed, Tenant.id != tenant.id)) is not None:
        return gettext("Diesen Schlüssel hat schon eine andere Kommune.")
    return None
