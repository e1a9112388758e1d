"""A town becomes part of another one: what would happen, how far it is, and taking it back or confirming it."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.i18n import gettext, pick
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError
from kreisportal.merging.people import Invited
from kreisportal.merging.plan import plan_of
from kreisportal.merging.service import (
    begin,
    confirm,
    go_on,
    progress_of,
    successor_of,
    take_back,
)
from kreisportal.region.frame import SITE
from kreisportal.staff.invitation_mails import Mailing
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.overview import town_figures
from kreisportal.tenancy.places import sort_key
from kreisportal.tenancy.queries import load_records
from kreisportal.tenancy.renaming import named_town
from kreisportal.web.other_sites import address_at
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint(
    "region_merging", __name__, subdomain=SITE, url_prefix="/<language:lang>/kommunen/<slug>/zusammenlegen"
)


@blueprint.get("/")
def show(slug: str) -> str:
    """Ask for the town that remains, say what would happen, or how far it is."""
    with program().database.transaction(staff_context()) as session:
        town = named_town(session, slug)
        into = successor_of(session, town)
        if into is not None:
            return _under_way(session, town, into)
        wanted = request.args.get("mit", "")
        return _plan(session, town, named_town(session, wanted)) if wanted else _choice(session, town)


@blueprint.post("/")
def send(slug: str) -> Response | str:
    """Begin. Who was chosen is invited by mail; the invitations are shown this once, too."""
    context, wanted = staff_context(), request.form.get("mit", "")
    offers, staff = request.form.getlist("angebote"), _ids(request.form.getlist("personen"))
    try:
        with program().database.transaction(context) as session:
            mailing = Mailing(program().settings.secret_key)
            invited = begin(session, context, slug, wanted, offers, staff, clock.now(), mailing)
            name, into = _name(named_town(session, slug)), named_town(session, wanted)
            (record,) = load_records(session, [into.id])
            into_name = _name(into)
    except ConflictError as error:
        flash(str(error), "warning")
        return redirect(url_for("region_merging.show", slug=slug), 303)
    program().keeper.renew()
    if not invited:
        return redirect(url_for("region_merging.show", slug=slug), 303)
    return render_template(
        "region/merge_invited.html",
        slug=slug,
        name=name,
        into=into_name,
        invited=[(each, _address(record.host("desk"), each)) for each in invited],
    )


@blueprint.post("/zuruecknehmen")
def back(slug: str) -> Response:
    """Let everything go back."""
    return _act(slug, take_back, gettext("Es geht alles zurück."))


@blueprint.post("/bestaetigen")
def settle(slug: str) -> Response:
    """Make it final."""
    return _act(slug, confirm, gettext("Die Kommunen sind zusammengelegt."))


@blueprint.post("/weiter")
def resume(slug: str) -> Response:
    """Let it be worked on, if the worker has given up."""
    return _act(slug, lambda session, _, of: go_on(session, of), gettext("Es geht weiter."))


def _act(slug: str, act: Any, sentence: str) -> Response:
    context = staff_context()
    try:
        with program().database.transaction(context) as session:
            act(session, context, slug)
    except ConflictError:
        flash(gettext("Das geht gerade nicht. Sehen Sie nach, wie weit es ist."), "warning")
    else:
        program().keeper.renew()
        flash(sentence)
    return redirect(url_for("region_merging.show", slug=slug), 303)


def _choice(session: Session, town: Tenant) -> str:
    """The towns that it may become part of."""
    tenants = here().snapshot.registry.tenants
    near = [tenants[key] for key in town_figures(session) if key in tenants and key != town.id]
    towns = [
        (each.slug, str(pick(each.profile["name"])))
        for each in near
        if each.parent_id == town.parent_id and each.has_portal and each.kind != "district"
        if each.merged_into_id is None
    ]
    return render_template(
        "region/merge_choose.html",
        slug=town.slug,
        name=_name(town),
        towns=sorted(towns, key=lambda pair: sort_key(pair[1])),
    )


def _plan(session: Session, town: Tenant, into: Tenant) -> str:
    services = here().snapshot.catalogue.services
    plan = plan_of(session, town, into)
    offers = [(key, pick(services[key].name) if key in services else key) for key in plan.offers]
    return render_template(
        "region/merge_plan.html",
        slug=town.slug,
        name=_name(town),
        into=_name(into),
        into_slug=into.slug,
        plan=plan,
        offers=sorted(offers, key=lambda pair: sort_key(pair[1])),
        staff=[(str(each.id), f"{each.name}, {each.email}") for each in plan.staff if not each.is_there],
        both=[f"{each.name}, {each.email}" for each in plan.staff if each.is_there],
    )


def _under_way(session: Session, town: Tenant, into: Tenant) -> str:
    progress = progress_of(session, town)
    return render_template(
        "region/merge_progress.html",
        slug=town.slug,
        name=_name(town),
        into=_name(into),
        into_slug=into.slug,
        progress=progress,
        step=progress.step.value if progress else "confirmed",
    )


def _ids(typed: list[str]) -> set[uuid.UUID]:
    """What can be read as ids; nobody else is chosen."""
    found = set()
    for text in typed:
        with contextlib.suppress(ValueError):
            found.add(uuid.UUID(text))
    return found


def _name(town: Tenant) -> str:
    return str(pick(town.profile["name"]))


def _address(desk: str | None, invited: Invited) -> str:
    return address_at("desk", desk or "", "staff.invitation_page", token=invited.token)
