"""Passkeys: signing in with one, showing with one who one is, adding and removing them."""

from __future__ import annotations

import uuid

import structlog
from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from kreisportal.accounts import passkeys, service
from kreisportal.accounts.account_forms import (
    account_id,
    forget_passkeys_here,
    remember_passkey_here,
    show,
    show_prove,
    show_sign_in,
    signed_in,
)
from kreisportal.accounts.errors import InvalidPasskeyError, LastWayInError
from kreisportal.accounts.passkeys import Question, RelyingParty
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.steps import StepKind, begin_step, use_step
from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.notifications.addresses import region_address
from kreisportal.web.account_notices import tell_of_new_way_in, telling
from kreisportal.web.credential_forms import Shown, next_page
from kreisportal.web.fresh import ask_again
from kreisportal.web.other_sites import account_host
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.sessions import renew_account_session

blueprint = Blueprint("account_passkeys", __name__, subdomain="account", url_prefix="/<language:lang>")
_STEP = "passkey-step"
_ASKED_AGAIN = {"ask_new", "add_page", "add_send", "remove_page", "remove_send"}
_log = structlog.get_logger()


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.before_request
def _prove_first() -> Response | None:
    name = (request.endpoint or "").rpartition(".")[2]
    return ask_again(url_for("account_access.overview")) if name in _ASKED_AGAIN else None


@blueprint.post("/passkey/frage")
def ask() -> Response:
    """A challenge to any passkey of this host, for this browser and one answer."""
    check_rate("passkey", limit=300, seconds=3600)
    return _asked(StepKind.PASSKEY, passkeys.ask_to_sign_in(_party()))


@blueprint.post("/anmelden/passkey")
def sign_in() -> Shown | Response:
    """Sign in with a passkey. It is both, so no code is asked for."""
    try:
        own = _answered()
    except InvalidPasskeyError as error:
        return show_sign_in(_refused(error))
    response = signed_in(own, "passkey", next_page())
    remember_passkey_here(response)
    return response


@blueprint.post("/bestaetigen/passkey")
def prove() -> Shown | Response:
    """Show with one's passkey that it is oneself who is signed in."""
    try:
        if _answered() != account_id():
            raise InvalidPasskeyError("the passkey is another account's")
    except InvalidPasskeyError as error:
        return show_prove(_refused(error))
    renew_account_session("passkey")
    return redirect(next_page() or url_for("account_access.overview"), 303)


@blueprint.get("/zugang/passkey")
def add_page() -> Shown:
    """Say what a passkey is, and ask what to call the new one."""
    return show("accounts/add_passkey.html", name="")


@blueprint.post("/zugang/passkey/frage")
def ask_new() -> Response:
    """A challenge for a new passkey, for this browser and one answer."""
    own = account_id()
    with program().database.transaction(service.acting_for(own)) as session:
        account, known = own_account(session, own), passkeys.passkeys_of(session, own)
    if account is None:
        raise NotFoundError
    return _asked(StepKind.NEW_PASSKEY, passkeys.ask_to_add(_party(), account, known), own)


@blueprint.post("/zugang/passkey")
def add_send() -> Shown | Response:
    """Keep the new passkey."""
    own, name = account_id(), " ".join(request.form.get("name", "").split())
    try:
        challenge = _challenge(StepKind.NEW_PASSKEY, own)
        if not 0 < len(name) <= passkeys.LONGEST_NAME or not name.isprintable():
            raise InvalidInputError(
                {"name": [gettext("Geben Sie dem Passkey einen Namen, zum Beispiel „Mein Handy“.")]}
            )
        with program().database.transaction(telling(own)) as session:
            passkeys.add_passkey(session, _party(), own, challenge, request.form.get("answer", ""), name)
            tell_of_new_way_in(session, own, "passkey")
    except InvalidInputError as error:
        return show("accounts/add_passkey.html", error, name=name)
    except InvalidPasskeyError as error:
        return show("accounts/add_passkey.html", _refused(error), name=name)
    flash(gettext("Ihr Passkey ist angelegt. Ab jetzt können Sie sich damit anmelden."))
    response = redirect(url_for("account_access.overview"), 303)
    remember_passkey_here(response)
    return response


@blueprint.get("/zugang/passkey/<uuid:passkey_id>")
def remove_page(passkey_id: uuid.UUID) -> Shown:
    """Ask before a passkey is removed."""
    own = account_id()
    with program().database.transaction(service.acting_for(own)) as session:
        passkey = passkeys.own_passkey(session, own, passkey_id)
        account = own_account(session, own)
        last = account is None or passkeys.is_last_way_in(session, account)
    return show("accounts/remove_passkey.html", passkey=passkey, last=last)


@blueprint.post("/zugang/passkey/<uuid:passkey_id>")
def remove_send(passkey_id: uuid.UUID) -> Shown | Response:
    """Remove it, unless nobody could sign in any more then."""
    own = account_id()
    try:
        with program().database.transaction(service.acting_for(own)) as session:
            left = passkeys.remove_passkey(session, own, passkey_id)
    except LastWayInError as error:
        return remove_page(passkey_id)[0], error.status
    flash(gettext("Der Passkey gilt nicht mehr."))
    response = redirect(url_for("account_access.overview"), 303)
    if not left:
        forget_passkeys_here(response)
    return response


def _party() -> RelyingParty:
    """Whom the passkeys are for, by the database and never by what a request says of its host."""
    host = account_host()
    origin = region_address(program().settings, [(host, "account", True)], "account") if host else None
    if host is None or origin is None:
        raise NotFoundError
    return RelyingParty(host, origin, gettext("Bürgerkonto"))


def _asked(kind: StepKind, question: Question, own: uuid.UUID | None = None) -> Response:
    browser[_STEP] = begin_step(program().database, kind, own, question.challenge)
    return Response(question.options, mimetype="application/json")


def _challenge(kind: StepKind, own: uuid.UUID | None = None) -> bytes:
    """The challenge that this browser was asked, which is used up now. Raises InvalidPasskeyError."""
    step = use_step(program().database, kind, browser.pop(_STEP, None))
    if step is None or step.challenge is None or step.account_id != own:
        raise InvalidPasskeyError("this browser was asked nothing")
    return step.challenge


def _answered() -> uuid.UUID:
    """The account whose passkey has answered. Raises InvalidPasskeyError."""
    answer = request.form.get("answer", "")
    challenge = _challenge(StepKind.PASSKEY)
    return passkeys.check_passkey(program().database, _party(), challenge, answer, clock.now())


def _refused(error: InvalidPasskeyError) -> InvalidInputError:
    """What the person is told; the reason is for the log."""
    _log.info("passkey refused", reason=error.reason)
    sentence = gettext("Das hat mit dem Passkey nicht geklappt. Versuchen Sie es noch einmal.")
    return InvalidInputError({"passkey": [sentence]})
