"""Pages of the portal that people look for by the search: hours, telephone, the state of an application."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kreisportal.catalogue.search.text import words
from kreisportal.i18n import current_language, gettext, pick
from kreisportal.notifications.addresses import site_address
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.addresses import address
from kreisportal.web.program import program
from kreisportal.web.site import here

# What a search may say besides, without asking for anything else.
_BESIDES = frozenset(
    words(
        """der die das den dem des ein eine mein meine meines meinem vom von im in am zum zur bei für und wie ist sind
        wann wo hat haben heute stadt gemeinde landkreis rathaus kreishaus verwaltung stadtverwaltung online the of my
        is are when where town hall office to today"""
    )
)
_PAGES = {
    "portal.offices": """öffnungszeiten öffnungszeit öffnet geöffnet offen sprechzeiten sprechstunden ämter amt rathaus
        bürgerbüro bürgeramt dienststellen opening hours open""",
    "portal.contact": """kontakt kontaktdaten telefon telefonnummer rufnummer anrufen adresse anschrift email e-mail mail
        rathaus ansprechpartner contact phone telephone address call""",
    "status.enter": "stand status antrag antrags vorgang vorgangsnummer bearbeitungsstand sachstand application case",
    "status.verify": "quittung quittungscode echt prüfen receipt verify",
    "imprint": "impressum imprint",
    "privacy": "datenschutz datenschutzerklärung privacy",
    "accessibility": "barrierefreiheit barriere barrierefrei accessibility",
    "plain-language": "leichte einfache sprache easy plain language",
}
_WORDS = {page: frozenset(words(text)) for page, text in _PAGES.items()}
_WANTED_OF_OFFICES = _WORDS["portal.offices"] | _WORDS["portal.contact"]
# Alone they ask for a service, e.g. how far an identity card is.
_NOT_ALONE = frozenset(
    words("antrag antrags prüfen echt amt email e-mail mail sprache einfache case bearbeitungsstand")
)


def shortcuts(query: str, ars: str) -> list[dict[str, Any]]:
    """The pages and offices that a search asks for, as rows of text and address.

    ``query`` is what is asked for in the town with the regional key ``ars``; of another town that is its portal.
    Without a query, as when only the town was named, they are how to reach it.
    """
    said = words(query)
    if ars != here().tenant.ars:
        return _portal_of(ars) if (_BESIDES | _WANTED_OF_OFFICES).issuperset(said) else []
    if not query.strip():
        return [
            {"text": _title(page), "url": _address(page)} for page in ("portal.contact", "portal.offices")
        ]
    telling = [word for word in said if word not in _BESIDES] or said
    rows = [
        {"text": _title(page), "url": _address(page)}
        for page, known in _WORDS.items()
        if telling and known.issuperset(telling) and not _NOT_ALONE.issuperset(telling)
    ]
    return rows + _offices(telling)


def _portal_of(ars: str) -> list[dict[str, Any]]:
    """The way to another town's portal, if it has one."""
    registry = here().snapshot.registry
    tenant = registry.tenants[registry.by_ars[ars]]
    if not tenant.on_line or tenant.host("portal") is None:
        return []
    base = site_address(program().settings, tenant, "portal")
    url = f"{base}/{current_language().path}/"
    return [{"text": pick(definition_of(tenant).name.full), "url": url}]


def _offices(telling: list[str]) -> list[dict[str, Any]]:
    """Offices whose name is said as a whole, perhaps with what is wanted of them."""
    name = frozenset(word for word in telling if word not in _WANTED_OF_OFFICES) or frozenset(telling)
    return [
        {"text": text, "url": f"{address('portal.offices')}#{key}"}
        for key, text, known in _office_names(here().tenant, current_language().path)
        if name and name == known
    ]


@lru_cache(maxsize=1024)
def _office_names(tenant: TenantRecord, language: str) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Key, name and telling words of a tenant's offices in the language that is spoken, which the key must name."""
    return tuple(
        (office.key, pick(office.name), frozenset(words(pick(office.name))) - _BESIDES)
        for office in definition_of(tenant).offices
    )


def _title(page: str) -> str:
    return {
        "portal.offices": gettext("Ämter und Öffnungszeiten"),
        "portal.contact": gettext("Kontakt"),
        "status.enter": gettext("Stand abfragen"),
        "status.verify": gettext("Quittung prüfen"),
        "imprint": gettext("Impressum"),
        "privacy": gettext("Datenschutz"),
        "accessibility": gettext("Barrierefreiheit"),
        "plain-language": gettext("Leichte Sprache"),
    }[page]


def _address(page: str) -> str:
    return address(page) if "." in page else address("portal.legal", page=page)
