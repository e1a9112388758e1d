"""The legal pages of a tenant at run time: its own text, or the region's with the tenant's facts filled in."""

from __future__ import annotations

from functools import lru_cache

from kreisportal.kernel.paths import shipped
from kreisportal.tenancy.definition_texts import PAGES, fill, placeholder_values
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord


def legal_text(tenant: TenantRecord, page: str, language: str) -> str | None:
    """The Markdown of a page in a language, else in German; None for a page that there is not."""
    if page not in PAGES:
        return None
    own = tenant.profile.get("texts", {}).get(page, {})
    source = own.get(language) or _common(page, language)
    for fallback in ("de", "de-simple"):
        source = source or own.get(fallback) or _common(page, fallback)
    if source is None:
        return None
    return fill(source, placeholder_values(definition_of(tenant), tenant.profile.get("legal", {}), language))


@lru_cache(maxsize=64)
def _common(page: str, language: str) -> str | None:
    file = shipped("tenants") / "_common" / "texts" / f"{page}.{language}.md"
    return file.read_text(encoding="utf-8") if file.is_file() else None
