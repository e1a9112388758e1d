"""Services and authorities as rows that the schemas write."""

from __future__ import annotations

from typing import Any

from flask import url_for

from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.offers import OFF, OfferView, offer_of
from kreisportal.catalogue.responsibility import Responsible, responsible_for
from kreisportal.catalogue.ways import Way, way_of
from kreisportal.i18n import current_language, pick
from kreisportal.kernel import clock
from kreisportal.tenancy.definition import Contact
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.fees import offered_fee
from kreisportal.web.other_sites import portal_address
from kreisportal.web.site import here

Row = dict[str, Any]


def service_row(service: Service, ars: str | None = None) -> Row:
    """A service in a list; its page is the one for the place with the key ``ars``, if there is one."""
    tenant = here().tenant
    return {
        "key": service.key,
        "name": pick(service.name),
        "official_name": pick(service.official_name),
        "short": pick(service.short),
        "level": service.level.value,
        "offered": here().snapshot.offers(tenant, service.key),
        "url": portal_address(tenant, "portal.service", key=service.key, ort=ars),
    }


def service_whole(service: Service, ars: str | None) -> Row:
    """All of a service, and how one gets it where the place ``ars`` decides; None stands for a place to be chosen."""
    responsible, offer, way = _how(service, ars)
    lists = ("requirements", "documents", "procedure")
    texts = (
        *("full", "fees", "deadlines", "processing_time", "responsibility", "remedies"),
        *("forms_and_ways", "further"),
    )
    plain = (
        *("leika", "trust", "topics", "situations", "audience", "required_by_law", "minutes"),
        *("related", "reviewed_on"),
    )
    return {
        **service_row(service),
        **{name: getattr(service, name) for name in plain},
        **{name: _list_in(getattr(service, name)) for name in lists},
        **{name: pick(getattr(service, name)) for name in texts},
        "place": service.place.value,
        "legal_basis": laws(service),
        "offer": _offer(service, offer, way),
        "authority": _authority(responsible, offer),
    }


def responsible_row(service: Service, ars: str) -> Row:
    """Who is responsible for a service at a place, and how one gets it there."""
    responsible, offer, way = _how(service, ars)
    return {
        "authority": _authority(responsible, offer),
        "way": way.kind,
        "url": service_row(service, ars)["url"],
    }


def laws(service: Service) -> list[Row]:
    """The law that a service rests on."""
    return [{"name": law.name, "url": law.url or None} for law in service.legal_basis]


def contact_row(contact: Contact) -> Row:
    """Where an authority or office is found."""
    names = ("street", "postcode", "city", "email", "phone", "website")
    return {name: getattr(contact, name) for name in names}


def _how(service: Service, ars: str | None) -> tuple[Responsible, OfferView, Way]:
    snapshot = here().snapshot
    responsible = responsible_for(snapshot, service, ars) if ars else Responsible(None)
    tenant = responsible.tenant
    offer = offer_of(snapshot, tenant, service.key, clock.today()) if tenant else OFF
    return responsible, offer, way_of(service, responsible, offer, ars)


def _list_in(lists: Any) -> list[str]:
    """A list of sentences in the current language, else in German."""
    return list(lists.get(current_language().path) or lists.get("de", ()))


def _offer(service: Service, offer: OfferView, way: Way) -> Row:
    begin = url_for("applications.begin", key=service.key, lang=current_language().path, _external=True)
    took = offer.took
    return {
        "state": offer.state.value,
        "way": way.kind,
        "opens": offer.opens,
        "closes": offer.closes,
        "fee": _fee(service, offer),
        "note": pick(offer.text) or None,
        "district_note": pick(offer.district_text) or None,
        "processing_days": offer.processing_days,
        "decisions": {"median_days": took.median, "most_days": took.most, "decided": took.decided}
        if took
        else None,
        "url": begin if way.kind == "online" else way.url,
    }


def _fee(service: Service, offer: OfferView) -> str | None:
    """What it costs there: by the town's rule in short, and what it says in words."""
    rule = offered_fee(offer, service)
    return ". ".join(filter(None, (rule.short if rule else "", pick(offer.fee)))) or None


def _authority(responsible: Responsible, offer: OfferView) -> Row | None:
    if responsible.outside:
        outside = responsible.outside
        nothing = dict.fromkeys(("ars", "office", "contact"))
        return {"name": pick(outside.name), "kind": "outside", "url": outside.url, **nothing}
    tenant = responsible.tenant
    return _of_region(tenant, offer) if tenant else None


def _of_region(tenant: TenantRecord, offer: OfferView) -> Row:
    definition = definition_of(tenant)
    office = definition.office(offer.office) if offer.office else None
    return {
        "name": pick(definition.name.full),
        "ars": tenant.ars,
        "kind": tenant.kind,
        "office": office.key if office else None,
        "contact": contact_row(office.contact if office else definition.contact),
        "url": portal_address(tenant, "portal.home") or definition.contact.website,
    }
