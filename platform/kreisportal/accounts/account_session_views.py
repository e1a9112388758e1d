"""Where one is signed in, and ending it from afar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from kreisportal.accounts import devices, service
from kreisportal.accounts.account_forms import account_id, show
from kreisportal.accounts.browser_kinds import browser_words
from kreisportal.accounts.devices import Device, Place
from kreisportal.i18n import gettext, pick
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.credential_forms import Shown
from kreisportal.web.outside_ways import means_words
from kreisportal.web.program import program
from kreisportal.web.sessions import close_account_session, session_digest
from kreisportal.web.site import here

blueprint = Blueprint(
    "account_sessions", __name__, subdomain="account", url_prefix="/<language:lang>/zugang/geraete"
)


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def overview() -> Shown:
    """All browsers in which the account is signed in, and at which towns and other services."""
    own = account_id()
    with program().database.transaction(service.acting_for(own)) as session:
        found = devices.devices_of(session, own, session_digest())
    return show("accounts/devices.html", devices=[_shown(device) for device in found])


@blueprint.post("/abmelden")
def end_one() -> Response:
    """End one session; one's own is signed out."""
    own, handle = account_id(), request.form.get("geraet", "")[:64]
    with program().database.transaction(service.acting_for(own)) as session:
        found = devices.devices_of(session, own, session_digest())
        if not any(device.is_this and device.handle == handle for device in found):
            devices.end_session(session, own, handle)
            flash(_ended([place for device in found for place in device.places if place.handle == handle]))
            return redirect(url_for("account_sessions.overview"), 303)
    close_account_session()
    browser.clear()
    flash(gettext("Sie sind abgemeldet, hier und bei allen Städten und Gemeinden."))
    return redirect(url_for("account.sign_in_page"), 303)


@blueprint.post("/alle-abmelden")
def end_others() -> Response:
    """End all sessions but this one."""
    own = account_id()
    with program().database.transaction(service.acting_for(own)) as session:
        service.end_other_sessions(session, own, session_digest())
    flash(gettext("Auf allen anderen Geräten sind Sie jetzt abgemeldet."))
    return redirect(url_for("account_sessions.overview"), 303)


def _ended(places: Iterable[Place]) -> str:
    """What to say of a session that was ended; a service that is told of no end may go on with what it knows."""
    for place in places:
        if not place.is_told:
            words = gettext(
                "%(name)s kann Ihr Konto nicht mehr nutzen. Melden Sie sich auch dort ab.", name=place.client
            )
            return str(words)
    return gettext("Dort sind Sie jetzt abgemeldet.")


def _name(place: Place) -> str | None:
    """What a place is called; None for a town that is no longer there."""
    if place.tenant_id is None:
        return place.client
    tenant = here().snapshot.registry.tenants.get(place.tenant_id)
    return str(pick(definition_of(tenant).name.full)) if tenant is not None else None


def _shown(device: Device) -> dict[str, Any]:
    named = ((_name(place), place) for place in device.places)
    return {
        "device": device,
        "browser": browser_words(device.browser),
        "means": means_words(device.means),
        "places": [(name, place) for name, place in named if name is not None],
    }
