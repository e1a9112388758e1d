"""A tenant as pages see it: its definition, read back from what the registry keeps packed."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from marshmallow import EXCLUDE

from kreisportal.tenancy.definition import TenantDefinition, TenantHosts
from kreisportal.tenancy.definition_reader import make_tenant
from kreisportal.tenancy.definition_schemas import TenantSchema
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.tenancy.town_picture import as_in_folder, picture_of

_APART = ("offers", "legal", "hosts")


def definition_of(tenant: TenantRecord) -> TenantDefinition:
    """Names, contact, hours, offices and look of a tenant; without offers, which are ``catalogue.offers``'s."""
    return _read(tenant)


@lru_cache(maxsize=256)
def _read(tenant: TenantRecord) -> TenantDefinition:
    brand = tenant.profile.get("brand", {})
    document = {
        **tenant.profile,
        "slug": tenant.slug,
        "code": tenant.code,
        "kind": tenant.kind,
        "ars": tenant.ars,
        "portal": tenant.has_portal,
        **({"brand": as_in_folder(brand)} if brand else {}),
        **({} if tenant.parent_id is None else {"district": "parent"}),
    }
    # What was read in has been checked; here it is only given its types again, as far as it is there.
    definition = make_tenant(_schema().load(document), document)
    portal = tenant.host("portal")
    look = None
    if definition.brand:
        mark_svg = brand.get("mark_svg", "")
        look = replace(definition.brand, mark_svg=mark_svg, picture=picture_of(brand))
    return replace(definition, brand=look, hosts=TenantHosts((portal,) if portal else ()))


@lru_cache(maxsize=1)
def _schema() -> TenantSchema:
    return TenantSchema(exclude=_APART, partial=True, unknown=EXCLUDE)
