"""How to ask for the routes of the JSON API, and for the pages of its tokens; a part of ``recipes``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kreisportal.tenancy.onboarding_fields import OF_DISTRICT, OF_TOWN
from tests.cases.house import SERVICE
from tests.isolation.programs import CHANGED, OFF
from tests.isolation.town import Town

Fields = Mapping[str, Callable[[Town], str]]

PATH: dict[str, Callable[[Town], list[str]]] = {
    **dict.fromkeys(("api_services.service:key", "api_services.responsibility:key"), lambda town: [SERVICE]),
    "api_offers.offer:key": lambda town: [SERVICE, OFF],
    "api_offers.change:key": lambda town: [CHANGED],
    **dict.fromkeys(
        ("tokens_admin.show:token_id", "tokens_admin.revoke:token_id"),
        lambda town: [str(town.tokens.town_id)],
    ),
    **dict.fromkeys(
        ("region_tokens.show:token_id", "region_tokens.revoke:token_id"),
        lambda town: [str(town.tokens.region_id)],
    ),
}
_LANGUAGE: Fields = {"language": lambda town: "de"}
_PAGE: Fields = {**_LANGUAGE, "page": lambda town: "1", "page_size": lambda town: "200"}
QUERIES: dict[str, Fields] = {
    "api_services.services": {**_PAGE, "topic": lambda town: "steuern-zoll"},
    "api_services.service": _LANGUAGE,
    "api_services.responsibility": {**_LANGUAGE, "place": lambda town: town.tenant.ars},
    "api_services.search": {
        **_LANGUAGE,
        "q": lambda town: f"Hund {town.tenant.slug}",
        "limit": lambda town: "50",
    },
    "api_offices.offices": _LANGUAGE,
    "api_cases.status": _LANGUAGE,
    "api_offers.offers": _PAGE,
    "api_offers.offer": _LANGUAGE,
    "api_figures.figures": _LANGUAGE,
    "api_towns.proposal": _LANGUAGE,
}
_NEW: Fields = {"name": lambda town: "Neu", "days": lambda town: "30"}
FORMS: dict[str, Fields] = {
    "api_cases.status": {
        "number": lambda town: town.open.number,
        "secret": lambda town: town.open.secret,
    },
    "api_offers.change": {"channel": lambda town: "paper"},
    # The town has a portal already, and stays as it is.
    "api_towns.bring_in": {
        **dict.fromkeys((*OF_TOWN, *OF_DISTRICT), lambda town: town.tenant.slug),
        "admin_name": lambda town: "Nils Neu",
        "admin_email": lambda town: f"nils@{town.tenant.slug}.example",
        "offers": lambda town: "none",
    },
    "tokens_admin.make": {**_NEW, "scope": lambda town: "figures:read"},
    "tokens_admin.revoke": {},
    "region_tokens.make": {**_NEW, "scope": lambda town: "onboarding"},
    "region_tokens.revoke": {},
}
