"""The tenant admin's pages on services: which the town offers, how their texts read, what the search does not find."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.access.policy import Who
from kreisportal.audit.service import record
from kreisportal.catalogue.definitions import Level, Service
from kreisportal.catalogue.editing.figures import Figures, service_figures
from kreisportal.catalogue.missed_words import LEAST, missed_words, months_ago
from kreisportal.catalogue.offers import switch
from kreisportal.catalogue.queries import offers_of
from kreisportal.i18n import current_language, gettext, lazy_gettext, pick
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.places import sort_key
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session
from kreisportal.web.site import here

_MONTHS = 6
_HARD_LIX, _LONG_SENTENCE = 50, 35

blueprint = Blueprint("offers_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/leistungen")


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    entry = MenuEntry(lazy_gettext("Leistungen"), "offers_admin.overview", Who.TENANT_ADMIN, 50, _purpose)
    register_entry(app, "desk", entry)


def _purpose() -> str:
    return gettext("an- und ausschalten, was Ihre Bürgerinnen und Bürger online finden")


def _context() -> Context:
    return Context(ActorKind.STAFF, here().tenant.id, staff_id=current_session().staff_id)


def _can_execute(service: Service) -> bool:
    """Whether this authority can be the one that executes a service: by its level, or by a delegation of its own."""
    tenant = here().tenant
    own_level = Level.DISTRICT if tenant.kind == "district" else Level.MUNICIPALITY
    return service.level is own_level or service.key in tenant.profile.get("also_responsible", ())


@blueprint.get("/")
def overview() -> str:
    """All services with their switches, to be filtered by a word."""
    words = request.args.get("q", "").strip()[:100]
    with program().database.transaction(_context()) as session:
        offers = offers_of(session, here().tenant.id)
        states = {key: (offer.is_on, offer.channel) for key, offer in offers.items()}
    services = [
        service for service in here().snapshot.catalogue.services.values() if _matches(service, words)
    ]
    services.sort(key=lambda service: sort_key(pick(service.name)))
    rows = [_row(service, states.get(service.key, (False, ""))) for service in services]
    return render_template("catalogue/admin_offers.html", rows=rows, words=words)


@blueprint.get("/suchwoerter")
def missed() -> str:
    """What people searched for in vain in the last months, as a table and as bars."""
    since = months_ago(clock.today(), _MONTHS - 1)
    with program().database.transaction(_context()) as session:
        found = missed_words(session, since, here().tenant.id)
    return render_template("catalogue/admin_missed.html", found=found, since=since, least=LEAST)


@blueprint.get("/texte")
def texts() -> str:
    """How long and how readable the texts of each service are in a language, the hardest first."""
    path = current_language().path
    services = here().snapshot.catalogue.services.values()
    rows = [(service, service_figures(service, path)) for service in services]
    rows.sort(key=lambda row: (-(row[1].lix or 0), sort_key(pick(row[0].name))))
    return render_template("catalogue/admin_texts.html", rows=rows, hard=_is_hard)


def _is_hard(figures: Figures) -> bool:
    """Whether texts are so hard or so long that somebody should look at them."""
    return (figures.lix or 0) >= _HARD_LIX or figures.longest_sentence >= _LONG_SENTENCE


def _matches(service: Service, words: str) -> bool:
    folded = sort_key(words)[0]
    return all(
        part in sort_key(f"{pick(service.name)} {pick(service.official_name)}")[0] for part in folded.split()
    )


def _row(service: Service, state: tuple[bool, str]) -> dict[str, Any]:
    is_on, channel = state
    names = {
        "online": gettext("online"),
        "appointment": gettext("mit Termin"),
        "paper": gettext("schriftlich"),
        "link": gettext("Link"),
    }
    return {
        "key": service.key,
        "name": pick(service.name),
        "official_name": pick(service.official_name),
        "is_on": is_on,
        "channel": names.get(channel, ""),
        "required": service.required_by_law and _can_execute(service),
    }


@blueprint.post("/<key>")
def change(key: str) -> Response:
    """Switch a service on or off. The portal shows it within a second."""
    service = here().snapshot.catalogue.services.get(key)
    wanted = request.form.get("schalter")
    if service is None or wanted not in ("an", "aus"):
        raise NotFoundError
    context = _context()
    on = wanted == "an"
    channel = "online" if service.form and _can_execute(service) else "appointment"
    with program().database.transaction(context) as session:
        if switch(session, here().tenant.id, key, on=on, channel=channel):
            record(session, context, "offer.on" if on else "offer.off", "service", key)
    program().keeper.renew()
    name = pick(service.name)
    flash(
        gettext("„%(name)s“ ist jetzt an.", name=name)
        if on
        else gettext("„%(name)s“ ist jetzt aus.", name=name)
    )
    query = {"q": request.args["q"]} if request.args.get("q") else {}
    return redirect(url_for("offers_admin.overview", q=query.get("q"), _anchor=key), 303)
