"""Services, search and responsibility, for anybody. No request here asks the database."""

from __future__ import annotations

from typing import Any

from kreisportal.api.blueprint import ApiBlueprint
from kreisportal.api.fields import LanguageQuery, page_of
from kreisportal.api.service_rows import Row, laws, responsible_row, service_row, service_whole
from kreisportal.api.service_schemas import (
    ResponsibilityOut,
    ResponsibilityQuery,
    SearchOut,
    SearchQuery,
    ServiceOut,
    ServicesOut,
    ServicesQuery,
)
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.finding import find_services
from kreisportal.i18n import current_language, pick
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.places import Place, sort_key
from kreisportal.web import places
from kreisportal.web.site import here

blueprint = ApiBlueprint("api_services", "portal", "Services: what there is, and who is responsible.")


@blueprint.on("GET", "/services")
@blueprint.takes(ServicesQuery, "query")
@blueprint.answers(ServicesOut)
def services(query: dict[str, Any]) -> Row:
    """All services by name."""
    topic = query.get("topic")
    found = [
        service
        for service in here().snapshot.catalogue.services.values()
        if topic is None or topic in service.topics
    ]
    found.sort(key=lambda service: sort_key(pick(service.name)))
    page = page_of(found, query)
    return {**page, "items": [service_row(service) for service in page["items"]]}


@blueprint.on("GET", "/services/<key>", key="hund-anmelden")
@blueprint.takes(LanguageQuery, "query")
@blueprint.answers(ServiceOut)
def service(_: dict[str, Any], key: str) -> Row:
    """One service with all that is said of it, and how one gets it in this town."""
    found = _service(key)
    return service_whole(found, places.place_key(found, ""))


@blueprint.on("GET", "/services/<key>/responsibility", key="hund-anmelden")
@blueprint.takes(ResponsibilityQuery, "query")
@blueprint.answers(ResponsibilityOut)
def responsibility(query: dict[str, Any], key: str) -> Row:
    """Who is responsible for a service at a place."""
    found = _service(key)
    return {
        "service": key,
        "level": found.level.value,
        "rule": pick(found.responsibility),
        "legal_basis": laws(found),
        "places": [
            {**_place_row(place), **responsible_row(found, str(place.ars))}
            for place in _places(query["place"])
        ],
    }


@blueprint.on("GET", "/search")
@blueprint.takes(SearchQuery, "query")
@blueprint.answers(SearchOut)
def search(query: dict[str, Any]) -> Row:
    """Services by what people call them, as the portal's own search finds them."""
    site = here()
    place, asked = places.named_in(query["q"])
    place = places.elsewhere(place)
    found = find_services(
        site.snapshot,
        asked,
        current_language().path,
        tenant_id=places.whose_offers(place),
        limit=query["limit"],
    )
    ars = str(place.ars) if place else None
    known = site.snapshot.catalogue.services
    return {
        "items": [
            {**service_row(known[hit.key], ars), "matched": hit.matched_term, "score": round(hit.score, 3)}
            for hit in found.hits
        ],
        "did_you_mean": found.did_you_mean,
        "is_good": found.is_good,
        "place": _place_row(place) if place else None,
    }


def _service(key: str) -> Service:
    found = here().snapshot.catalogue.services.get(key)
    if found is None:
        raise NotFoundError
    return found


def _places(typed: str) -> list[Place]:
    exact = places.by_ars(typed)
    return [exact] if exact is not None else places.find(typed)


def _place_row(place: Place) -> Row:
    return {"ars": str(place.ars), "name": place.name, "district": place.district}
