"""The tenant admin's page on one service: how the town offers it, from when to when, at what price, in whose hands."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from kreisportal.audit.service import record
from kreisportal.catalogue.admin_offer_page import Shown, choices_for, offer_page, posted_fields
from kreisportal.catalogue.admin_offer_trial import trial_result, trial_rule
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.offer_changes import change_offer, typed_of
from kreisportal.catalogue.queries import offer_row
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint(
    "offer_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/leistungen/<key>/angebot"
)

Answer = str | Response | tuple[str, int]


@blueprint.get("/")
def show(key: str) -> str:
    """The offer as it is, to be changed."""
    service = _service(key)
    with program().database.transaction(staff_context()) as session:
        row = offer_row(session, here().tenant.id, key)
        return offer_page(service, row, Shown(typed_of(row)))


@blueprint.post("/")
def change(key: str) -> Answer:
    """Lay what was typed into the offer, or try its fee out first. The portal shows it within a second."""
    service, context = _service(key), staff_context()
    if request.form.get("tat") == "rechnen":
        return _tried(service)
    try:
        with program().database.transaction(context) as session:
            changed = change_offer(
                session,
                here().tenant.id,
                key,
                request.form,
                choices_for(service),
                request.form.get("gesehen", ""),
            )
            if changed:
                record(session, context, "offer.changed", "service", key, fields=changed)
    except (InvalidInputError, ConflictError) as error:
        return _again(service, error)
    program().keeper.renew()
    flash(
        gettext("Gespeichert. So steht es jetzt im Portal.")
        if changed
        else gettext("Es gab nichts zu ändern.")
    )
    return redirect(url_for("offer_admin.show", key=key), 303)


def _tried(service: Service) -> Answer:
    """The page with what the fee that was typed would come to; nothing is saved."""
    typed, names = posted_fields(request.form), choices_for(service).names
    rule, faults = trial_rule(typed, names)
    result = trial_result(rule, names, typed) if rule else ""
    with program().database.transaction(staff_context()) as session:
        row = offer_row(session, here().tenant.id, service.key)
        page = offer_page(service, row, Shown(typed, faults, result=result))
    return (page, InvalidInputError.status) if faults else page


def _again(service: Service, error: InvalidInputError | ConflictError) -> tuple[str, int]:
    """The page with what was typed, and what is wrong with it or has changed meanwhile."""
    typed = posted_fields(request.form)
    with program().database.transaction(staff_context()) as session:
        row = offer_row(session, here().tenant.id, service.key)
        if isinstance(error, InvalidInputError):
            return offer_page(service, row, Shown(typed, error.messages)), error.status
        return offer_page(service, row, Shown(typed, meanwhile=typed_of(row))), error.status


def _service(key: str) -> Service:
    found = here().snapshot.catalogue.services.get(key)
    if found is None:
        raise NotFoundError
    return found
