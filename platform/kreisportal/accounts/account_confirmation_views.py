"""Offices that have seen who owns the account: taken off by the owner after a question."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Flask, flash, redirect, url_for
from werkzeug.wrappers import Response

from kreisportal.accounts import confirmations, service
from kreisportal.accounts.account_forms import account_id, show
from kreisportal.accounts.models import AccountConfirmation
from kreisportal.i18n import gettext, pick
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.credential_forms import Shown
from kreisportal.web.outside_ways import document_words
from kreisportal.web.program import program
from kreisportal.web.site import here

blueprint = Blueprint(
    "account_confirmations", __name__, subdomain="account", url_prefix="/<language:lang>/zugang/bestaetigung"
)


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/<uuid:check_id>")
def remove_page(check_id: uuid.UUID) -> Shown:
    """Ask before a confirmation is taken off."""
    own = account_id()
    with program().database.transaction(service.acting_for(own)) as session:
        found = confirmation_row(confirmations.own_confirmation(session, own, check_id))
    return show("accounts/confirmation.html", found=found)


@blueprint.post("/<uuid:check_id>")
def remove_send(check_id: uuid.UUID) -> Response:
    """Take it off."""
    own = account_id()
    with program().database.transaction(service.acting_for(own)) as session:
        confirmations.remove_confirmation(session, own, check_id)
    flash(gettext("Die Bestätigung ist gelöscht."))
    return redirect(url_for("account_access.overview"), 303)


def confirmation_row(found: AccountConfirmation) -> dict[str, Any]:
    """A confirmation as pages show it."""
    tenant = here().snapshot.registry.tenants.get(found.tenant_id)
    return {
        "id": found.check_id,
        "name": pick(definition_of(tenant).name.full) if tenant else gettext("Eine Behörde"),
        "document": document_words(found.document),
        "at": found.confirmed_at,
        "until": found.expires_at,
    }
