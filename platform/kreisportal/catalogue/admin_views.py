"""The tenant admin's pages on services: which the town offers, how their texts read, what the search does not find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.access.who import Who
from kreisportal.audit.service import record
from kreisportal.bundles.marks import Mark, is_required, marks_of
from kreisportal.catalogue import admin_offer_views, admin_papers_views
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.editing.figures import Figures, service_figures
from kreisportal.catalogue.missed_words import LEAST, missed_words, months_ago
from kreisportal.catalogue.offers import switch
from kreisportal.catalogue.own_wordings import outdated_wordings
from kreisportal.catalogue.planned import settled
from kreisportal.catalogue.queries import offers_of
from kreisportal.catalogue.responsibility import may_execute
from kreisportal.i18n import current_language, gettext, lazy_gettext, ngettext, pick
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.places import sort_key
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

_MONTHS = 6
_HARD_LIX, _LONG_SENTENCE = 50, 35

_STATES: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "an": lambda row: row["is_on"],
    "aus": lambda row: not row["is_on"],
    "fehlt": lambda row: row["required"] and not row["is_on"],
    "paket": lambda row: bool(row["marks"]),
    "text": lambda row: row["outdated"],
}
"""How the list may be narrowed: what is on, what is off, what the law asks for and is off, what a bundle of the region's or
the district's has reached, where the region's text has changed since the town wrote its own."""

blueprint = Blueprint("offers_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/leistungen")


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    app.register_blueprint(admin_offer_views.blueprint)
    app.register_blueprint(admin_papers_views.blueprint)
    entry = MenuEntry(lazy_gettext("Leistungen"), "offers_admin.overview", Who.TENANT_ADMIN, 50, _purpose)
    register_entry(app, "desk", entry)


def _purpose() -> str:
    return gettext("an- und ausschalten, was Ihre Bürgerinnen und Bürger online finden")


@blueprint.get("/")
def overview() -> str:
    """All services with their switches, to be filtered by a word and by how they are switched."""
    words, state = request.args.get("q", "").strip()[:100], request.args.get("stand", "")
    with program().database.transaction(staff_context()) as session:
        offers = offers_of(session, here().tenant.id)
        outdated = set(outdated_wordings(session, here().tenant.id))
        states = {key: (offer.is_on, settled(offer, clock.today())[0]) for key, offer in offers.items()}
        marks = marks_of(session, offers.values())
    services = [
        service for service in here().snapshot.catalogue.services.values() if _matches(service, words)
    ]
    services.sort(key=lambda service: sort_key(pick(service.name)))
    rows = [
        {
            **_row(service, states.get(service.key, (False, "")), marks.get(service.key, ())),
            "outdated": service.key in outdated,
        }
        for service in services
    ]
    counts = {name: sum(test(row) for row in rows) for name, test in _STATES.items()}
    shown = [row for row in rows if _STATES.get(state, bool)(row)]
    return render_template(
        "catalogue/admin_offers.html", rows=shown, words=words, state=state, counts=counts, found=len(rows)
    )


@blueprint.get("/suchwoerter")
def missed() -> str:
    """What people searched for in vain in the last months, as a table and as bars."""
    since = months_ago(clock.today(), _MONTHS - 1)
    with program().database.transaction(staff_context()) as session:
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


def _row(service: Service, state: tuple[bool, str], marks: tuple[Mark, ...]) -> dict[str, Any]:
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
        "required": is_required(service, here().tenant, marks),
        "marks": marks,
    }


@blueprint.post("/<key>")
def change(key: str) -> Response:
    """Switch a service on or off. The portal shows it within a second."""
    service = here().snapshot.catalogue.services.get(key)
    wanted = request.form.get("schalter")
    if service is None or wanted not in _SWITCH:
        raise NotFoundError
    _changed, required = _switch([service], wanted)
    name = pick(service.name)
    if _SWITCH[wanted]:
        flash(gettext("„%(name)s“ ist jetzt an.", name=name))
    elif required:
        sentence = gettext(
            "„%(name)s“ ist jetzt aus. Das Gesetz schreibt aber vor, dass Sie diese Leistung anbieten.",
            name=name,
        )
        flash(sentence, "warning")
    else:
        flash(gettext("„%(name)s“ ist jetzt aus.", name=name))
    if request.args.get("zurueck") == "angebot":
        return redirect(url_for("offer_admin.show", key=key), 303)
    # A warning stands at the top of the page, where the way back to the place in the list would pass it by.
    return redirect(_list(None if required else key), 303)


@blueprint.post("/auswahl")
def change_chosen() -> Response:
    """Switch all services that were chosen on or off, at once."""
    known, wanted = here().snapshot.catalogue.services, request.form.get("schalter", "")
    if wanted not in _SWITCH:
        raise NotFoundError
    chosen = [known[key] for key in dict.fromkeys(request.form.getlist("leistung")) if key in known]
    changed, required = _switch(chosen, wanted)
    if not chosen:
        flash(gettext("Haken Sie zuerst an, was Sie schalten wollen."), "warning")
    elif _SWITCH[wanted]:
        flash(ngettext("%(num)s Leistung ist jetzt an.", "%(num)s Leistungen sind jetzt an.", changed))
    else:
        flash(ngettext("%(num)s Leistung ist jetzt aus.", "%(num)s Leistungen sind jetzt aus.", changed))
    if required:
        # So many may have been chosen that their names would be no warning; the list has them by this word.
        flash(
            ngettext(
                "%(num)s davon ist gesetzlich vorgeschrieben. Sie finden sie unter „vorgeschrieben, aber aus“.",
                "%(num)s davon sind gesetzlich vorgeschrieben. Sie finden sie unter „vorgeschrieben, aber aus“.",
                required,
            ),
            "warning",
        )
    return redirect(_list(), 303)


_SWITCH = {"an": True, "aus": False}


def _switch(services: Iterable[Service], wanted: str) -> tuple[int, int]:
    """Switch services in one transaction; how many of them that changed, and how many of these must be on and are off."""
    context, town, on = staff_context(), here().tenant, _SWITCH[wanted]
    changed = []
    with program().database.transaction(context) as session:
        for service in services:
            channel = "online" if service.form and may_execute(town, service) else "appointment"
            if switch(session, town.id, service.key, on=on, channel=channel):
                record(session, context, "offer.on" if on else "offer.off", "service", service.key)
                changed.append(service)
        marks = {} if on else marks_of(session, offers_of(session, town.id).values())
    program().keeper.renew()
    missing = 0 if on else sum(is_required(each, town, marks.get(each.key, ())) for each in changed)
    return len(changed), missing


def _list(key: str | None = None) -> str:
    """The address of the list as it was filtered, at the place of a service."""
    filtered = {name: request.args[name] for name in ("q", "stand") if request.args.get(name)}
    return url_for("offers_admin.overview", q=filtered.get("q"), stand=filtered.get("stand"), _anchor=key)
