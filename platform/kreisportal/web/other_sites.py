"""Addresses on the deployment's other sites, whose hosts come from the registry and never from a request."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from kreisportal.i18n import current_language
from kreisportal.tenancy.registry import Site, TenantRecord
from kreisportal.web.program import program
from kreisportal.web.site import here


def address_at(site: Site, host: str, endpoint: str, **values: Any) -> str:
    """The address of a page on a site at ``host``, in the current language unless ``lang`` says another."""
    port = request.host.partition(":")[2]
    name = f"{host}:{port}" if port else host
    adapter = current_app.url_map.bind(name, subdomain=site, url_scheme=request.scheme)
    if current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values.setdefault("lang", current_language().path)
    path = adapter.build(endpoint, {key: value for key, value in values.items() if value is not None})
    return f"{request.scheme}://{name}{path}"


def portal_address(tenant: TenantRecord, endpoint: str, **values: Any) -> str | None:
    """The address of a page on a tenant's portal, or None if it has none."""
    host = tenant.host("portal")
    return address_at("portal", host, endpoint, **values) if host else None


def account_host() -> str | None:
    """The host of the region's account, or None where there are no accounts."""
    return here().snapshot.registry.region_host("account")


def account_address(endpoint: str, **values: Any) -> str | None:
    """The address of a page on the account host, or None where there are no accounts."""
    host = account_host()
    return address_at("account", host, endpoint, **values) if host else None


def operator() -> TenantRecord | None:
    """The authority that runs the accounts and answers for them: the one that is set, else the first district on line."""
    registry = here().snapshot.registry
    named = program().settings.account_operator
    if named:
        return registry.by_slug_or_none(named)
    return registry.first_district
