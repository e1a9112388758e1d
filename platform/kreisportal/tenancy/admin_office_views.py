"""The tenant admin's pages on the town's offices: adding, changing, removing one. No service is left without an office."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.catalogue.offers import hand_over
from kreisportal.catalogue.planned import offices_of
from kreisportal.catalogue.queries import offers_of
from kreisportal.i18n import gettext, pick
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.admin_changes import Answer, Area, area_shown, differences, save_piece
from kreisportal.tenancy.admin_labels import contact_labels, hours_labels
from kreisportal.tenancy.office_fields import OF_OFFICE, office_typed, office_typed_of
from kreisportal.tenancy.places import sort_key
from kreisportal.tenancy.town_changes import Parts, stamp_of
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

_MOST_OFFICES = 100

blueprint = Blueprint("office_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/portal/aemter")


@blueprint.get("/")
def overview() -> str:
    """All offices, in the order in which the portal shows them."""
    area = area_shown("offices")
    rows = [
        {
            "text": pick(office["name"]),
            "url": url_for("office_admin.show", key=office["key"]),
            "note": _note(office),
        }
        for office in _offices(area.parts)
    ]
    return render_template("tenancy/admin_offices.html", area=area, rows=rows)


def _note(office: dict[str, Any]) -> str:
    where = office["street"] if "street" in office else gettext("im Rathaus")
    own_hours = [gettext("eigene Öffnungszeiten")] if "hours" in office else []
    return " · ".join([where, *own_hours])


@blueprint.get("/neu/")
def new() -> str:
    """The fields of an office that there is not yet."""
    return _page(area_shown("offices"), None, office_typed_of(None), {})


@blueprint.post("/neu/")
def add() -> Answer:
    """Add an office."""

    def make(now: Parts) -> dict[str, Any]:
        offices = _offices(now)
        if len(offices) >= _MOST_OFFICES:
            raise InvalidInputError(
                {"name_de": [gettext("Mehr Ämter gehen nicht. Entfernen Sie zuerst eines.")]}
            )
        return {"offices": [*offices, office_typed(_typed(), None, {each["key"] for each in offices})]}

    return save_piece(
        "offices",
        make,
        lambda faults, meanwhile: _page(area_shown("offices"), None, _typed(), faults, meanwhile=meanwhile),
    )


@blueprint.get("/<key>/")
def show(key: str) -> str:
    """An office as it is."""
    area = area_shown("offices")
    office = _office(area.parts, key)
    return _page(area, office, office_typed_of(office), {})


@blueprint.post("/<key>/")
def change(key: str) -> Answer:
    """Put what was typed in the place of an office; others may have been changed meanwhile."""
    seen = request.form.get("gesehen", "")

    def make(now: Parts) -> dict[str, Any]:
        before = _office(now, key)
        if stamp_of(before) != seen:
            raise ConflictError("somebody else has changed the office meanwhile")
        after = office_typed(_typed(), before, ())
        return {"offices": [after if each is before else each for each in _offices(now)]}

    def again(faults: dict[str, list[str]], meanwhile: bool) -> str:
        area = area_shown("offices")
        return _page(area, _office(area.parts, key), _typed(), faults, meanwhile=meanwhile)

    return save_piece("offices", make, again)


@blueprint.get("/<key>/entfernen")
def ask_to_remove(key: str) -> str:
    """What hangs on an office, and who takes it over."""
    return _question(key, {})


@blueprint.post("/<key>/entfernen")
def remove(key: str) -> Answer:
    """Remove an office; its services go to another one, or to the town hall itself."""
    heir, context = request.form.get("amt", ""), staff_context()

    def make(now: Parts) -> dict[str, Any]:
        _office(now, key)
        left = [each for each in _offices(now) if each["key"] != key]
        if heir and heir not in {each["key"] for each in left}:
            raise InvalidInputError({"amt": [gettext("Wählen Sie ein Amt aus der Liste.")]})
        return {"offices": left}

    def hand_services_over(session: Session) -> None:
        for service in hand_over(session, here().tenant.id, key, heir or None):
            record(session, context, "offer.changed", "service", service, fields=["office"])

    return save_piece("offices", make, lambda faults, _: _question(key, faults), also=hand_services_over)


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in OF_OFFICE}


def _offices(parts: Parts) -> list[dict[str, Any]]:
    return list(parts["offices"] or ())


def _office(parts: Parts, key: str) -> dict[str, Any]:
    found = next((office for office in _offices(parts) if office["key"] == key), None)
    if found is None:
        raise NotFoundError
    return found


def _page(
    area: Area,
    office: dict[str, Any] | None,
    typed: dict[str, str],
    errors: dict[str, list[str]],
    *,
    meanwhile: bool = False,
) -> str:
    labels = {
        "name_de": gettext("Name auf Deutsch"),
        "name_en": gettext("Name auf Englisch"),
        **contact_labels(),
        **hours_labels(),
    }
    saved = office_typed_of(office)
    return render_template(
        "tenancy/admin_office.html",
        office=office,
        seen=stamp_of(office) if office else "",
        typed=typed,
        errors=errors,
        labels=labels,
        days=list(hours_labels()),
        meanwhile=differences(labels, typed, saved) if meanwhile else None,
    )


def _question(key: str, errors: dict[str, list[str]]) -> str:
    area = area_shown("offices")
    office = _office(area.parts, key)
    with program().database.transaction(staff_context()) as session:
        offers = offers_of(session, here().tenant.id)
        used = [service for service, offer in offers.items() if key in offices_of(offer)]
    services = here().snapshot.catalogue.services
    names = [pick(services[service].name) for service in used if service in services]
    return render_template(
        "tenancy/admin_office_removal.html",
        office=office,
        services=sorted(names, key=sort_key),
        others=[(each["key"], pick(each["name"])) for each in _offices(area.parts) if each is not office],
        errors=errors,
    )
