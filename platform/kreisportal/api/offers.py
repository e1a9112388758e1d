"""A town's offers: read and changed by programs with a token of the town, with the same checks as on the offer's page."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from kreisportal.api.blueprint import ApiBlueprint
from kreisportal.api.fields import LanguageQuery, PageQuery, page_of
from kreisportal.api.offer_schemas import OfferChangeIn, TownOfferOut, TownOffersOut
from kreisportal.api.service_rows import Row
from kreisportal.audit.service import record
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.offer_changes import LANGUAGES, change_offer, stamp_of, typed_of
from kreisportal.catalogue.offers import file_table, switch
from kreisportal.catalogue.queries import offer_row, offers_of
from kreisportal.i18n import pick
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.places import sort_key
from kreisportal.web.offer_choices import choices_for
from kreisportal.web.program import program
from kreisportal.web.site import here
from kreisportal.web.tokens import token_context

blueprint = ApiBlueprint("api_offers", "portal", "What the town offers and how, for those who look after it.")

_ETAG = {"ETag": {"description": "What the offer is now.", "schema": {"type": "string"}}}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag of what was read, or * to change whatever is there.",
    "example": "*",
    "schema": {"type": "string"},
}
# What the page of an offer calls the days.
_TYPED_AS = {"opens": "from", "closes": "until"}

Answer = tuple[Row, int, dict[str, str]]


@blueprint.on("GET", "/offers")
@blueprint.takes(PageQuery, "query")
@blueprint.answers(TownOffersOut)
def offers(query: dict[str, Any]) -> Row:
    """All services with how the town offers them."""
    with program().database.transaction(token_context()) as session:
        rows = offers_of(session, here().tenant.id)
    found = sorted(
        here().snapshot.catalogue.services.values(), key=lambda service: sort_key(pick(service.name))
    )
    page = page_of(found, query)
    return {**page, "items": [_row(service, rows.get(service.key)) for service in page["items"]]}


@blueprint.on("GET", "/offers/<key>", key="hund-anmelden")
@blueprint.takes(LanguageQuery, "query")
@blueprint.answers(TownOfferOut, headers=_ETAG)
def offer(_: dict[str, Any], key: str) -> Answer:
    """How the town offers one service."""
    service = _service(key)
    with program().database.transaction(token_context()) as session:
        return _answer(service, offer_row(session, here().tenant.id, key))


@blueprint.on("PATCH", "/offers/<key>", key="hund-anmelden")
@blueprint.takes(LanguageQuery, "query")
@blueprint.takes(OfferChangeIn)
@blueprint.answers(TownOfferOut, headers=_ETAG)
@blueprint.describes(parameters=[_IF_MATCH])
def change(_: dict[str, Any], wanted: dict[str, Any], key: str) -> Answer:
    """Change how the town offers a service. The portal shows it within a second."""
    service = _service(key)
    if "If-Match" not in request.headers:
        raise PreconditionRequired
    try:
        with program().database.transaction(token_context()) as session:
            answer = _change(session, service, wanted)
    except ConflictError:
        raise PreconditionFailed from None
    except InvalidInputError as error:
        raise InvalidInputError(_as_named_here(error.messages)) from None
    program().keeper.renew()
    return answer


def _change(session: Session, service: Service, wanted: Mapping[str, Any]) -> Answer:
    context, tenant_id, key = token_context(), here().tenant.id, service.key
    row = offer_row(session, tenant_id, key)
    seen = stamp_of(row)
    if not request.if_match.contains(seen):
        raise PreconditionFailed
    if wanted.keys() - {"on"}:
        typed = {**typed_of(row), **_typed(wanted)}
        changed = change_offer(session, tenant_id, key, typed, choices_for(service), seen)
        if changed:
            record(session, context, "offer.changed", "service", key, fields=changed)
    if "on" in wanted:
        # Against who changes it at this very moment, where nothing else was to be changed.
        row = session.get(Offer, (tenant_id, key), with_for_update=True, populate_existing=True)
        if not wanted.keys() - {"on"} and stamp_of(row) != seen:
            raise PreconditionFailed
        channel = "online" if choices_for(service).online else "appointment"
        if switch(session, tenant_id, key, on=wanted["on"], channel=channel):
            record(session, context, "offer.on" if wanted["on"] else "offer.off", "service", key)
    return _answer(service, offer_row(session, tenant_id, key))


def _typed(wanted: Mapping[str, Any]) -> dict[str, str]:
    """What is wanted as it would be typed into the offer's page."""
    typed: dict[str, str] = {}
    for name, value in wanted.items():
        if name in ("fee", "text"):
            typed |= {f"{name}_{language}": (value or {}).get(language, "") for language in LANGUAGES}
        elif isinstance(value, datetime.date):
            typed[_TYPED_AS[name]] = value.isoformat()
        elif name != "on":
            typed[_TYPED_AS.get(name, name)] = "" if value is None else str(value)
    return typed


def _as_named_here(messages: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What is wrong, by the names of this address's fields: ``fee_de`` is ``fee.de`` here."""
    names = {typed: name for name, typed in _TYPED_AS.items()}
    names |= {
        f"{name}_{language}": f"{name}.{language}" for name in ("fee", "text") for language in LANGUAGES
    }
    return {names.get(name, name): sentences for name, sentences in messages.items()}


def _service(key: str) -> Service:
    found = here().snapshot.catalogue.services.get(key)
    if found is None:
        raise NotFoundError
    return found


def _answer(service: Service, row: Offer | None) -> Answer:
    answer = _row(service, row)
    return answer, 200, {"ETag": answer["etag"]}


def _row(service: Service, row: Offer | None) -> Row:
    table: Mapping[str, Any] = file_table(row) if row else {}
    return {
        "key": service.key,
        "name": pick(service.name),
        "on": bool(table.get("on")),
        **{name: table.get(name) for name in ("channel", "processing_days", "office", "url")},
        "opens": row.open_from if row else None,
        "closes": row.open_until if row else None,
        "fee": _texts(table.get("fee")),
        "text": _texts(table.get("text")),
        "etag": f'"{stamp_of(row)}"',
    }


def _texts(texts: Mapping[str, str] | None) -> Row | None:
    return {language: texts.get(language) for language in LANGUAGES} if texts else None
