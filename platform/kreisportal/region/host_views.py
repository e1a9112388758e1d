"""A town's host names: which there are, whether each leads here, and adding, removing and preferring one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, InvalidInputError
from kreisportal.region.frame import SITE
from kreisportal.region.wording import town_name
from kreisportal.tenancy.host_changes import give_host, prefer_host, take_host
from kreisportal.tenancy.host_checks import HostState, Leads, host_states, missing_records
from kreisportal.tenancy.host_looks import keep_looks, names_of
from kreisportal.tenancy.host_names import OF_TENANTS
from kreisportal.tenancy.overview import reached_town
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.other_sites import address_at
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint(
    "region_hosts", __name__, subdomain=SITE, url_prefix="/<language:lang>/kommunen/<slug>/hostnamen"
)


@blueprint.get("/")
def show(slug: str) -> str:
    """All names with what is missing, looked up now; what is seen in passing is not kept."""
    return _page(slug, {}, {})


@blueprint.post("/nachsehen")
def look(slug: str) -> Response:
    """Look at all names and keep what is seen, so that the list of towns tells it too."""
    context = staff_context()
    with program().database.transaction(context) as session:
        names = names_of(session, slug)
    states = _seen(names)
    with program().database.transaction(context) as session:
        keep_looks(session, states, clock.now())
    flash(gettext("Eben nachgesehen. In der Liste der Kommunen steht es jetzt auch so."))
    return _back(slug)


@blueprint.post("/")
def add(slug: str) -> Response | tuple[str, int]:
    """One more name. The town answers to it within a second, and the proxy may get a certificate."""
    context, typed = staff_context(), {name: request.form.get(name, "") for name in ("host", "site")}
    try:
        with program().database.transaction(context) as session:
            name = give_host(session, context, slug, typed["site"], typed["host"])
    except InvalidInputError as error:
        return _page(slug, typed, error.messages), error.status
    return _done(slug, gettext("%(host)s gehört jetzt zu dieser Kommune.", host=name))


@blueprint.post("/entfernen")
def remove(slug: str) -> Response:
    """Take a name away. It can be added again, as long as nobody else has taken it."""
    context, name = staff_context(), request.form.get("host", "")
    try:
        with program().database.transaction(context) as session:
            take_host(session, context, slug, name)
    except ConflictError:
        flash(gettext("Der Hauptname kann nicht entfernt werden."), "warning")
        return _back(slug)
    return _done(slug, gettext("%(host)s gehört nicht mehr zu dieser Kommune.", host=name))


@blueprint.post("/hauptname")
def prefer(slug: str) -> Response:
    """Let the other names of the site lead to this one."""
    context, name = staff_context(), request.form.get("host", "")
    with program().database.transaction(context) as session:
        prefer_host(session, context, slug, name)
    return _done(slug, gettext("%(host)s ist jetzt der Hauptname.", host=name))


def _done(slug: str, sentence: str) -> Response:
    program().keeper.renew()
    flash(sentence)
    return _back(slug)


def _back(slug: str) -> Response:
    return redirect(url_for("region_hosts.show", slug=slug), 303)


def _page(slug: str, typed: dict[str, str], errors: dict[str, list[str]]) -> str:
    with program().database.transaction(staff_context()) as session:
        tenant, _ = reached_town(session, slug)
    if not tenant.has_portal:
        raise ConflictError(f"{slug} has no portal yet: it is brought on line first")
    ours = program().settings.public_addresses
    return render_template(
        "region/hosts.html",
        slug=slug,
        name=town_name(tenant),
        sites=[(site, [row for row in _rows(tenant) if row["site"] == site]) for site in OF_TENANTS],
        ours=ours,
        alias=here().host,
        typed={"host": "", "site": "portal", **typed},
        errors=errors,
    )


def _rows(tenant: TenantRecord) -> list[dict[str, Any]]:
    """Every name with its state."""
    ours = program().settings.public_addresses
    states = _seen([host for host, _, _ in tenant.hosts])
    return [
        {
            "host": host,
            "site": site,
            "canonical": canonical,
            "url": address_at(site, host, f"{site}.home"),
            "state": states[host],
            "records": _records(host, states[host], ours),
        }
        for host, site, canonical in tenant.hosts
    ]


def _seen(names: Sequence[str]) -> dict[str, HostState]:
    settings = program().settings
    return host_states(names, settings.public_addresses, settings.public_port or 443)


def _records(host: str, state: HostState, ours: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """What is to be set, where that is known."""
    lacking = (Leads.NOWHERE, Leads.ELSEWHERE, Leads.PARTLY)
    return missing_records(host, state.found, ours) if state.leads in lacking else []
