"""Writing a tenant as files, in the form in which tenants are read in."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

import tomli_w

from kreisportal.tenancy.models import Host, Tenant
from kreisportal.tenancy.town_picture import as_in_folder


def export_files(
    tenant: Tenant, parent: str | None, hosts: Iterable[Host], offers: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """The files of a tenant by name: ``tenant.toml``, its mark and its own texts; a picture lies with its documents.

    ``parent`` is the district's slug; ``offers`` maps keys of services to the tables of the file.
    """
    profile = dict(tenant.profile)
    texts = profile.pop("texts", {})
    of_profile = profile.pop("brand", {})
    mark_svg, brand = of_profile.get("mark_svg", ""), as_in_folder(of_profile)
    document: dict[str, Any] = {
        "slug": tenant.slug,
        "code": tenant.code,
        "kind": tenant.kind,
        "ars": tenant.ars,
        **({"district": parent} if parent else {}),
        "portal": tenant.has_portal,
        **profile,
        **({"brand": brand} if brand else {}),
    }
    names = sorted(hosts, key=lambda host: (not host.canonical, host.host))
    if names:
        document["hosts"] = {
            site: [host.host for host in names if host.site == site] for site in ("portal", "desk")
        }
    if offers:
        document["offers"] = {key: dict(offers[key]) for key in sorted(offers)}
    files = {"tenant.toml": tomli_w.dumps(_dates(document))}
    if mark_svg:
        files[brand["mark"]] = mark_svg
    for page, by_language in texts.items():
        files.update({f"texts/{page}.{language}.md": text for language, text in by_language.items()})
    return files


def _dates(value: Any) -> Any:
    """Texts that are dates as TOML's dates, the way people write them in the file."""
    if isinstance(value, Mapping):
        return {
            key: datetime.date.fromisoformat(inner)
            if key in ("date", "from", "until") and isinstance(inner, str)
            else _dates(inner)
            for key, inner in value.items()
            if inner is not None
        }
    if isinstance(value, list):
        return [_dates(inner) for inner in value]
    return value
