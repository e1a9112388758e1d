"""Signing in with an account elsewhere by OpenID Connect, e.g. the Land's: there and back, bound to this browser."""

from __future__ import annotations

import hmac
from functools import partial
from typing import TypedDict, cast

import structlog
from flask import Blueprint, Flask, current_app, redirect, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from kreisportal.bundid import arrival
from kreisportal.bundid.errors import NotProvenError, ProviderAwayError
from kreisportal.bundid.openid import OpenIdProvider
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import new_token
from kreisportal.kernel.levels import LEVELS, Level
from kreisportal.notifications.addresses import region_address
from kreisportal.settings import Settings
from kreisportal.sso.pkce import challenge_of, new_verifier
from kreisportal.web.other_sites import account_host
from kreisportal.web.outside_ways import register_way
from kreisportal.web.own_paths import safe_next
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.sessions import current_session

blueprint = Blueprint("account_openid", __name__, subdomain="account")
_PROVIDERS = "kreisportal.openid_providers"
_STARTED = "openid"
_log = structlog.get_logger()


class _Started(TypedDict):
    """What this browser remembers of a sign-in at a provider that it has begun, in its signed cookie."""

    key: str
    state: str
    nonce: str
    verifier: str
    anew: bool


def install(app: Flask, settings: Settings) -> None:
    """Register the pages and the ways in of the providers that are set up."""
    app.register_blueprint(blueprint)
    app.extensions[_PROVIDERS] = {each.key: OpenIdProvider(each) for each in settings.openid_providers}
    for each in settings.openid_providers:
        register_way(app, each.key, each.name, partial(_way, each.key), highest=each.highest)


def _way(key: str, wanted: str | None, level: Level) -> str:
    needed = None if level == LEVELS[0] else level
    return url_for("account_openid.start", provider=key, next=wanted, niveau=needed)


@blueprint.get("/<language:lang>/anmelden/mit/<provider>")
def start(provider: str) -> Response:
    """Lead to the provider. Nothing is written down but in this browser."""
    found = _found(provider)
    check_rate("outside-sign-in", limit=300, seconds=3600)
    arrival.set_out(safe_next(request.args.get("next")))
    # Who is signed in already shows it anew, whoever sits at the screen now.
    anew = current_session().account_id is not None
    started = _Started(key=provider, state=new_token(), nonce=new_token(), verifier=new_verifier(), anew=anew)
    try:
        address = found.leads_to(
            _redirect_uri(provider),
            started["state"],
            started["nonce"],
            challenge_of(started["verifier"]),
            _level(),
            anew=anew,
        )
    except ProviderAwayError as error:
        _log.warning("a provider is away", provider=provider, reason=error.reason)
        return arrival.refused("away")
    browser[_STARTED] = dict(started)
    return redirect(address, 303)


@blueprint.get("/anmelden/zurueck/<provider>")
def callback(provider: str) -> Response:
    """Back from the provider: redeem the code and go on with who it says was there."""
    found = _found(provider)
    started = cast("_Started | None", browser.pop(_STARTED, None))
    if started is None or not hmac.compare_digest(request.args.get("state", ""), started["state"]):
        return _refused(provider, "state")
    if started["key"] != provider:
        return _refused(provider, "another provider's answer")
    try:
        issuer = request.args.get("iss")
        if (issuer is not None or found.metadata().names_itself) and issuer != found.settings.issuer:
            return _refused(provider, "iss")
        if "error" in request.args:
            declined = request.args["error"] in ("access_denied", "login_required", "interaction_required")
            return arrival.refused("declined") if declined else _refused(provider, "error")
        tokens = found.redeem(request.args.get("code", ""), started["verifier"], _redirect_uri(provider))
        identity = found.identity(tokens, started["nonce"], anew=started["anew"])
    except NotProvenError as error:
        return _refused(provider, error.reason)
    except ProviderAwayError as error:
        _log.warning("a provider is away", provider=provider, reason=error.reason)
        return arrival.refused("away")
    return arrival.arrived(identity)


def _found(key: str) -> OpenIdProvider:
    providers: dict[str, OpenIdProvider] = current_app.extensions[_PROVIDERS]
    if key not in providers:
        raise NotFoundError
    return providers[key]


def _redirect_uri(key: str) -> str:
    """Where the provider leads back to, by the database and never by what a request says of its host."""
    host = account_host()
    origin = region_address(program().settings, [(host, "account", True)], "account") if host else None
    if origin is None:
        raise NotFoundError
    return origin + url_for("account_openid.callback", provider=key)


def _level() -> Level:
    asked = request.args.get("niveau")
    return next((level for level in LEVELS if level == asked), LEVELS[0])


def _refused(provider: str, reason: str) -> Response:
    """The reason is for the log: what a stranger's answer lacks is told to nobody."""
    _log.info("a provider's answer is refused", provider=provider, reason=reason)
    return arrival.refused("failed")
