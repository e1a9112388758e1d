"""A client asks to sign somebody out (OpenID Connect RP-Initiated Logout 1.0): the person is asked first."""

from __future__ import annotations

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask import session as browser
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from kreisportal.i18n import gettext, language_by_path, speaking
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.sso.account_outside import issuer
from kreisportal.sso.end_session import EndSession, read_end_session
from kreisportal.sso.errors import BadRequestError
from kreisportal.sso.provider import Provider
from kreisportal.sso.redirects import origin_of
from kreisportal.web.languages import preferred_language
from kreisportal.web.program import program
from kreisportal.web.sessions import close_account_session, current_session

provider = Blueprint("openid_logout", __name__, subdomain="account")
blueprint = Blueprint("account_logout", __name__, subdomain="account", url_prefix="/<language:lang>")
_NAMES = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


def install(app: Flask, csrf: CSRFProtect) -> None:
    """Register the pages. The question may come as a form from elsewhere: it changes nothing."""
    app.register_blueprint(provider)
    app.register_blueprint(blueprint)
    csrf.exempt(ask_send)


@provider.get("/oidc/logout")
def ask() -> str | Response:
    """Ask whether to sign out; who is not signed in is led back at once, or told so."""
    return _question()


@provider.post("/oidc/logout")
def ask_send() -> str | Response:
    """The same, where the client sends a form."""
    return _question()


@blueprint.post("/abmeldung")
def confirm() -> Response:
    """The person says yes or no."""
    wanted = _wanted()
    if request.form.get("antwort") != "ja":
        return redirect(url_for("account_matters.home"), 303)
    if current_session().account_id is not None:
        close_account_session()
        browser.clear()
    if wanted.redirect_uri is not None:
        return redirect(wanted.redirect_uri, 303)
    flash(gettext("Sie sind abgemeldet, hier und überall, wo Sie dieses Konto nutzen."))
    return redirect(url_for("account.sign_in_page"), 303)


def _question() -> str | Response:
    wanted, is_in = _wanted(), current_session().account_id is not None
    if wanted.redirect_uri is not None and not is_in:
        return redirect(wanted.redirect_uri, 303)
    asked = request.values.get("ui_locales", "").replace("-", " ").split()
    language = next((each for each in asked if each in ("de", "en")), preferred_language().path)
    found = language_by_path(language if language in ("de", "en") else "de")
    assert found is not None  # noqa: S101 - both languages are there; this tells mypy.
    if wanted.redirect_uri is not None:
        g.form_targets = [origin_of(wanted.redirect_uri)]
    hidden = {name: request.values[name] for name in _NAMES if name in request.values}
    with speaking(found):
        if not is_in:
            return render_template("sso/signed_out_outside.html", lang=found.path)
        return render_template("sso/sign_out_outside.html", wanted=wanted, hidden=hidden, lang=found.path)


def _wanted() -> EndSession:
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    with program().database.transaction(Context(ActorKind.CLIENT)) as session:
        try:
            return read_end_session(Provider(session, issuer(), program().settings.secret_key), pairs)
        except OAuth2Error as error:
            raise BadRequestError(f"end of session: {error.error}") from None
