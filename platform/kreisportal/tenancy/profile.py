"""A tenant as pages see it: its definition, read back from what the registry keeps packed."""

from __future__ import annotations

from functools import lru_cache

from marshmallow import EXCLUDE

from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.definition_reader import make_tenant
from kreisportal.tenancy.definition_schemas import TenantSchema
from kreisportal.tenancy.registry import TenantRecord, unpack

_OFFERS_APART = ("offers", "legal", "hosts")


def definition_of(tenant: TenantRecord) -> TenantDefinition:
    """Names, contact, hours, offices and look of a tenant; without offers, which are ``catalogue.offers``'s."""
    return _read(tenant.packed, tenant.slug, tenant.code, tenant.kind, tenant.ars, tenant.has_portal)


@lru_cache(maxsize=256)
def _read(packed: bytes, slug: str, code: str, kind: str, ars: str, has_portal: bool) -> TenantDefinition:
    profile = unpack(packed)["profile"]
    brand = dict(profile.get("brand", {}))
    mark_svg = brand.pop("mark_svg", "")
    document = {**profile, "slug": slug, "code": code, "kind": kind, "ars": ars, "portal": has_portal}
    if brand:
        document["brand"] = brand
    # What was read in has been checked; here it is only given its types again, as far as it is there.
    data = TenantSchema(exclude=_OFFERS_APART, partial=True, unknown=EXCLUDE).load(document, validate=False)
    return make_tenant(data, document, mark_svg=mark_svg)
