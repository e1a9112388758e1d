"""The tenant admin's page on one service: how the town offers it, from when to when, at what price, in whose hands."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from kreisportal.audit.service import record
from kreisportal.catalogue import own_wordings
from kreisportal.catalogue.admin_offer_page import Shown, offer_page, posted_fields
from kreisportal.catalogue.admin_offer_trial import trial_result, trial_rule
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.offer_changes import change_offer, columns_typed, typed_of
from kreisportal.catalogue.offer_plans import FIELD as PLAN
from kreisportal.catalogue.offer_plans import plan_offer, planned_for
from kreisportal.catalogue.offer_plans import withdraw as withdraw_plan
from kreisportal.catalogue.queries import offer_row
from kreisportal.i18n import gettext
from kreisportal.i18n.dates import date_text
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.web.offer_choices import choices_for
from kreisportal.web.offer_preview import seal
from kreisportal.web.other_sites import portal_address
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint(
    "offer_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/leistungen/<key>/angebot"
)

Answer = str | Response | tuple[str, int]


@blueprint.get("/")
def show(key: str) -> str:
    """The offer as it is, or as it is planned for a day, to be changed."""
    service = _service(key)
    with program().database.transaction(staff_context()) as session:
        row = offer_row(session, here().tenant.id, key)
        day = request.args.get("plan", "")
        entry = next((each for each in planned_for(row) if each["from"] == day), None)
        typed = {**typed_of(row, entry), PLAN: str(entry["from"]) if entry else ""}
        outdated = own_wordings.outdated_wordings(session, here().tenant.id, key).get(key)
        return offer_page(service, row, Shown(typed, outdated=outdated))


@blueprint.post("/")
def change(key: str) -> Answer:
    """Lay what was typed into the offer or plan it for a day, or show first what it would cost or look like."""
    service, context = _service(key), staff_context()
    if request.form.get("tat") in _TRIALS:
        return _TRIALS[request.form["tat"]](service)
    what = (here().tenant.id, key, request.form, choices_for(service), request.form.get("gesehen", ""))
    try:
        with program().database.transaction(context) as session:
            if request.form.get(PLAN):
                day = plan_offer(session, *what)
                record(session, context, "offer.planned", "service", key, day=day.isoformat())
                told = gettext("Geplant. Ab dem %(day)s steht es so im Portal.", day=date_text(day))
            elif changed := change_offer(session, *what):
                record(session, context, "offer.changed", "service", key, fields=changed)
                told = gettext("Gespeichert. So steht es jetzt im Portal.")
            else:
                told = gettext("Es gab nichts zu ändern.")
    except (InvalidInputError, ConflictError) as error:
        return _again(service, error)
    program().keeper.renew()
    flash(told)
    return redirect(url_for("offer_admin.show", key=key), 303)


@blueprint.post("/text")
def decide(key: str) -> Response:
    """Keep the town's own wording beside the region's new text, or drop it."""
    service, context = _service(key), staff_context()
    wanted, seen = request.form.get("entscheidung"), request.form.get("fassung", 0, type=int)
    act = {"eigen": own_wordings.keep_own, "region": own_wordings.take_regions}.get(wanted or "")
    if act is None:
        raise NotFoundError
    try:
        with program().database.transaction(context) as session:
            act(session, context, service.key, seen)
    except ConflictError:
        flash(
            gettext("Der Text der Region hat sich noch einmal geändert. Sehen Sie ihn noch einmal an."),
            "warning",
        )
        return redirect(url_for("offer_admin.show", key=key), 303)
    except NotFoundError:
        flash(gettext("Hier ist nichts mehr zu entscheiden."))
        return redirect(url_for("offer_admin.show", key=key), 303)
    program().keeper.renew()
    flash(
        gettext("Ihr eigener Hinweis bleibt.")
        if wanted == "eigen"
        else gettext("Ihr eigener Hinweis ist entfernt. Im Portal steht jetzt der Text der Region.")
    )
    return redirect(url_for("offer_admin.show", key=key), 303)


@blueprint.post("/zurueckziehen")
def withdraw(key: str) -> Response:
    """Take back what is planned for a day."""
    _service(key)
    context, day = staff_context(), request.form.get("tag", "")
    try:
        with program().database.transaction(context) as session:
            withdraw_plan(session, here().tenant.id, key, day, request.form.get("gesehen", ""))
            record(session, context, "offer.plan-withdrawn", "service", key, day=day)
    except ConflictError:
        flash(gettext("Inzwischen hat jemand anderes dieses Angebot geändert"), "warning")
    else:
        program().keeper.renew()
        flash(gettext("Zurückgezogen. Es bleibt, wie es ist."))
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


def _previewed(service: Service) -> Answer:
    """The page with a way to the portal that shows it as it would look; nothing is saved."""
    typed = posted_fields(request.form)
    try:
        columns = columns_typed(request.form, choices_for(service))
    except InvalidInputError as error:
        return _again(service, error)
    tenant = here().tenant
    with program().database.transaction(staff_context()) as session:
        row = offer_row(session, tenant.id, service.key)
        papers = row.details.get("papers") if row else None
        facts = {
            **columns["details"],
            "channel": columns["channel"],
            # What is planned is looked at as it will be when the day has come.
            "from": columns["open_from"] and columns["open_from"].isoformat(),
            "until": columns["open_until"] and columns["open_until"].isoformat(),
            **({"papers": papers} if papers else {}),
        }
        sealed = seal(program().settings.secret_key, tenant, service.key, facts)
        address = urlsplit(portal_address(tenant, "portal.preview_offer") or "")
        g.form_targets = [f"{address.scheme}://{address.netloc}"]
        return offer_page(service, row, Shown(typed, preview=sealed))


def _again(service: Service, error: InvalidInputError | ConflictError) -> tuple[str, int]:
    """The page with what was typed, and what is wrong with it or has changed meanwhile."""
    typed = posted_fields(request.form)
    with program().database.transaction(staff_context()) as session:
        row = offer_row(session, here().tenant.id, service.key)
        if isinstance(error, InvalidInputError):
            return offer_page(service, row, Shown(typed, error.messages)), error.status
        return offer_page(service, row, Shown(typed, meanwhile=typed_of(row))), error.status


_TRIALS: dict[str, Callable[[Service], Answer]] = {"rechnen": _tried, "vorschau": _previewed}


def _service(key: str) -> Service:
    found = here().snapshot.catalogue.services.get(key)
    if found is None:
        raise NotFoundError
    return found
