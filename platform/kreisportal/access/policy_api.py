"""Who may call what of the JSON API, and what a token must be for."""

from __future__ import annotations

from kreisportal.access.scopes import Scope
from kreisportal.access.who import Who

SCOPES: dict[str, Scope] = {
    "api_offers.offers": Scope.OFFERS_READ,
    "api_offers.offer": Scope.OFFERS_READ,
    "api_offers.change": Scope.OFFERS_WRITE,
    "api_figures.figures": Scope.FIGURES_READ,
    "api_towns.proposal": Scope.ONBOARDING,
    "api_towns.bring_in": Scope.ONBOARDING,
}
"""Endpoint → the scope that its token must have."""

API: dict[str, Who] = {
    "api_about.start": Who.EVERYBODY,
    "api_about.description": Who.EVERYBODY,
    "api_region_about.description": Who.EVERYBODY,
    "api_about.page": Who.EVERYBODY,
    "api_services.services": Who.EVERYBODY,
    "api_services.service": Who.EVERYBODY,
    "api_services.responsibility": Who.EVERYBODY,
    "api_services.search": Who.EVERYBODY,
    "api_offices.offices": Who.EVERYBODY,
    # Number and secret are the proof, as on the page.
    "api_cases.status": Who.EVERYBODY,
    **dict.fromkeys(SCOPES, Who.TOKEN),
}
