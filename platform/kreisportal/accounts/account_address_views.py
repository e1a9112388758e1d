"""Another address for the account: asked for, confirmed at the new one, undone from the old one."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, request, url_for
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.accounts import address
from kreisportal.accounts.account_forms import account_id, own_email, remember_device, show
from kreisportal.accounts.address import AddressPurpose
from kreisportal.accounts.errors import LinkGoneError
from kreisportal.accounts.queries import normalised, own_account
from kreisportal.i18n import current_language, gettext
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.notifications.addresses import check_address
from kreisportal.web.credential_forms import Shown
from kreisportal.web.fresh import ask_again
from kreisportal.web.other_sites import operator
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.sessions import current_session, session_digest

blueprint = Blueprint("account_address", __name__, subdomain="account", url_prefix="/<language:lang>")
_ASKED_AGAIN = {"change_page", "change_send"}


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.before_request
def _prove_first() -> Response | None:
    name = (request.endpoint or "").rpartition(".")[2]
    return ask_again(url_for("account_access.overview")) if name in _ASKED_AGAIN else None


@blueprint.get("/zugang/adresse")
def change_page() -> Shown:
    """Ask for the new address."""
    return show("accounts/address.html", present=own_email())


@blueprint.post("/zugang/adresse")
def change_send() -> Shown:
    """Mail a link to the new address; the answer tells nobody whether an account has it."""
    own, typed, present = account_id(), request.form.get("email", ""), own_email()
    try:
        if normalised(_checked(typed)) == present:
            raise InvalidInputError({"email": [gettext("Das ist schon Ihre Adresse.")]})
    except InvalidInputError as error:
        return show("accounts/address.html", error, present=present)
    check_rate("account-address", limit=30, seconds=3600)
    responsible = _operator()
    with program().database.transaction(address.writing_as(own, responsible)) as session:
        account = own_account(session, own)
        if account is None:
            raise Unauthorized
        language = current_language().path
        address.ask_for_change(session, account, responsible, typed, language, program().settings.secret_key)
    return show("accounts/address_sent.html", hours=address.CONFIRM_HOURS)


@blueprint.get("/zugang/adresse/<token>")
def confirm_page(token: str) -> Shown:
    """Where the link to the new address leads: only who is signed in to the account goes on."""
    try:
        link = address.read_address_link(program().database, token, AddressPurpose.CONFIRM)
        if link.account_id != account_id():
            raise LinkGoneError
    except LinkGoneError as gone:
        return _gone(gone)
    return show("accounts/address_confirm.html", token=token, new=link.email, days=address.UNDO_DAYS)


@blueprint.post("/zugang/adresse/<token>")
def confirm_send(token: str) -> Shown | Response:
    """The account has the new address from now on."""
    own, responsible, secret_key = account_id(), _operator(), program().settings.secret_key
    try:
        with program().database.transaction(address.writing_as(own, responsible)) as session:
            address.confirm_change(session, own, responsible, token, session_digest(), secret_key)
    except LinkGoneError as gone:
        return _gone(gone)
    flash(gettext("Ihre neue Adresse gilt. Auf anderen Geräten sind Sie jetzt abgemeldet."))
    response = redirect(url_for("account_access.overview"), 303)
    remember_device(response, own)
    return response


@blueprint.get("/adresse-zurueck/<token>")
def undo_page(token: str) -> Shown:
    """Where the notice to the old address leads."""
    try:
        link = address.read_address_link(program().database, token, AddressPurpose.UNDO)
    except LinkGoneError as gone:
        return _gone(gone, undo=True)
    return show("accounts/address_undo.html", token=token, old=link.email)


@blueprint.post("/adresse-zurueck/<token>")
def undo_send(token: str) -> Shown | Response:
    """The account has its old address again, and nobody is signed in to it."""
    try:
        address.undo_change(program().database, token)
    except LinkGoneError as gone:
        return _gone(gone, undo=True)
    flash(gettext("Ihr Konto hat wieder die alte Adresse. Wählen Sie jetzt ein neues Passwort."))
    return redirect(url_for("account.forgotten_page"), 303)


def _gone(gone: LinkGoneError, *, undo: bool = False) -> Shown:
    """``undo``: the link that takes the account back, for which nobody need be signed in."""
    signed_in = current_session().account_id is not None
    return show("accounts/address_gone.html", undo=undo, signed_in=signed_in, days=address.UNDO_DAYS)[
        0
    ], gone.status


def _checked(typed: str) -> str:
    try:
        return check_address(typed)
    except InvalidInputError:
        sentence = gettext("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@beispiel.de.")
        raise InvalidInputError({"email": [sentence]}) from None


def _operator() -> int:
    responsible = operator()
    if responsible is None:
        raise NotFoundError
    return responsible.id
