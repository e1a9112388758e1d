"""The legal pages of a tenant: its own Markdown, or the common text with the tenant's facts filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from babel.dates import format_date
from marshmallow import ValidationError

from kreisportal.i18n import DEFAULT_LANGUAGE, language_by_path
from kreisportal.tenancy.definition import TenantDefinition, TenantKind
from kreisportal.tenancy.definition_fields import check_text

PAGES: dict[str, tuple[str, ...]] = {
    "imprint": ("de", "en"),
    "privacy": ("de", "en"),
    "accessibility": ("de", "en"),
    "plain-language": ("de-simple",),
}
"""The pages a portal must have, and in which languages."""

PLACEHOLDERS = frozenset(
    {
        *("name", "article", "Article", "short", "locative", "head", "supervision"),
        *("street", "postcode", "city", "phone", "email", "website", "host", "privacy_email"),
        "barrier_form",
        *("declared_on", "checked_by"),
    }
)
_BARRIERS = "barriere-melden"
"""The service by which barriers of the portal are reported."""
_PLACEHOLDER = re.compile(r"\{([A-Za-z_]*)\}")
_HEADS = {
    TenantKind.DISTRICT: {"de": "die Landrätin oder den Landrat", "en": "the head of the district (Landrat)"},
    TenantKind.CITY: {"de": "die Bürgermeisterin oder den Bürgermeister", "en": "the mayor"},
    TenantKind.MUNICIPALITY: {"de": "die Bürgermeisterin oder den Bürgermeister", "en": "the mayor"},
    TenantKind.JOINT_MUNICIPALITY: {
        "de": "die Samtgemeindebürgermeisterin oder den Samtgemeindebürgermeister",
        "en": "the mayor of the joint municipality",
    },
}
_ARTICLES = {
    TenantKind.DISTRICT: "der",
    TenantKind.CITY: "die",
    TenantKind.MUNICIPALITY: "die",
    TenantKind.JOINT_MUNICIPALITY: "die",
}


_ITSELF = {"de": "wir selbst", "en": "we ourselves"}


def check_pages(places: Sequence[Path]) -> list[str]:
    """The faults of a town's texts: a page that is missing, a placeholder that there is not, HTML.

    ``places`` are folders, the town's own before the common one; the first that has a file wins.
    """
    faults: list[str] = []
    for page, languages in PAGES.items():
        for language in languages:
            file = _find(places, page, language)
            faults += _check(file) if file else [f"{places[0]}:1: {page}.{language}.md: is missing."]
    return faults


def read_pages(
    places: Sequence[Path], tenant: TenantDefinition, legal: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    """The Markdown of all pages by page and language. ``legal`` is the table of that name, checked."""
    texts: dict[str, dict[str, str]] = {}
    for page, languages in PAGES.items():
        for language in languages:
            file = _find(places, page, language)
            if file:
                source = file.read_text(encoding="utf-8")
                texts.setdefault(page, {})[language] = fill(
                    source, placeholder_values(tenant, legal, language)
                )
    return texts


def own_pages(folder: Path) -> dict[str, dict[str, str]]:
    """The Markdown of the pages that a town has words of its own for, by page and language, not yet filled in."""
    texts: dict[str, dict[str, str]] = {}
    for page, languages in PAGES.items():
        for language in languages:
            file = _find((folder,), page, language)
            if file:
                texts.setdefault(page, {})[language] = file.read_text(encoding="utf-8")
    return texts


def fill(source: str, values: Mapping[str, str]) -> str:
    """Markdown with ``{name}`` replaced. A line that names an empty value (no telephone) is left out."""
    lines = [line for line in source.splitlines() if all(values[name] for name in _PLACEHOLDER.findall(line))]
    return _PLACEHOLDER.sub(lambda found: values[found[1]], "\n".join(lines).strip()) + "\n"


def _find(places: Sequence[Path], page: str, language: str) -> Path | None:
    files = (place / f"{page}.{language}.md" for place in places)
    return next((file for file in files if file.is_file()), None)


def _check(file: Path) -> list[str]:
    try:
        source = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [f"{file}:1: text: must be UTF-8."]
    faults: list[str] = []
    for number, line in enumerate(source.splitlines(), start=1):
        unknown = unknown_placeholders(line)
        faults += [f"{file}:{number}: {{{name}}}: is no placeholder." for name in unknown]
        try:
            check_text(line)
        except ValidationError as error:
            faults += [f"{file}:{number}: text: {message}" for message in error.messages]
    return faults


def unknown_placeholders(text: str) -> list[str]:
    """What a text names in braces that there is not."""
    return [name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if name not in PLACEHOLDERS]


def placeholder_values(tenant: TenantDefinition, legal: Mapping[str, Any], language: str) -> dict[str, str]:
    """What a text may name (``PLACEHOLDERS``), in ``language`` or else German."""
    contact = tenant.contact

    def said(texts: Mapping[str, str]) -> str:
        return texts.get(language) or texts["de"]

    return {
        "name": said(tenant.name.full),
        "article": _ARTICLES[tenant.kind],
        "Article": _ARTICLES[tenant.kind].capitalize(),
        "short": tenant.name.short,
        "locative": said(tenant.name.locative),
        "head": said(_HEADS[tenant.kind]),
        "street": contact.street,
        "postcode": contact.postcode,
        "city": contact.city,
        "phone": contact.phone or "",
        "email": contact.email,
        "website": contact.website or "",
        # A tenant that was not read from files may lack these; lines that name them are left out.
        "host": next(iter(tenant.hosts.portal), ""),
        "barrier_form": _barrier_form(tenant, language),
        "privacy_email": legal.get("privacy_email", ""),
        "supervision": said(legal.get("supervision", {"de": ""})),
        **_declaration_values(tenant, language),
    }


def _barrier_form(tenant: TenantDefinition, language: str) -> str:
    """Where barriers are reported, in a language that the portal is offered in."""
    if tenant.kind is TenantKind.DISTRICT:
        # A district's own portal has no such form: a town's would lead to the town.
        return ""
    known = any(each.path == language for each in tenant.languages)
    return f"/{language if known else DEFAULT_LANGUAGE.path}/leistungen/{_BARRIERS}"


def _declaration_values(tenant: TenantDefinition, language: str) -> dict[str, str]:
    """Of which day the declaration of accessibility is and who has checked; empty where nobody has said it."""
    declaration = tenant.declaration
    if declaration is None:
        return {"declared_on": "", "checked_by": ""}
    locale = (language_by_path(language) or DEFAULT_LANGUAGE).locale
    return {
        "declared_on": format_date(declaration.date, "long", locale=locale),
        "checked_by": declaration.checked_by or _ITSELF.get(language, _ITSELF["de"]),
    }
