"""What clients from outside ask the account host for themselves: what there is, keys, tokens, who somebody is.

No browser's cookie counts here, so no form's token is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import urlencode

import structlog
from flask import Blueprint, Flask, current_app, redirect, request, url_for
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import NotFoundError
from kreisportal.sso.account_outside import issuer
from kreisportal.sso.errors import BadRequestError, NoSigningKeyError
from kreisportal.sso.grants import read_client_token
from kreisportal.sso.outside import speaking_for
from kreisportal.sso.provider import Pairs, Provider, ProviderRequest
from kreisportal.sso.scopes import CLAIMS, SCOPES, claims_of
from kreisportal.sso.signing_keys import ALGORITHM, published_keys
from kreisportal.web.outside_ways import reachable_levels
from kreisportal.web.program import program

blueprint = Blueprint("openid", __name__, subdomain="account")
_KEYS_SECONDS = 300
_ABOUT_SECONDS = 3600
_BEARER = "bearer "
_log = structlog.get_logger()


def install(app: Flask, csrf: CSRFProtect) -> None:
    """Register the addresses."""
    app.register_blueprint(blueprint)
    for view in (token, user_info_send, authorize_send):
        csrf.exempt(view)


@blueprint.get("/.well-known/openid-configuration")
def configuration() -> Response:
    """What this provider can do (OpenID Connect Discovery 1.0). Asks no database."""
    try:
        base = issuer()
    except BadRequestError:
        raise NotFoundError from None
    about = {
        "issuer": base,
        "authorization_endpoint": base + url_for("provider.authorize"),
        "token_endpoint": base + url_for("openid.token"),
        "userinfo_endpoint": base + url_for("openid.user_info"),
        "jwks_uri": base + url_for("openid.keys"),
        "end_session_endpoint": base + url_for("openid_logout.ask"),
        "scopes_supported": list(SCOPES),
        "claims_supported": [
            *(claim for claims in CLAIMS.values() for claim in claims),
            *("iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"),
        ],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": list(reachable_levels()),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["de", "en"],
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
    return _json(200, about, [("Cache-Control", f"public, max-age={_ABOUT_SECONDS}")])


@blueprint.get("/oidc/keys")
def keys() -> Response:
    """The public keys."""
    with program().database.transaction(Context(ActorKind.CLIENT)) as session:
        found = published_keys(session)
    return _json(200, found, [("Cache-Control", f"public, max-age={_KEYS_SECONDS}")])


@blueprint.post("/oidc/authorize")
def authorize_send() -> Response:
    """A request as a form leads to the same in an address, with which the browser's cookies come along."""
    return redirect(f"{url_for('provider.authorize')}?{urlencode(_form())}", 303)


@blueprint.post("/oidc/token")
def token() -> Response:
    """Redeem a code."""
    settings = program().settings
    asked = ProviderRequest("POST", _form(), dict(request.headers))
    try:
        with program().database.transaction(Context(ActorKind.CLIENT)) as session:
            provider = Provider(session, issuer(), settings.secret_key)
            status, content, headers = provider.redeem(asked)
    except NoSigningKeyError as error:
        # Nothing was done: the code is still good once there is a key.
        _log.error("nothing can be signed", reason=str(error))
        return _json(error.status, {"error": "temporarily_unavailable"}, [("Cache-Control", "no-store")])
    return _json(status, content, headers)


@blueprint.get("/oidc/userinfo")
def user_info() -> Response:
    """Who somebody is, as far as the scopes of the token go (OpenID Connect Core 1.0, 5.3)."""
    shown = request.headers.get("Authorization", "")
    if not shown.lower().startswith(_BEARER):
        return _unknown("")
    with program().database.transaction(Context(ActorKind.CLIENT)) as session:
        access = read_client_token(session, shown[len(_BEARER) :].strip())
    if access is None:
        return _unknown(', error="invalid_token"')
    with program().database.transaction(speaking_for(access.client_id, access.account_id)) as session:
        claims = claims_of(session, access.account_id, access.scopes)
    if claims is None:
        return _unknown(', error="invalid_token"')
    return _json(200, {"sub": access.subject, **claims}, [("Cache-Control", "no-store")])


@blueprint.post("/oidc/userinfo")
def user_info_send() -> Response:
    """The same by POST."""
    return user_info()


def _form() -> Pairs:
    return list(request.form.items(multi=True))


def _unknown(why: str) -> Response:
    """The token opens nothing (RFC 6750, 3)."""
    return _json(
        401, {}, [("WWW-Authenticate", f'Bearer realm="{issuer()}"{why}'), ("Cache-Control", "no-store")]
    )


def _json(status: int, content: object, headers: Iterable[tuple[str, str]]) -> Response:
    response = current_app.response_class(json.dumps(content), status, mimetype="application/json")
    for name, value in headers:
        if name.lower() != "content-type":
            response.headers[name] = value
    return response
