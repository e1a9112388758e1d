"""The account host as OpenID provider: it answers clients' requests, asks the person once per town, and shows where."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.accounts import service
from kreisportal.accounts.queries import consents_of, has_consented, own_account
from kreisportal.i18n import current_language, gettext, pick
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.levels import reaches
from kreisportal.sso import account_outside
from kreisportal.sso.clients import Client, client_id_of, find_client, is_portal, slug_of
from kreisportal.sso.codes import issue_code
from kreisportal.sso.requests import AuthorizationRequest, read_request
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.other_sites import portal_address
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session, session_digest
from kreisportal.web.site import here

provider = Blueprint("provider", __name__, subdomain="account")
blueprint = Blueprint("account_towns", __name__, subdomain="account", url_prefix="/<language:lang>")


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(provider)
    app.register_blueprint(blueprint)


@provider.get("/oidc/authorize")
def authorize() -> Response:
    """A client asks who somebody is: sign in first, then consent, then back with a code (OIDC Core, 3.1.2)."""
    lang = current_language().path
    if not is_portal(request.args.get("client_id", "")):
        return account_outside.authorize(lang)
    asked = _request()
    own = current_session().account_id
    back = f"{url_for('provider.authorize')}?{asked.query()}&ui_locales={lang}"
    if not reaches(current_session().trust or "basic", asked.level):
        page = url_for("account_identities.needed", lang=lang, niveau=asked.level, next=back)
        return redirect(page, 303)
    if own is None:
        return redirect(url_for("account.sign_in_page", lang=lang, next=back), 303)
    with program().database.transaction(service.acting_for(own)) as session:
        if not _has_consented(session, own, asked.client):
            return redirect(f"{url_for('account_towns.consent', lang=lang)}?{asked.query()}", 303)
        code = issue_code(session, session_digest(), asked)
    return account_outside.lead_back(asked.answer(code=code))


@blueprint.get("/freigabe")
def consent() -> str:
    """Which town or other client asks, and what it gets to know."""
    if not is_portal(request.args.get("client_id", "")):
        return account_outside.consent_page()
    asked = _request()
    # The answer to the form is a redirection to the client, which the policy of this page must allow.
    g.form_targets = [asked.client.origin]
    return render_template("sso/consent.html", query=asked.query(), town=_town(asked.client))


@blueprint.post("/freigabe")
def consent_send() -> Response:
    """The person says yes or no; either way it leads back to the client."""
    if not is_portal(request.args.get("client_id", "")):
        return account_outside.consent_send(current_language().path)
    asked = _request()
    if request.form.get("antwort") != "ja":
        return redirect(asked.answer(error="access_denied"), 303)
    own = _own()
    with program().database.transaction(service.acting_for(own)) as session:
        service.give_consent(session, own, asked.client.id)
        code = issue_code(session, session_digest(), asked)
    return redirect(asked.answer(code=code), 303)


@blueprint.get("/einstellungen")
def settings() -> str:
    """The account itself: address, password, the towns it is used at, and its end."""
    own = _own()
    with program().database.transaction(service.acting_for(own)) as session:
        account = own_account(session, own)
        if account is None:
            raise NotFoundError
        consents = consents_of(session, own)
    towns = [_consent_row(consent.client_id, consent.given_at) for consent in consents]
    others = account_outside.consent_rows(each for each in consents if not is_portal(each.client_id))
    used_at = [*(town for town in towns if town), *others]
    return render_template("sso/settings.html", account=account, towns=used_at)


@blueprint.post("/einstellungen/stadt-entfernen")
def take_back() -> Response:
    """Take a consent back: the account is signed out there at once."""
    own, client_id = _own(), request.form.get("stadt", "")
    if not is_portal(client_id):
        return _take_back_outside(own, client_id)
    client = _client_now(client_id)
    with program().database.transaction(service.acting_for(own)) as session:
        service.take_back_consent(session, own, client_id[:200], client.tenant.id if client else None)
    if client is not None:
        flash(gettext("%(town)s darf Ihr Konto nicht mehr nutzen.", town=_town(client)["name"]))
    return redirect(url_for("account_towns.settings"), 303)


def _take_back_outside(own: uuid.UUID, client_id: str) -> Response:
    """With the consent everything ends that the client was given for it."""
    with program().database.transaction(service.acting_for(own)) as session:
        consents = consents_of(session, own)
    for known in account_outside.consent_rows(consents):
        if known["id"] == client_id:
            with program().database.transaction(service.acting_for(own)) as session:
                service.take_back_consent(session, own, client_id, None)
            flash(gettext("%(town)s darf Ihr Konto nicht mehr nutzen.", town=known["name"]))
    return redirect(url_for("account_towns.settings"), 303)


def _request() -> AuthorizationRequest:
    return read_request(program().settings, here().snapshot.registry, request.args.to_dict())


def _has_consented(session: Session, own: uuid.UUID, client: Client) -> bool:
    """Whether the account may be used at a town, or could be at one that has become part of it."""
    towns = [client.tenant, *here().snapshot.registry.absorbed(client.tenant)]
    return any(has_consented(session, own, client_id_of(town)) for town in towns)


def _own() -> uuid.UUID:
    found = current_session().account_id
    if found is None:
        raise Unauthorized
    return found


def _town(client: Client) -> dict[str, Any]:
    definition = definition_of(client.tenant)
    return {
        "name": pick(definition.name.full),
        "privacy": portal_address(client.tenant, "portal.legal", page="privacy"),
        "home": portal_address(client.tenant, "portal.home"),
    }


def _consent_row(client_id: str, given_at: Any) -> dict[str, Any] | None:
    client = _client_now(client_id)
    if client is None:
        return None
    row = {**_town(client), "id": client_id, "given_at": given_at}
    former = here().snapshot.registry.by_slug_or_none(slug_of(client_id))
    if former is not None and client.id != client_id:
        row["former"] = pick(definition_of(former).name.full)
    return row


def _client_now(client_id: str) -> Client | None:
    """The portal that a consent is for now: that of the town, or of the one that it has become part of."""
    registry = here().snapshot.registry
    former = registry.by_slug_or_none(slug_of(client_id)) if is_portal(client_id) else None
    if former is not None and former.is_shell:
        client_id = client_id_of(registry.tenants[registry.successor(former.id)])
    return find_client(program().settings, registry, client_id)
