"""Signing in at a town's portal: to the account host and back, bound to this browser."""

from __future__ import annotations

import hmac
from typing import TypedDict, cast

import structlog
from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from kreisportal.i18n import DEFAULT_LANGUAGE, current_language, language_by_path, speaking
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import new_token
from kreisportal.kernel.levels import LEVELS, Level, reaches
from kreisportal.sso.clients import CALLBACK, client_of
from kreisportal.sso.codes import redeem_code
from kreisportal.sso.errors import InvalidGrantError
from kreisportal.sso.pkce import challenge_of, new_verifier
from kreisportal.sso.requests import AuthorizationRequest
from kreisportal.web.other_sites import account_address
from kreisportal.web.own_paths import endpoint_of, page_before, safe_next
from kreisportal.web.program import program
from kreisportal.web.sessions import close_account_session, current_session, open_account_session
from kreisportal.web.sign_in import register_sign_in
from kreisportal.web.site import here

blueprint = Blueprint("sso", __name__, subdomain="portal")
Answer = tuple[str, int] | Response
_STARTED = "sign-in"
_log = structlog.get_logger()


class _Started(TypedDict):
    """What this browser remembers of a sign-in that it has begun, in its signed cookie."""

    state: str
    nonce: str
    verifier: str
    next: str | None
    lang: str


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    register_sign_in(app, "portal", "sso.start")


@blueprint.get("/<language:lang>/anmelden")
def start() -> Response:
    """Lead to the account host. Nothing is written down but in this browser."""
    # Who signs in by the menu, which names no page, goes on with the page that they were at.
    wanted = safe_next(request.args["next"]) if "next" in request.args else _page_before()
    level = _level()
    if current_session().account_id is not None and reaches(current_session().trust, level):
        return redirect(wanted or url_for("portal.home"), 303)
    address = account_address("provider.authorize")
    if address is None:
        raise NotFoundError
    lang = current_language().path
    started = _Started(state=new_token(), nonce=new_token(), verifier=new_verifier(), next=wanted, lang=lang)
    browser[_STARTED] = dict(started)
    client = client_of(program().settings, here().tenant)
    asked = AuthorizationRequest(
        client, started["state"], started["nonce"], challenge_of(started["verifier"]), level
    )
    return redirect(f"{address}?{asked.query()}&ui_locales={'en' if lang == 'en' else 'de'}", 303)


def _page_before() -> str | None:
    """The page whose menu led here; not one that only a form leads to, nor one of signing in itself."""
    path = page_before()
    endpoint = endpoint_of(path) if path else None
    return None if endpoint is None or endpoint.startswith(f"{blueprint.name}.") else path


def _level() -> Level:
    """How surely the person must be known for what they want to do."""
    asked = request.args.get("niveau")
    return next((level for level in LEVELS if level == asked), LEVELS[0])


@blueprint.get(CALLBACK)
def callback() -> Answer:
    """Back from the account host: redeem the code, in process, and begin this portal's session."""
    started = cast("_Started | None", browser.pop(_STARTED, None))
    language = language_by_path(started["lang"]) if started else None
    lang = language.path if language else "de"
    if started is None or not hmac.compare_digest(request.args.get("state", ""), started["state"]):
        _log.info("sign-in refused", reason="state")
        return _failed(lang)
    if "error" in request.args:
        return _told("sso/declined.html", lang, 200, started["next"])
    try:
        client = client_of(program().settings, here().tenant)
        with program().database.transaction(ANONYMOUS) as session:
            grant = redeem_code(session, request.args.get("code", ""), client, started["verifier"])
        if not hmac.compare_digest(grant.nonce, started["nonce"]):
            raise InvalidGrantError
    except InvalidGrantError:
        _log.info("sign-in refused", reason="code")
        return _failed(lang)
    open_account_session(grant.account_id, parent=grant.session_digest)
    return redirect(started["next"] or url_for("portal.home", lang=lang), 303)


def _failed(lang: str) -> Answer:
    """Somebody else's code, an old tab, a link that was passed on: nobody is signed in, and can try again."""
    return _told("sso/failed.html", lang, InvalidGrantError.status)


def _told(template: str, lang: str, status: int, wanted: str | None = None) -> Answer:
    """A page in the language in which the sign-in was begun: the address that codes come to has none."""
    language = language_by_path(lang) or DEFAULT_LANGUAGE
    with speaking(language):
        home = url_for("portal.home", lang=lang)
        return render_template(template, next=wanted or home, home=home), status


@blueprint.get("/<language:lang>/abgemeldet")
def signed_out() -> str:
    """What one sees after signing out."""
    return render_template("sso/signed_out.html")


@blueprint.post("/<language:lang>/abmelden")
def sign_out() -> Response:
    """Sign out, here and at every other town."""
    close_account_session()
    browser.clear()
    return redirect(url_for("sso.signed_out"), 303)
