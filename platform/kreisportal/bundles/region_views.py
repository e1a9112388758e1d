"""Bundles on the region's host: which there are, putting one together, seeing what it would do, and doing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.access.who import Who
from kreisportal.bundles.fields import LONGEST, TEXTS, Typed, typed_of
from kreisportal.bundles.models import Bundle
from kreisportal.bundles.reach import portals
from kreisportal.bundles.region_preview import Preview, preview
from kreisportal.bundles.region_wording import KINDS, audience_text, form_labels, owner_text
from kreisportal.bundles.service import (
    add_bundle,
    apply_bundle,
    bundle_of,
    bundles,
    change_bundle,
    may_change,
    own_bundle,
    own_district,
    remove_bundle,
    stamp_of,
    take_back,
)
from kreisportal.catalogue.definitions import Service
from kreisportal.i18n import gettext, lazy_gettext, ngettext, pick
from kreisportal.kernel.errors import ConflictError, InvalidInputError
from kreisportal.tenancy.places import sort_key
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

SITE = "region"

blueprint = Blueprint("region_bundles", __name__, subdomain=SITE, url_prefix="/<language:lang>/pakete")


def install(app: Flask) -> None:
    """Register the pages and their entry in the menu."""
    app.register_blueprint(blueprint)
    register_entry(app, SITE, MenuEntry(lazy_gettext("Pakete"), "region_bundles.overview", Who.STAFF, 35))


@blueprint.get("/")
def overview() -> str:
    """All bundles that the person sees."""
    with program().database.transaction(staff_context()) as session:
        rows = [(bundle, owner_text(bundle), audience_text(bundle)) for bundle in bundles(session)]
    return render_template("bundles/region_list.html", rows=rows)


@blueprint.get("/neu")
def new() -> str:
    """Put a bundle together."""
    return _form(None, Typed(), {})


@blueprint.post("/neu")
def add() -> Response | tuple[str, int]:
    """Keep it; what it would do is seen next."""
    context, typed = staff_context(), _typed()
    try:
        with program().database.transaction(context) as session:
            number = add_bundle(session, context, typed, _services()).id
    except InvalidInputError as error:
        return _form(None, typed, error.messages), error.status
    flash(gettext("Das Paket ist angelegt. Es gilt erst, wenn Sie es anwenden."))
    return redirect(url_for("region_bundles.show", number=number), 303)


@blueprint.get("/<int:number>")
def show(number: int) -> str:
    """A bundle, and town by town what applying it would change."""
    context, words = staff_context(), request.args.get("q", "").strip()[:100]
    with program().database.transaction(context) as session:
        bundle = bundle_of(session, number)
        own = may_change(session, context, bundle)
        seen = preview(session, bundle, _services(), words, request.args.get("seite", 1, type=int))
        stamp = stamp_of(bundle)
    services = _services()
    names = sorted((_name(key, services) for key in bundle.services), key=sort_key)
    return render_template(
        "bundles/region_bundle.html",
        bundle=bundle,
        facts=_facts(bundle),
        services=names,
        may_change=own,
        preview=seen,
        name_of=lambda key: _name(key, services),
        words=words,
        seen=stamp,
        addresses=_addresses(number, seen, words),
    )


@blueprint.get("/<int:number>/aendern")
def edit(number: int) -> str:
    """Change a bundle of one's own."""
    with program().database.transaction(staff_context()) as session:
        bundle = own_bundle(session, number)
        slugs = {town.id: town.slug for town in portals(session)}
        return _form(bundle, typed_of(bundle, slugs), {}, stamp_of(bundle))


@blueprint.post("/<int:number>/aendern")
def save(number: int) -> Response | tuple[str, int]:
    """Keep what was changed; what comes to an applied bundle waits until it is applied again."""
    context, typed, seen = staff_context(), _typed(), request.form.get("gesehen", "")
    try:
        with program().database.transaction(context) as session:
            change_bundle(session, context, number, typed, _services(), seen)
    except (InvalidInputError, ConflictError) as error:
        with program().database.transaction(context) as session:
            bundle = own_bundle(session, number)
            messages = error.messages if isinstance(error, InvalidInputError) else {}
            others = isinstance(error, ConflictError)
            return _form(bundle, typed, messages, stamp_of(bundle), others=others), error.status
    # A town's list shows the name, and whether it is required.
    flash(gettext("Gespeichert."))
    return redirect(url_for("region_bundles.show", number=number), 303)


@blueprint.post("/<int:number>/anwenden")
def apply(number: int) -> Response:
    """Switch everything on at once. The portals show it within a second."""
    context, seen = staff_context(), request.form.get("gesehen", "")
    try:
        with program().database.transaction(context) as session:
            switched = apply_bundle(session, context, number, _services(), seen)
    except ConflictError:
        flash(
            gettext("Jemand anderes hat das Paket inzwischen geändert. Sehen Sie es noch einmal an."),
            "warning",
        )
        return _back(number)
    program().keeper.renew()
    flash(
        ngettext(
            "Angewendet: %(num)s Leistung ist jetzt zusätzlich an.",
            "Angewendet: %(num)s Leistungen sind jetzt zusätzlich an.",
            switched,
        )
    )
    return _back(number)


@blueprint.post("/<int:number>/zuruecknehmen", endpoint="take_back")
def send_back(number: int) -> Response:
    """Make everything what it was before, but for what towns have changed since."""
    context = staff_context()
    try:
        with program().database.transaction(context) as session:
            take_back(session, context, number)
    except ConflictError:
        flash(gettext("Das Paket ist nicht angewendet."), "warning")
        return _back(number)
    program().keeper.renew()
    flash(gettext("Zurückgenommen. Was die Kommunen seither selbst geändert haben, ist geblieben."))
    return _back(number)


@blueprint.post("/<int:number>/loeschen")
def remove(number: int) -> Response:
    """Remove a bundle that is not applied."""
    context = staff_context()
    try:
        with program().database.transaction(context) as session:
            remove_bundle(session, context, number)
    except ConflictError:
        flash(gettext("Nehmen Sie das Paket zuerst zurück."), "warning")
        return _back(number)
    flash(gettext("Das Paket ist gelöscht."))
    return redirect(url_for("region_bundles.overview"), 303)


def _back(number: int) -> Response:
    return redirect(url_for("region_bundles.show", number=number), 303)


def _services() -> Mapping[str, Service]:
    return here().snapshot.catalogue.services


def _name(key: str, services: Mapping[str, Service]) -> str:
    """What a service is called; one that the catalogue no longer has, by its key."""
    return pick(services[key].name) if key in services else key


def _facts(bundle: Bundle) -> list[tuple[str, str]]:
    need = gettext("gesetzlich verpflichtend") if bundle.required else gettext("freiwillig")
    return [
        (gettext("Für wen"), audience_text(bundle)),
        (gettext("Verpflichtung"), f"{need}: {bundle.legal_source}" if bundle.required else need),
        (gettext("Von"), owner_text(bundle)),
    ]


def _addresses(number: int, seen: Preview, words: str) -> list[str]:
    return [
        url_for("region_bundles.show", number=number, q=words or None, seite=page + 1)
        for page in range(seen.pages)
    ]


def _typed() -> Typed:
    form = request.form
    return Typed(
        {name: form.get(name, "") for name in TEXTS},
        form.get("need", ""),
        form.get("audience", ""),
        *(tuple(form.getlist(name)) for name in ("kinds", "towns", "services")),
    )


def _form(
    bundle: Bundle | None,
    typed: Typed,
    errors: Mapping[str, list[str]],
    seen: str = "",
    *,
    others: bool = False,
) -> str:
    context = staff_context()
    with program().database.transaction(context) as session:
        towns = _towns(session, bundle.district_id if bundle else own_district(session, context))
    return render_template(
        "bundles/region_form.html",
        bundle=bundle,
        typed=typed,
        errors=errors,
        seen=seen,
        others=others,
        labels=form_labels(),
        longest=LONGEST,
        kinds=[(kind, str(text)) for kind, text in KINDS.items()],
        towns=towns,
        topics=_topics(),
    )


def _towns(session: Session, district: int | None) -> list[tuple[str, str]]:
    """Slug and name of all that can be chosen."""
    found = [
        (town.slug, str(pick(town.profile["name"])))
        for town in portals(session)
        if district in (None, town.id, town.parent_id)
    ]
    return sorted(found, key=lambda pair: sort_key(pair[1]))


def _topics() -> list[dict[str, Any]]:
    """All services that an authority of the region executes, below the first topic of each."""
    catalogue = here().snapshot.catalogue
    by_topic: dict[str, list[tuple[str, str]]] = {key: [] for key in catalogue.topics}
    for service in catalogue.services.values():
        if service.executed_here:
            by_topic[service.topics[0]].append((service.key, pick(service.name)))
    return [
        {
            "key": key,
            "name": pick(catalogue.topics[key].name),
            "services": sorted(found, key=lambda pair: sort_key(pair[1])),
        }
        for key, found in by_topic.items()
        if found
    ]
