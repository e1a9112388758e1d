"""Showing who one is in more than one step: the code after the password, and once more before something that matters."""

from __future__ import annotations

import uuid

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from kreisportal.accounts.account_forms import (
    account_id,
    attempting,
    keys,
    prove_password,
    show,
    show_prove,
    signed_in,
)
from kreisportal.accounts.second_step import (
    asks_for_code,
    check_code,
    check_either,
    check_recovery_code,
)
from kreisportal.accounts.service import acting_for
from kreisportal.accounts.steps import StepKind, account_of_step, use_step
from kreisportal.credentials.schemas import CodeSchema, PasswordAndCodeSchema, PasswordSchema, checked
from kreisportal.i18n import gettext, ngettext
from kreisportal.kernel import clock
from kreisportal.web.credential_forms import REFUSALS, Shown, next_page
from kreisportal.web.outside_ways import SECOND_STEP, SECOND_STEP_AFTER
from kreisportal.web.program import program
from kreisportal.web.sessions import renew_account_session

blueprint = Blueprint("account_steps", __name__, subdomain="account", url_prefix="/<language:lang>")


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/anmelden/code")
def code_page() -> Shown | Response:
    """Ask for a code of the app."""
    return show("credentials/code.html") if _half() else _from_the_start()


@blueprint.post("/anmelden/code")
def code_send() -> Shown | Response:
    """Try the code."""
    own = _half()
    if own is None:
        return _from_the_start()
    try:
        typed = checked(CodeSchema(), request.form)["code"]
        check_code(program().database, keys(), attempting(own), typed, clock.now())
    except REFUSALS as error:
        return show("credentials/code.html", error, ("code", _wrong_code()))
    return _finish(own, "code") or _from_the_start()


@blueprint.get("/anmelden/ersatzcode")
def recovery_page() -> Shown | Response:
    """Ask for a recovery code, for who does not have the app at hand."""
    return show("credentials/recovery.html") if _half() else _from_the_start()


@blueprint.post("/anmelden/ersatzcode")
def recovery_send() -> Shown | Response:
    """Try the recovery code and say how many are left."""
    own = _half()
    if own is None:
        return _from_the_start()
    try:
        typed = checked(CodeSchema(), request.form)["code"]
        left = check_recovery_code(program().database, keys(), attempting(own), typed)
    except REFUSALS as error:
        sentence = gettext("Diesen Ersatzcode gibt es nicht, oder er wurde schon benutzt.")
        return show("credentials/recovery.html", error, ("code", sentence))
    response = _finish(own, "recovery")
    if response is None:
        return _from_the_start()
    flash(
        ngettext(
            "Sie sind angemeldet. Sie haben noch %(num)s Ersatzcode.",
            "Sie sind angemeldet. Sie haben noch %(num)s Ersatzcodes.",
            left,
        )
    )
    return response


@blueprint.get("/bestaetigen")
def prove_page() -> Shown:
    """Ask who is signed in to show it once more, before something that matters."""
    return show_prove()


@blueprint.post("/bestaetigen")
def prove_send() -> Shown | Response:
    """Try password and, where there is a second factor, code; the session goes on by another id."""
    own, means = account_id(), "password"
    field, sentence = "password", gettext("Das Passwort stimmt nicht.")
    try:
        schema = PasswordAndCodeSchema() if _asks(own) else PasswordSchema()
        typed = checked(schema, request.form)
        prove_password(typed["password"])
        if "code" in typed:
            field, sentence = "code", _wrong_code()
            means = check_either(program().database, keys(), attempting(own), typed["code"], clock.now())
    except REFUSALS as error:
        return show_prove(error, (field, sentence))
    renew_account_session(means)
    return redirect(next_page() or url_for("account_access.overview"), 303)


def _asks(own: uuid.UUID) -> bool:
    with program().database.transaction(acting_for(own)) as session:
        return asks_for_code(session, own)


def _half() -> uuid.UUID | None:
    """Who has shown a password in this browser and must show a code now."""
    return account_of_step(program().database, StepKind.SECOND_FACTOR, browser.get(SECOND_STEP))


def _finish(own: uuid.UUID, second: str) -> Response | None:
    """Use the step up and sign in; None if it was used meanwhile, e.g. in another tab."""
    first = browser.get(SECOND_STEP_AFTER, "password")
    used = use_step(program().database, StepKind.SECOND_FACTOR, browser.get(SECOND_STEP))
    if used is None or used.account_id != own:
        return None
    return signed_in(own, f"{first}+{second}", next_page())


def _from_the_start() -> Response:
    return redirect(url_for("account.sign_in_page", next=next_page()), 303)


def _wrong_code() -> str:
    return gettext(
        "Dieser Code stimmt nicht. Nehmen Sie den, den die App jetzt zeigt. Jeder Code gilt nur einmal."
    )
