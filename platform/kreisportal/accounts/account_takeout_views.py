"""Taking everything out: ask for it, see how far it is, fetch it, remove it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from kreisportal.accounts import takeouts
from kreisportal.accounts.account_forms import account_id
from kreisportal.accounts.address import writing_as
from kreisportal.accounts.models import AccountTakeout
from kreisportal.accounts.service import acting_for
from kreisportal.accounts.takeouts import KEPT_DAYS, REGION_FOLDER, TakeoutState
from kreisportal.i18n import current_language, gettext, pick
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.fresh import ask_again, is_fresh
from kreisportal.web.other_sites import operator
from kreisportal.web.program import program
from kreisportal.web.site import here

blueprint = Blueprint(
    "account_takeout", __name__, subdomain="account", url_prefix="/<language:lang>/mitnehmen"
)


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
def overview() -> str:
    """Offer it; while it is made, say how far it is; when it is there, let it be fetched."""
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        found = takeouts.takeout_of(session, own)
    return render_template("accounts/takeout.html", takeout=_shown(found), days=KEPT_DAYS)


@blueprint.post("/")
def ask() -> Response:
    """Let everything be gathered, once at a time."""
    again = ask_again(url_for("account_takeout.overview"))
    if again is not None:
        return again
    own, responsible = account_id(), operator()
    if responsible is None:
        raise NotFoundError
    with program().database.transaction(writing_as(own, responsible.id)) as session:
        asked = takeouts.ask_for_takeout(session, own, responsible.id, current_language().path)
    if asked.replaced is not None:
        program().intake.storage.delete(REGION_FOLDER, asked.replaced)
    return redirect(url_for("account_takeout.overview"), 303)


@blueprint.get("/<uuid:takeout_id>.zip")
def download(takeout_id: uuid.UUID) -> Response:
    """The file, for who has shown lately who they are; else to where one shows it, and back to the page."""
    if not is_fresh():
        back = url_for("account_takeout.overview")
        return redirect(url_for("account_steps.prove_page", next=back), 303)
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        found = takeouts.finished_takeout(session, own, takeout_id)
    stream = program().intake.storage.open(REGION_FOLDER, found.id)
    day = clock.today() if found.ready_at is None else found.ready_at.astimezone(clock.LOCAL_ZONE).date()
    name = gettext("Meine-Daten-%(day)s.zip", day=day.isoformat())
    return send_file(stream, mimetype="application/zip", as_attachment=True, download_name=name)


@blueprint.post("/entfernen")
def remove() -> Response:
    """Remove it at once, or stop it being made."""
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        gone = takeouts.remove_takeout(session, own)
    if gone is not None:
        program().intake.storage.delete(REGION_FOLDER, gone)
        flash(gettext("Die Datei ist gelöscht. Ihre Daten im Konto bleiben, wie sie sind."))
    return redirect(url_for("account_takeout.overview"), 303)


def _shown(found: AccountTakeout | None) -> dict[str, Any] | None:
    if found is None:
        return None
    busy = takeouts.is_under_way(found)
    failed = not busy and found.state != TakeoutState.READY
    return {
        "id": found.id,
        "state": "busy" if busy else "failed" if failed else "ready",
        "asked_at": found.asked_at,
        "size": found.size,
        "until": found.expires_at,
        "done": sum(part["done"] for part in found.parts),
        "all": sum(part["all"] for part in found.parts),
        "parts": list(_parts(found.parts)),
    }


def _parts(parts: Iterable[dict[str, Any]]) -> Iterable[tuple[str, str]]:
    """The account and the towns by name, and how far each is."""
    tenants = here().snapshot.registry.tenants
    for part in parts:
        tenant = tenants.get(part["tenant_id"]) if part["tenant_id"] is not None else None
        name = pick(definition_of(tenant).name.full) if tenant else gettext("Ihr Konto")
        if part["done"] == part["all"]:
            yield name, gettext("fertig")
        else:
            yield name, gettext("%(done)s von %(all)s", done=part["done"], all=part["all"])
