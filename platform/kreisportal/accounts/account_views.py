"""The account's own pages: begin one, sign in and out, another password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask import session as browser
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.accounts import links, service, sign_in
from kreisportal.accounts.account_forms import (
    NAMES,
    account_id,
    after_password,
    device,
    has_password,
    install_credentials,
    keys,
    own_email,
    passwords,
    prove_password,
    show,
    show_sign_in,
)
from kreisportal.accounts.errors import LinkGoneError
from kreisportal.accounts.queries import own_account
from kreisportal.credentials.passwords import Passwords
from kreisportal.credentials.schemas import (
    ChangePasswordSchema,
    NewPasswordSchema,
    SignInSchema,
    checked,
)
from kreisportal.i18n import current_language, gettext
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.notifications.addresses import check_address
from kreisportal.web.credential_forms import REFUSALS, Shown, next_page, source
from kreisportal.web.other_sites import operator
from kreisportal.web.outside_ways import waiting_here, waiting_next, way_name
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.sessions import close_account_session, current_session, open_account_session
from kreisportal.web.sign_in import AGAIN, register_sign_in
from kreisportal.web.way_back import allow_way_back

blueprint = Blueprint("account", __name__, subdomain="account", url_prefix="/<language:lang>")

_HOME = "account_matters.home"


def install(app: Flask, hasher: Passwords) -> None:
    """Register the pages."""
    install_credentials(app, hasher)
    app.register_blueprint(blueprint)
    register_sign_in(app, "account", "account.sign_in_page")


@blueprint.get("/anmelden")
def sign_in_page() -> Shown | Response:
    """Ask for address and password; once more where a client wants to be sure who is there."""
    if current_session().account_id is not None and AGAIN not in request.args:
        return redirect(next_page() or url_for(_HOME), 303)
    return show_sign_in()


@blueprint.post("/anmelden")
def sign_in_send() -> Shown | Response:
    """Try them."""
    try:
        typed = checked(SignInSchema(), request.form)
        found = sign_in.check_password(
            program().database, passwords(), keys(), typed["email"], typed["password"], source(), device()
        )
    except REFUSALS as error:
        sentence = gettext("E-Mail-Adresse und Passwort passen nicht zusammen. Prüfen Sie beide.")
        return show_sign_in(error, ("password", sentence))
    return after_password(found, next_page())


@blueprint.get("/registrieren")
def sign_up_page() -> Shown:
    """Ask for the address that the account begins with."""
    return show("accounts/ask_link.html", purpose="sign-up")


@blueprint.post("/registrieren")
def sign_up_send() -> Shown:
    """Mail a link to the address; the answer tells nobody whether there is an account."""
    return _send_link(links.Purpose.SIGN_UP)


@blueprint.get("/passwort-vergessen")
def forgotten_page() -> Shown:
    """Ask for the address of the account."""
    return show("accounts/ask_link.html", purpose="password")


@blueprint.post("/passwort-vergessen")
def forgotten_send() -> Shown:
    """Mail a link to set a new password."""
    return _send_link(links.Purpose.PASSWORD)


def _send_link(purpose: links.Purpose) -> Shown:
    responsible = operator()
    if responsible is None:
        raise NotFoundError
    typed = request.form.get("email", "")
    try:
        check_address(typed)
    except InvalidInputError:
        sentence = gettext("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@beispiel.de.")
        wrong = InvalidInputError({"email": [sentence]})
        return show("accounts/ask_link.html", wrong, purpose=purpose.value)
    check_rate("account-link", limit=30, seconds=3600)
    asked = links.Request(responsible.id, typed, current_language().path, next_page())
    with program().database.transaction(Context(ActorKind.ACCOUNT, responsible.id)) as session:
        links.send_link(session, asked, purpose, program().settings.secret_key)
    return show("accounts/link_sent.html", hours=links.LINK_HOURS)


@blueprint.get("/link/<token>")
def link_page(token: str) -> Shown:
    """Where a mailed link leads to: choose a password."""
    return _link_page(token)


def _link_page(token: str, error: InvalidInputError | None = None) -> Shown:
    try:
        with program().database.transaction(Context(ActorKind.ACCOUNT)) as session:
            link = links.read_link(session, token)
    except LinkGoneError as gone:
        return show("accounts/link_gone.html")[0], gone.status
    allow_way_back(link.next)
    waiting = waiting_here() if link.purpose is links.Purpose.SIGN_UP else None
    if waiting is not None:
        allow_way_back(waiting_next())
    values: dict[str, Any] = {"token": token, "email": link.email, "purpose": link.purpose.value}
    return show(
        "accounts/choose_password.html",
        error,
        waiting=way_name(waiting.provider) if waiting else None,
        **values,
    )


@blueprint.post("/link/<token>")
def link_send(token: str) -> Shown | Response:
    """Take the password: the account is there now, or has another password, and is signed in."""
    try:
        typed = checked(NewPasswordSchema(), request.form)["new_password"]
        language = current_language().path
        found, link = service.settle_link(program().database, passwords(), token, typed, language, NAMES)
    except LinkGoneError as gone:
        return show("accounts/link_gone.html")[0], gone.status
    except InvalidInputError as error:
        return _link_page(token, error)
    response = after_password(found, link.next)
    flash(
        gettext("Ihr Konto ist angelegt.")
        if link.purpose is links.Purpose.SIGN_UP
        else gettext("Ihr neues Passwort gilt. Auf anderen Geräten sind Sie jetzt abgemeldet.")
    )
    return response


@blueprint.post("/abmelden")
def sign_out() -> Response:
    """Sign out, here and at every town."""
    close_account_session()
    browser.clear()
    flash(gettext("Sie sind abgemeldet, hier und bei allen Städten und Gemeinden."))
    return redirect(url_for("account.sign_in_page"), 303)


@blueprint.get("/passwort")
def password_page() -> Shown | Response:
    """Ask for the old password and a new one; who has none chooses one by a mailed link."""
    if not has_password():
        return redirect(url_for("account.forgotten_page"), 303)
    return show("accounts/password.html", email=own_email())


@blueprint.post("/passwort")
def password_send() -> Shown | Response:
    """Change the password; every other session ends."""
    own = account_id()
    try:
        typed = checked(ChangePasswordSchema(), request.form)
        prove_password(typed["old_password"])
        with program().database.transaction(service.acting_for(own)) as session:
            account = own_account(session, own, to_change=True)
            if account is None:
                raise Unauthorized
            service.change_password(session, account, passwords(), typed["new_password"], NAMES)
    except REFUSALS as error:
        return show("accounts/password.html", error, ("old_password", _wrong()), email=own_email())
    browser.clear()
    open_account_session(own, means="password")
    flash(gettext("Ihr Passwort ist geändert. Auf anderen Geräten sind Sie jetzt abgemeldet."))
    return redirect(url_for("account_towns.settings"), 303)


def _wrong() -> str:
    return gettext("Das Passwort stimmt nicht.")
