"""The page of a service: its texts, who is responsible here, and the way to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup

from kreisportal.catalogue import plain_page
from kreisportal.catalogue.definitions import Place, Service
from kreisportal.catalogue.offers import OFF, OfferView, offer_of, offer_view
from kreisportal.catalogue.overlays import overlay_of
from kreisportal.catalogue.responsibility import Responsible, responsible_for
from kreisportal.catalogue.ways import Way, way_of
from kreisportal.forms import words_for
from kreisportal.i18n import (
    DEFAULT_LANGUAGE,
    Language,
    current_language,
    gettext,
    language_by_path,
    ngettext,
    pick,
)
from kreisportal.kernel import clock
from kreisportal.portal import lists
from kreisportal.tenancy.definition import Contact
from kreisportal.tenancy.fees.words import FeeWords
from kreisportal.tenancy.legal import legal_text
from kreisportal.tenancy.profile import definition_of
from kreisportal.web import places
from kreisportal.web.fees import offered_fee
from kreisportal.web.formats import unbroken
from kreisportal.web.forms_in_force import kind_in_force
from kreisportal.web.markdown import markdown
from kreisportal.web.page import open_text
from kreisportal.web.site import here

_FIRST_SENTENCE = re.compile(r"(?:- )?([^\n]+?[.!?])(?=\s|$)")
_SAYS_AMOUNT = re.compile(r"\d\s?(?:€|Euro)|koste[nt] nichts|[Kk]ostenlos")
_SHORT_FEE = 90
# From this many days on people count in weeks.
_LONGER = 14


@dataclass(frozen=True, slots=True)
class Authority:
    """Who is responsible, as the page names it. ``why`` is the sentence with law and place."""

    name: str
    why: str
    here: bool
    contact: Contact | None = None
    open_text: str | None = None
    week: tuple[tuple[str, str], ...] = ()
    url: str | None = None


def service_view(service: Service, asked: str, draft: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the template of a service's page is given. ``draft`` are facts of an offer of this town that is not saved yet."""
    snapshot = here().snapshot
    ars = places.place_key(service, asked)
    responsible = responsible_for(snapshot, service, ars) if ars else Responsible(None)
    offer = offer_of(snapshot, responsible.tenant, service.key, clock.today()) if responsible.tenant else OFF
    if draft is not None and responsible.tenant and responsible.tenant.id == here().tenant.id:
        offer = offer_view(draft, overlay_of(snapshot, here().tenant, service.key), clock.today())
    place = places.by_ars(ars) if ars else None
    way, fee = way_of(service, responsible, offer, ars), offered_fee(offer, service)
    return {
        "service": service,
        "offer": offer,
        "is_draft": draft is not None,
        "way": way,
        "begin_url": url_for("applications.begin", key=service.key, ort=asked or None),
        "begin_label": words_for(kind_in_force(service.form)).begin,
        "quick": _quick_facts(service, offer, way, fee),
        "fee": fee,
        "authority": _authority(service, responsible, offer, place.name if place else None),
        "place": place,
        "asked": asked,
        "choosable": service.executed_here and service.place is not Place.ANYWHERE,
        "plain": plain_page.is_plain(service),
        "hard_words": plain_page.hard_words(service, snapshot.catalogue.words.values())
        if plain_page.is_plain(service)
        else [],
        "topic": snapshot.catalogue.topics[service.topics[0]],
        "related": [
            lists.service_row(snapshot.catalogue.services[key])
            for key in service.related
            if key in snapshot.catalogue.services
        ],
    }


def _quick_facts(
    service: Service, offer: OfferView, way: Way, by_rule: FeeWords | None
) -> list[tuple[str, str]]:
    """What decides at a glance, as (symbol, text): time to fill in, fee, how long the office takes."""
    facts = []
    if way.kind == "online" and service.minutes:
        facts.append(("clock", ngettext("%(num)s Minute", "%(num)s Minuten", service.minutes)))
    # In plain language the page has a part of its own for what it costs.
    fee = by_rule.short if by_rule else pick(offer.fee) or _fee_in_short(service)
    if fee and not plain_page.is_plain(service):
        facts.append(("euro", unbroken(fee)))
    # What it really took counts more than what was once promised.
    days = offer.took.most if offer.took else offer.processing_days
    if days:
        facts.append(("calendar-today", _duration(days)))
    return facts


def _fee_in_short(service: Service) -> str:
    """The first sentence on fees where it names an amount or says that there is none; the rest stands below."""
    first = _FIRST_SENTENCE.match(service.fees["de"])
    if first is None or len(first[1]) > _SHORT_FEE or not _SAYS_AMOUNT.search(first[1]):
        return ""
    shown = _FIRST_SENTENCE.match(pick(service.fees))
    return shown[1] if shown else ""


def _duration(days: int) -> str:
    if days >= _LONGER and days % 7 == 0:
        return ngettext("meist in %(num)s Woche fertig", "meist in %(num)s Wochen fertig", days // 7)
    return ngettext("meist in %(num)s Tag fertig", "meist in %(num)s Tagen fertig", days)


def _authority(
    service: Service, responsible: Responsible, offer: OfferView, place: str | None
) -> Authority | None:
    why = pick(service.responsibility)
    if responsible.outside:
        return Authority(pick(responsible.outside.name), why, here=False, url=responsible.outside.url)
    tenant = responsible.tenant
    if tenant is None:
        return None
    definition = definition_of(tenant)
    if place:
        here_it_is = gettext("Für %(place)s ist das: %(name)s.", place=place, name=pick(definition.name.full))
        why = f"{why} {here_it_is}"
    office = definition.office(offer.office) if offer.office else None
    hours = office.hours if office else definition.hours
    return Authority(
        name=pick(definition.name.full),
        why=why,
        here=tenant.id == here().tenant.id,
        contact=office.contact if office else definition.contact,
        open_text=open_text(hours),
        week=tuple(lists.week(hours)),
    )


@dataclass(frozen=True, slots=True)
class LegalPage:
    """A legal page: its heading, the rest as HTML, and the language of both."""

    heading: str
    html: Markup
    language: Language


def legal_page(page: str) -> LegalPage | None:
    """A legal page in the current language, or None where there is none."""
    found = legal_text(here().tenant, page, current_language().path)
    if found is None:
        return None
    first, _, rest = found.text.lstrip().partition("\n")
    heading, body = (first[2:], rest) if first.startswith("# ") else (legal_title(page), found.text)
    return LegalPage(heading.strip(), markdown(body), language_by_path(found.language) or DEFAULT_LANGUAGE)


def legal_title(page: str) -> str:
    """What a legal page is called."""
    return {
        "imprint": gettext("Impressum"),
        "privacy": gettext("Datenschutz"),
        "accessibility": gettext("Barrierefreiheit"),
        "plain-language": gettext("Leichte Sprache"),
    }[page]


def place_question(service: Service) -> str:
    """What is asked for when another place shall be chosen: it depends on what decides."""
    return {
        Place.RESIDENCE: gettext("Wo wohnen Sie?"),
        Place.BIRTH: gettext("Wo ist die Person geboren?"),
        Place.EVENT: gettext("Wo ist es geschehen?"),
        Place.BUSINESS: gettext("Wo ist der Betrieb?"),
        Place.OBJECT: gettext("Wo liegt das Grundstück oder die Sache?"),
        Place.ANYWHERE: gettext("Um welchen Ort geht es?"),
    }[service.place]
