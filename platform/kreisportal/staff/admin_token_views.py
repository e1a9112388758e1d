"""Access tokens on the pages of a town's desk, and the same at the region's host: made, looked after, revoked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.access.scopes import Scope
from kreisportal.access.who import Who
from kreisportal.i18n import LazyText, gettext, lazy_gettext, ngettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.staff import access_tokens
from kreisportal.staff.access_tokens import LIFETIMES, Token, all_tokens, is_good, scopes_of
from kreisportal.staff.acts import acts_with
from kreisportal.staff.admin_act_lines import line_of
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.other_sites import portal_address
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

_SCOPES: dict[str, LazyText] = {
    Scope.OFFERS_READ: lazy_gettext("Leistungen und ihre Angaben lesen"),
    Scope.OFFERS_WRITE: lazy_gettext("Leistungen schalten und ihre Angaben ändern"),
    Scope.FIGURES_READ: lazy_gettext("Zahlen lesen"),
    Scope.ONBOARDING: lazy_gettext("Kommunen anschließen"),
}
_DEFAULT_DAYS = "90"
_MOST_ACTS = 200

Page = str | tuple[str, int]


def install(app: Flask) -> None:
    """Register the pages on both sites, and their entries in the menus."""
    title = lazy_gettext("Zugriffsschlüssel")
    for name, site, who, position in (
        ("tokens_admin", "desk", Who.TENANT_ADMIN, 70),
        ("region_tokens", "region", Who.STAFF, 50),
    ):
        app.register_blueprint(_pages(name, site))
        register_entry(app, site, MenuEntry(title, f"{name}.overview", who, position, _purpose))


def _pages(name: str, site: str) -> Blueprint:
    """The pages of a site. What a person sees of tokens there, row security says."""
    pages = Blueprint(name, __name__, subdomain=site, url_prefix="/<language:lang>/zugriffsschluessel")
    pages.add_url_rule("/", "overview", overview, methods=["GET"])
    pages.add_url_rule("/", "make", make, methods=["POST"])
    pages.add_url_rule("/<uuid:token_id>", "show", show, methods=["GET"])
    pages.add_url_rule("/<uuid:token_id>/zurueckziehen", "revoke", revoke, methods=["POST"])
    return pages


def _purpose() -> str:
    return gettext("was andere Programme für Sie tun dürfen")


def overview() -> Page:
    """All tokens, and a form for another."""
    return _overview({"name": "", "scope": [], "days": _DEFAULT_DAYS}, {})


def make() -> Page:
    """Make a token. It is on the page that answers, and never again."""
    context = staff_context()
    name, scopes = request.form.get("name", ""), request.form.getlist("scope")
    chosen = request.form.get("days", "")
    days = next((days for days in LIFETIMES if str(days) == chosen), 0)
    try:
        with program().database.transaction(context) as session:
            token = access_tokens.make(session, context, name, scopes, days)
    except InvalidInputError as error:
        return _overview({"name": name, "scope": scopes, "days": chosen}, error.messages), error.status
    return render_template("staff/access_token.html", name=name, token=token)


def show(token_id: uuid.UUID) -> str:
    """A token, when it was last used, and what was changed with it."""
    context = staff_context()
    with program().database.transaction(context) as session:
        token = access_tokens.load(session, context, token_id)
        acts = acts_with(session, context, token_id, _MOST_ACTS)
    return render_template(
        "staff/token.html",
        token=_row(token),
        good=is_good(token, clock.now()),
        acts=[line_of(act, {}) for act in acts],
    )


def revoke(token_id: uuid.UUID) -> Response:
    """Let a token open nothing any more."""
    context = staff_context()
    with program().database.transaction(context) as session:
        name = access_tokens.revoke(session, context, token_id).name
    flash(gettext("„%(name)s“ gilt nicht mehr.", name=name))
    return redirect(url_for(".overview"), 303)


def _overview(typed: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    context, now, tenant = staff_context(), clock.now(), here().tenant_or_none
    with program().database.transaction(context) as session:
        rows = all_tokens(session, context)
    return render_template(
        "staff/access_tokens.html",
        good=[_row(token) for token in rows if is_good(token, now)],
        over=[_row(token) for token in rows if not is_good(token, now)],
        about=portal_address(tenant, "api_about.page") if tenant else None,
        typed=typed,
        errors=errors,
        scopes=[(scope.value, _SCOPES[scope]) for scope in scopes_of(context)],
        lifetimes=[(str(days), ngettext("%(num)s Tag", "%(num)s Tage", days)) for days in LIFETIMES],
        labels={
            "name": gettext("Name"),
            "scope": gettext("Was darf das Programm?"),
            "days": gettext("Wie lange gilt der Schlüssel?"),
        },
    )


def _row(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": ", ".join(str(_SCOPES.get(scope, scope)) for scope in token.scopes),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }
