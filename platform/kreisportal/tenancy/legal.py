"""The legal pages of a tenant at run time: its own text, or the region's with the tenant's facts filled in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kreisportal.i18n import DEFAULT_LANGUAGE
from kreisportal.kernel.paths import shipped
from kreisportal.tenancy.definition_texts import PAGES, fill, placeholder_values
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord


@dataclass(frozen=True, slots=True)
class LegalText:
    """A legal page as Markdown that begins with its heading, and the path of the language that it is written in."""

    text: str
    language: str


def legal_text(tenant: TenantRecord, page: str, language: str) -> LegalText | None:
    """A page in a language, else in German; None for a page that there is not."""
    if page not in PAGES:
        return None
    own = tenant.profile.get("texts", {}).get(page, {})
    for path in dict.fromkeys((language, "de", "de-simple")):
        source = own.get(path) or proposed_text(page, path)
        if source is not None:
            return LegalText(fill(source, facts_of(tenant, path)), path)
    return None


def gaps_of(tenant: TenantRecord, language: str) -> tuple[list[str], list[str]]:
    """The pages that a town has no text of its own for in a language, as far as one sees that there.

    First those that show the region's text beside a German one of the town's own, then those that show German.
    """
    proposed: list[str] = []
    german: list[str] = []
    for page in (name for name, languages in PAGES.items() if DEFAULT_LANGUAGE.path in languages):
        own = tenant.profile.get("texts", {}).get(page, {})
        if language in own:
            continue
        if proposed_text(page, language) is None:
            german.append(page)
        elif own:
            proposed.append(page)
    return proposed, german


def facts_of(tenant: TenantRecord, language: str) -> dict[str, str]:
    """What a text's placeholders stand for at a tenant."""
    return placeholder_values(definition_of(tenant), tenant.profile.get("legal", {}), language)


@lru_cache(maxsize=64)
def proposed_text(page: str, language: str) -> str | None:
    """The region's text of a page, which holds where a town has none of its own; placeholders as they are."""
    file = shipped("tenants") / "_common" / "texts" / f"{page}.{language}.md"
    return file.read_text(encoding="utf-8") if file.is_file() else None
