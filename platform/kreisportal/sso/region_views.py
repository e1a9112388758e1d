"""Clients from outside on the region's host: an operator looks after all, a district admin after the own district's.

Which they are the database holds; a page only asks for what it may see.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.access.who import Who
from kreisportal.audit.service import record
from kreisportal.i18n import gettext, lazy_gettext, pick
from kreisportal.kernel.database import Context
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import ConflictError, NotFoundError
from kreisportal.sso import outside, signing_keys
from kreisportal.sso.errors import InvalidClientError, NameTakenError
from kreisportal.sso.models import OutsideClient
from kreisportal.sso.region_fields import (
    LABELS,
    SCOPE_WORDS,
    Errors,
    Typed,
    faults_in_words,
    registration,
    typed_of,
)
from kreisportal.staff.queries import region_member
from kreisportal.tenancy.queries import district_id_of, towns_linking_to
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

SITE, _CLIENT = "region", "outside-client"

blueprint = Blueprint("region_clients", __name__, subdomain=SITE, url_prefix="/<language:lang>/dienste")

Page = str | tuple[str, int]


def install(app: Flask) -> None:
    """Register the pages and their entry in the menu."""
    app.register_blueprint(blueprint)
    register_entry(app, SITE, MenuEntry(lazy_gettext("Dienste"), "region_clients.overview", Who.STAFF, 40))


@blueprint.get("/")
def overview() -> str:
    """All clients that the person looks after."""
    with program().database.transaction(staff_context()) as session:
        clients = outside.all_outside_clients(session)
    return render_template("sso/region_clients.html", clients=[(each, _of(each)) for each in clients])


@blueprint.get("/neu")
def new() -> str:
    """What is asked of a client before it is registered."""
    return _page(None, typed_of(None), {})


@blueprint.post("/neu")
def add() -> Page:
    """Register a client. Its secret is on the page that answers, and never again."""
    context, typed = staff_context(), typed_of(request.form)
    # The key that tokens are signed with is the deployment's, whoever brings the first client.
    with program().database.transaction(REGION) as session:
        signing_keys.ensure_key(session, program().settings.secret_key)
    try:
        with program().database.transaction(context) as session:
            client, secret = outside.add_client(
                session,
                registration(typed),
                district_id=_chosen_district(session, context, typed["district"]),
                demo=program().settings.demo,
            )
            record(session, context, "client-added", _CLIENT, client.id)
    except (InvalidClientError, NameTakenError) as error:
        return _page(None, typed, faults_in_words(error)), 422
    return _secret_page(client, secret, is_new=True)


@blueprint.get("/<client_id>")
def show(client_id: str) -> str:
    """What is said of a client, to be changed."""
    with program().database.transaction(staff_context()) as session:
        client = outside.known_client(session, client_id)
    return _page(client, typed_of(client), {})


@blueprint.post("/<client_id>")
def change(client_id: str) -> Page | Response:
    """Change what is said of a client; it counts from the next request on."""
    context, typed = staff_context(), typed_of(request.form)
    try:
        with program().database.transaction(context) as session:
            wanted = registration(typed)
            changes = {name: getattr(wanted, name) for name in outside.CHANGEABLE}
            changed = outside.change_client(session, client_id, changes, demo=program().settings.demo)
            if changed:
                record(session, context, "client-changed", _CLIENT, client_id, fields=sorted(changed))
    except (InvalidClientError, NameTakenError) as error:
        with program().database.transaction(context) as session:
            client = outside.known_client(session, client_id)
        return _page(client, typed, faults_in_words(error)), 422
    flash(gettext("Gespeichert.") if changed else gettext("Es war schon so, geändert ist nichts."))
    return redirect(url_for("region_clients.show", client_id=client_id), 303)


@blueprint.post("/<client_id>/schalter")
def switch(client_id: str) -> Response:
    """Switch a client off, which ends at once what it was given, or on again."""
    wanted = request.form.get("schalter", "")
    if wanted not in ("an", "aus"):
        raise NotFoundError
    context, on = staff_context(), wanted == "an"
    try:
        with program().database.transaction(context) as session:
            outside.switch_client(session, client_id, on=on)
            record(session, context, "client-on" if on else "client-off", _CLIENT, client_id)
    except ConflictError:
        flash(gettext("Das war schon so."), "warning")
    else:
        flash(gettext("Der Dienst ist angeschaltet.") if on else gettext("Der Dienst ist ausgeschaltet."))
    return redirect(url_for("region_clients.show", client_id=client_id), 303)


@blueprint.post("/<client_id>/geheimnis")
def renew(client_id: str) -> str:
    """Another secret, shown this once; the one before ends at once."""
    context = staff_context()
    with program().database.transaction(context) as session:
        secret = outside.new_secret(session, client_id)
        client = outside.known_client(session, client_id)
        record(session, context, "client-secret", _CLIENT, client_id)
    return _secret_page(client, secret, is_new=False)


@blueprint.post("/<client_id>/entfernen")
def remove(client_id: str) -> Response:
    """Remove a client, which ends at once what it was given; tiles that lead to it stay as plain links."""
    context = staff_context()
    with program().database.transaction(context) as session:
        name = outside.remove_client(session, client_id)
        record(session, context, "client-removed", _CLIENT, client_id, name=name)
    flash(gettext("Der Dienst „%(name)s“ ist entfernt.", name=name))
    return redirect(url_for("region_clients.overview"), 303)


def _chosen_district(session: Session, context: Context, slug: str) -> int | None:
    """Whose a client will be: an operator says it, a district admin's are the own district's. Raises NotFoundError."""
    own = region_member(session, context).district_id
    if own is not None:
        return own
    return district_id_of(session, slug) if slug else None


def _page(client: OutsideClient | None, typed: Typed, errors: Errors) -> str:
    return render_template(
        "sso/region_client.html",
        client=client,
        of=_of(client) if client else "",
        tiles=_towns_with_tiles(client) if client else [],
        typed=typed,
        errors=errors,
        labels=LABELS,
        districts=_districts() if client is None else [],
        scopes=SCOPE_WORDS.items(),
    )


def _towns_with_tiles(client: OutsideClient) -> list[str]:
    """The towns that the person reaches and whose start pages lead to a client, by name."""
    with program().database.transaction(staff_context()) as session:
        found = towns_linking_to(session, client.id)
    tenants = here().snapshot.registry.tenants
    return sorted(str(pick(tenants[each].profile["name"])) for each in found if each in tenants)


def _secret_page(client: OutsideClient, secret: str | None, *, is_new: bool) -> str:
    return render_template("sso/region_client_secret.html", client=client, secret=secret, is_new=is_new)


def _districts() -> Sequence[tuple[str, str]]:
    """The districts that an operator may choose; a district admin has nothing to choose."""
    context = staff_context()
    with program().database.transaction(context) as session:
        if region_member(session, context).district_id is not None:
            return []
    tenants = here().snapshot.registry.tenants.values()
    found = [(each.slug, str(pick(each.profile["name"]))) for each in tenants if each.kind == "district"]
    return sorted(found, key=lambda pair: pair[1])


def _of(client: OutsideClient) -> str:
    """Who looks after a client: the name of its district, or the region."""
    district = here().snapshot.registry.tenants.get(client.district_id) if client.district_id else None
    return str(pick(district.profile["name"])) if district else gettext("ganze Region")
