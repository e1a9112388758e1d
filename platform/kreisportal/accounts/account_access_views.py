"""By what one signs in, and changing it: an app for codes, recovery codes. What matters asks who one is once more."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, request, url_for
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.accounts import second_step, service
from kreisportal.accounts.account_confirmation_views import confirmation_row
from kreisportal.accounts.account_forms import (
    account_id,
    attempting,
    keys,
    own_email,
    prove_password,
    show,
)
from kreisportal.accounts.confirmations import confirmations_of
from kreisportal.accounts.identities import identities_of
from kreisportal.accounts.models import AccountIdentity
from kreisportal.accounts.passkeys import passkeys_of
from kreisportal.accounts.queries import own_account
from kreisportal.credentials.schemas import CodeSchema, PasswordAndCodeSchema, checked
from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.web.account_notices import tell_of_new_way_in, telling
from kreisportal.web.credential_forms import REFUSALS, Shown, codes_file, secret_seen
from kreisportal.web.formats import date_text
from kreisportal.web.fresh import ask_again
from kreisportal.web.outside_ways import level_words, outside_ways, way_name
from kreisportal.web.program import program
from kreisportal.web.sessions import renew_account_session, session_digest

blueprint = Blueprint("account_access", __name__, subdomain="account", url_prefix="/<language:lang>/zugang")

_ASKED_AGAIN = {"app_begin", "app_page", "app_send", "codes_page", "codes_send"}


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.before_request
def _prove_first() -> Response | None:
    """Who has not shown for a while who they are does so before they change by what they show it."""
    name = (request.endpoint or "").rpartition(".")[2]
    if name not in _ASKED_AGAIN:
        return None
    return ask_again(url_for("account_access.overview"))


@blueprint.get("/")
def overview() -> Shown:
    """All ways in."""
    own = account_id()
    with program().database.transaction(service.acting_for(own)) as session:
        account = own_account(session, own)
        factor = second_step.factor_of(session, own)
        known = passkeys_of(session, own)
        joined = [_identity_row(identity) for identity in identities_of(session, own)]
        seen = [confirmation_row(found) for found in confirmations_of(session, own)]
    if account is None:
        raise Unauthorized
    factor = factor if factor and factor.is_on else None
    values: dict[str, Any] = {"passkeys": known, "identities": joined, "ways": outside_ways(), "seen": seen}
    return show("accounts/access.html", account=account, factor=factor, **values)


def _identity_row(identity: AccountIdentity) -> dict[str, Any]:
    return {
        "id": identity.id,
        "name": way_name(identity.provider),
        "level": level_words(identity.level),
        "since": identity.created_at,
        "told_at": identity.told_at,
    }


@blueprint.post("/app/beginn")
def app_begin() -> Response:
    """Make a new secret, which counts once an app has shown a code of it."""
    own = account_id()
    with program().database.transaction(service.acting_for(own)) as session:
        second_step.begin_set_up(session, keys(), own)
    return redirect(url_for("account_access.app_page"), 303)


@blueprint.get("/app")
def app_page() -> Shown | Response:
    """Show the new secret, as QR code and as letters."""
    return _app()


@blueprint.post("/app")
def app_send() -> Shown | Response:
    """Let the app count once it has shown a code, and show the recovery codes. Other devices are signed out."""
    own = account_id()
    try:
        typed = checked(CodeSchema(), request.form)["code"]
        with program().database.transaction(telling(own)) as session:
            codes = second_step.finish_set_up(session, keys(), own, typed, clock.now())
            tell_of_new_way_in(session, own, "app")
            service.end_other_sessions(session, own, session_digest())
    except InvalidInputError as error:
        return _app(error)
    renew_account_session("password+code")
    return _show_codes(codes)


@blueprint.get("/ersatzcodes")
def codes_page() -> Shown:
    """Say that the present codes end, before there are new ones."""
    return show("accounts/renew_codes.html")


@blueprint.post("/ersatzcodes")
def codes_send() -> Shown:
    """Make new recovery codes and show them."""
    own = account_id()
    with program().database.transaction(service.acting_for(own)) as session:
        codes = second_step.renew_codes(session, own)
    return _show_codes(codes)


@blueprint.get("/app/aus")
def off_page() -> Shown:
    """Ask for password and code before no code is asked for any more."""
    return show("accounts/app_off.html", email=own_email())


@blueprint.post("/app/aus")
def off_send() -> Shown | Response:
    """Switch the second factor off, with password and code."""
    own = account_id()
    field, sentence = "password", gettext("Das Passwort stimmt nicht.")
    try:
        typed = checked(PasswordAndCodeSchema(), request.form)
        prove_password(typed["password"])
        field, sentence = "code", gettext("Dieser Code stimmt nicht, oder er wurde schon benutzt.")
        second_step.check_either(program().database, keys(), attempting(own), typed["code"], clock.now())
    except REFUSALS as error:
        return show("accounts/app_off.html", error, (field, sentence), email=own_email())
    with program().database.transaction(service.acting_for(own)) as session:
        second_step.switch_off(session, own)
        service.end_other_sessions(session, own, session_digest())
    renew_account_session("password")
    flash(gettext("Bei der Anmeldung fragen wir nicht mehr nach einem Code."))
    return redirect(url_for("account_access.overview"), 303)


def _app(error: InvalidInputError | None = None) -> Shown | Response:
    own = account_id()
    with program().database.transaction(service.acting_for(own)) as session:
        secret = second_step.secret_being_set_up(session, keys(), own)
    if secret is None:
        return redirect(url_for("account_access.overview"), 303)
    seen = secret_seen(secret, own_email(), gettext("Bürgerkonto"))
    return show("accounts/set_up_app.html", error, seen=seen)


def _show_codes(codes: list[str]) -> Shown:
    head = gettext("Ersatzcodes für das Bürgerkonto, %(date)s", date=date_text(clock.today()))
    return show(
        "credentials/codes.html",
        codes=codes,
        file=codes_file(head, codes),
        onward=url_for("account_access.overview"),
    )
