"""One town as those who run the region see it: its state, its hosts, what was done to it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.i18n import gettext, pick
from kreisportal.kernel import clock
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.merging.service import absorbed_by, successor_of
from kreisportal.region.acts import acts_shown
from kreisportal.region.frame import SITE
from kreisportal.region.wording import KINDS, STATES, VERDICTS, state_of, town_name
from kreisportal.tenancy.host_looks import seen_hosts
from kreisportal.tenancy.lifecycle import STEPS, TenantState, change_state
from kreisportal.tenancy.overview import reached_town
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.tenancy.renaming import earlier_names, named_town, planned_name
from kreisportal.web.not_open import preview_token
from kreisportal.web.other_sites import address_at
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

_MOST_ACTS = 20

blueprint = Blueprint("region_towns", __name__, subdomain=SITE, url_prefix="/<language:lang>/kommunen")


@blueprint.get("/<slug>")
def show(slug: str) -> str:
    """A town's state and figures, and what may be done."""
    return _page(slug, {})


@blueprint.post("/<slug>/stand")
def change(slug: str) -> Response | tuple[str, int]:
    """Open, pause or close a portal. Everything can be taken back."""
    try:
        wanted = TenantState(request.form.get("state", ""))
    except ValueError:
        raise NotFoundError from None
    context = staff_context()
    try:
        with program().database.transaction(context) as session:
            change_state(session, context, slug, wanted)
    except InvalidInputError as error:
        return _page(slug, error.messages), error.status
    program().keeper.renew()
    flash(gettext("Das Portal ist jetzt %(state)s.", state=STATES[wanted]))
    return redirect(url_for("region_towns.show", slug=slug), 303)


def _page(slug: str, errors: dict[str, list[str]]) -> str:
    with program().database.transaction(staff_context()) as session:
        tenant, figures = reached_town(session, slug)
        acts = acts_shown(session, _MOST_ACTS, tenant.id)
        seen = {each.host: each for each in seen_hosts(session, clock.now(), tenant.id)}
        earlier = earlier_names(session, tenant.id)
        row = named_town(session, slug)
        planned = planned_name(row)
        absorbed = [(each.slug, str(pick(each.profile["name"]))) for each in absorbed_by(session, tenant.id)]
        into = successor_of(session, row)
        successor = (into.slug, str(pick(into.profile["name"]))) if into else None
        is_under_way = row.merging is not None
    state = TenantState(tenant.state)
    return render_template(
        "region/town.html",
        tenant=tenant,
        name=town_name(tenant),
        kind=KINDS[tenant.kind],
        district=_district(tenant),
        state=state_of(figures),
        states={key: str(text) for key, text in STATES.items()},
        steps=[step.value for step in STEPS[state]] if tenant.host("portal") and successor is None else [],
        hosts=[
            (host, address_at(site, host, f"{site}.home"), site, canonical, seen.get(host))
            for host, site, canonical in tenant.hosts
        ],
        verdicts={verdict: str(text) for verdict, text in VERDICTS.items()},
        preview=_preview(tenant),
        figures=figures,
        acts=acts,
        earlier=[(each.name["name"], each.until) for each in earlier],
        planned=planned,
        absorbed=absorbed,
        successor=successor,
        is_under_way=is_under_way,
        errors=errors,
    )


def _preview(tenant: TenantRecord) -> str | None:
    """The link by which a portal that is not open can be looked at."""
    host = tenant.host("portal")
    if host is None or tenant.state == TenantState.OPEN:
        return None
    return address_at(
        "portal", host, "portal_files.preview", token=preview_token(program().settings.secret_key, tenant)
    )


def _district(tenant: TenantRecord) -> str | None:
    parent = here().snapshot.registry.tenants.get(tenant.parent_id) if tenant.parent_id else None
    return town_name(parent) if parent else None
