"""Clients from outside at the account host: who is signed in, what the person lets them know, and the way back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import structlog
from flask import g, get_flashed_messages, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.accounts import service
from kreisportal.accounts.models import AccountConsent
from kreisportal.accounts.queries import has_consented
from kreisportal.i18n import LazyText, lazy_gettext
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.levels import Level
from kreisportal.notifications.addresses import region_address
from kreisportal.sso.errors import BadRequestError
from kreisportal.sso.grants import Wish, issue_client_code, subject_at_client
from kreisportal.sso.outside import all_outside_clients, speaking_for
from kreisportal.sso.outside_requests import OutsideRequest, RefusedError, read_outside_request
from kreisportal.sso.provider import Provider
from kreisportal.sso.redirects import origin_of
from kreisportal.web.outside_ways import reachable_levels
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session, session_digest
from kreisportal.web.sign_in import AGAIN
from kreisportal.web.site import here

_log = structlog.get_logger()
KNOWS: dict[str, LazyText] = {
    "openid": lazy_gettext("eine Kennung, die nur dort für Sie steht"),
    "profile": lazy_gettext("Name, Geburtsdatum und Sprache"),
    "email": lazy_gettext("die E-Mail-Adresse Ihres Kontos"),
    "address": lazy_gettext("Ihre Anschrift"),
    "phone": lazy_gettext("Ihre Telefonnummer"),
}
"""Scope → what a client gets to know, in words."""


def issuer() -> str:
    """The address of the account host, from the database and never from the request, as all clients know it."""
    found = region_address(program().settings, here().snapshot.registry.region_hosts, "account")
    if found is None:
        raise BadRequestError("there are no accounts")
    return found


def authorize(lang: str) -> Response:
    """Answer an authorization request: sign in first, then consent, then back with a code."""
    try:
        return _next_step(_asked(), lang)
    except RefusedError as refused:
        return _refused(refused)
    except BadRequestError as error:
        _log.info("request of a client from outside leads nowhere", reason=error.reason)
        raise


def consent_page() -> str:
    """Which client asks, and what it gets to know."""
    asked = _asked()
    # The answer to the form is a redirection to the client, which the policy of this page must allow.
    g.form_targets = [origin_of(asked.redirect_uri)]
    return render_template("sso/consent_outside.html", asked=asked, knows=_in_words(asked.scopes))


def consent_send(lang: str) -> Response:
    """The person says yes or no; either way it leads back to the client."""
    try:
        asked = _asked()
        if request.form.get("antwort") != "ja":
            raise asked.refused("access_denied")
        return _next_step(asked, lang, says_yes=True)
    except RefusedError as refused:
        return _refused(refused)


def consent_rows(consents: Iterable[AccountConsent]) -> list[dict[str, Any]]:
    """The clients from outside where the account is used, with what they know, for the page of settings."""
    given = {consent.client_id: consent for consent in consents}
    if not given:
        return []
    with program().database.transaction(Context(ActorKind.CLIENT)) as session:
        clients = [client for client in all_outside_clients(session) if client.id in given]
    return [
        {
            "id": client.id,
            "name": client.name,
            "given_at": given[client.id].given_at,
            "knows": _in_words(given[client.id].scopes),
        }
        for client in clients
    ]


def lead_back(address: str) -> Response:
    """Lead back to a client. What was to be said on the next page is dropped: days later it would be out of place."""
    get_flashed_messages()
    return redirect(address, 303)


def _refused(refused: RefusedError) -> Response:
    _log.info("client from outside gets nothing", client=request.args.get("client_id"), error=refused.error)
    return redirect(refused.address, 303)


def _asked() -> OutsideRequest:
    """The request in the query. Raises BadRequestError or RefusedError."""
    pairs = list(request.args.items(multi=True))
    settings = program().settings
    try:
        context = speaking_for(request.args.get("client_id", ""))
    except NotFoundError:
        raise BadRequestError("unknown client") from None
    with program().database.transaction(context) as session:
        provider = Provider(session, issuer(), settings.secret_key)
        signed_in = current_session().account_id is not None
        return read_outside_request(provider, pairs, settings.secret_key, signed_in=signed_in)


def _next_step(asked: OutsideRequest, lang: str, *, says_yes: bool = False) -> Response:
    own = _who_is_meant(asked)
    if own is None and "none" in asked.prompts:
        raise asked.refused("login_required")
    level = asked.wishes_for(current_session().trust or "basic", reachable_levels())
    # Who may have to be another than who is signed in signs in first, or the wrong account's level would be raised.
    if level is not None and (own is not None or not _may_be_another(asked)):
        return _to_page_of_levels(asked, own, level, lang)
    if own is None:
        back = _back(asked.query_after_sign_in(program().settings.secret_key))
        again: dict[str, Any] = {AGAIN: "ja"}
        return redirect(url_for("account.sign_in_page", lang=lang, next=back, **again), 303)
    code = _code(asked, own, says_yes=says_yes)
    if code is not None:
        return lead_back(asked.answer(code=code))
    if "none" in asked.prompts:
        raise asked.refused("consent_required")
    return redirect(f"{url_for('account_towns.consent', lang=lang)}?{asked.query()}", 303)


def _to_page_of_levels(asked: OutsideRequest, own: uuid.UUID | None, level: Level, lang: str) -> Response:
    """Lead to where one shows more surely who one is, and from there on with the request, be it shown or not."""
    secret_key = program().settings.secret_key
    back = _back(asked.query_after_level() if own is not None else asked.query_after_sign_in(secret_key))
    page = url_for("account_identities.needed", lang=lang, niveau=level, next=back, ohne="acr_values")
    return redirect(page, 303)


def _back(query: str) -> str:
    return f"{url_for('provider.authorize')}?{query}"


def _may_be_another(asked: OutsideRequest) -> bool:
    """Whether somebody is signed in, and the client expects somebody or lets the person choose as whom to sign in."""
    chooses = asked.subject is not None or "select_account" in asked.prompts
    return chooses and current_session().account_id is not None


def _who_is_meant(asked: OutsideRequest) -> uuid.UUID | None:
    """The account that is signed in, unless that was too long ago or the client expects somebody else."""
    found = current_session()
    if (
        found.account_id is None
        or found.authenticated_at is None
        or not asked.is_fresh(found.authenticated_at)
    ):
        return None
    if asked.subject is not None:
        with program().database.transaction(service.acting_for(found.account_id)) as session:
            if subject_at_client(session, asked.client.id) != asked.subject:
                return None
    return found.account_id


def _code(asked: OutsideRequest, own: uuid.UUID, *, says_yes: bool) -> str | None:
    """A code, if the person lets the client know what it asks for."""
    wish = Wish(
        asked.client.id, session_digest(), asked.redirect_uri, asked.challenge, asked.nonce, asked.scopes
    )
    with program().database.transaction(service.acting_for(own)) as session:
        if says_yes:
            service.give_consent(session, own, asked.client.id, asked.scopes)
        elif "consent" in asked.prompts or not has_consented(session, own, asked.client.id, asked.scopes):
            return None
        return issue_client_code(session, wish)


def _in_words(scopes: Iterable[str]) -> list[str]:
    return [str(words) for scope, words in KNOWS.items() if scope in scopes]
