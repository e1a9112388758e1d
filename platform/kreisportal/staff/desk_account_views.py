"""One's own access to the desk: another password, new recovery codes, another app."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask import session as browser
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.credentials.schemas import ChangePasswordSchema, PasswordSchema, checked
from kreisportal.i18n import gettext
from kreisportal.staff import service, sign_in
from kreisportal.staff.desk_forms import (
    locksmith,
    own_names,
    show,
    show_codes,
    way,
)
from kreisportal.staff.queries import acting_member
from kreisportal.web.credential_forms import REFUSALS, Shown, source
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session, open_session, staff_context

blueprint = Blueprint("staff_account", __name__, subdomain="desk", url_prefix="/<language:lang>/zugang")


@blueprint.get("/")
def account() -> Shown:
    """Who one is here and what one can change."""
    context = staff_context()
    with program().database.transaction(context) as session:
        member = acting_member(session, context)
    if member is None:
        raise Unauthorized
    return show("staff/account.html", member=member)


@blueprint.get("/passwort")
def password_page() -> Shown:
    """Ask for the old password and a new one."""
    return show("staff/password.html", email=_email())


@blueprint.post("/passwort")
def password_send() -> Shown | Response:
    """Change the password; every other session ends."""
    context = staff_context()
    try:
        typed = checked(ChangePasswordSchema(), request.form)
        sign_in.prove_password(program().database, locksmith(), context, typed["old_password"], source())
        with program().database.transaction(context) as session:
            service.change_password(session, context, locksmith(), typed["new_password"], own_names())
    except REFUSALS as error:
        return show("staff/password.html", error, ("old_password", _wrong_password()), email=_email())
    _begin_again()
    flash(gettext("Ihr Passwort ist geändert. Auf anderen Geräten sind Sie jetzt abgemeldet."))
    return redirect(way("staff_account.account"), 303)


@blueprint.get("/ersatzcodes")
def codes_page() -> Shown:
    """Ask for the password before there are new recovery codes."""
    return show("staff/renew_codes.html")


@blueprint.post("/ersatzcodes")
def codes_send() -> Shown:
    """Make new recovery codes and show them."""
    context = staff_context()
    try:
        _prove()
    except REFUSALS as error:
        return show("staff/renew_codes.html", error, ("password", _wrong_password()))
    with program().database.transaction(context) as session:
        codes = service.renew_recovery_codes(session, context)
    return show_codes(codes)


@blueprint.get("/app")
def app_page() -> Shown:
    """Ask for the password before another app is set up."""
    return show("staff/renew_app.html")


@blueprint.post("/app")
def app_send() -> Shown | Response:
    """Begin to set up another app."""
    context = staff_context()
    try:
        _prove()
    except REFUSALS as error:
        return show("staff/renew_app.html", error, ("password", _wrong_password()))
    with program().database.transaction(context) as session:
        service.begin_enrolment(session, context, locksmith())
    return redirect(way("staff.enrol_page"), 303)


def _email() -> str:
    """The person's address, by which a password manager knows what to fill in."""
    member = current_session().staff
    return member.email if member else ""


def _prove() -> None:
    """Hold the password of the form against the person's. Raises one of ``REFUSALS``."""
    typed = checked(PasswordSchema(), request.form)["password"]
    sign_in.prove_password(program().database, locksmith(), staff_context(), typed, source())


def _wrong_password() -> str:
    return gettext("Das Passwort stimmt nicht.")


def _begin_again() -> None:
    """All sessions have ended; this browser gets a new one."""
    staff_id = current_session().staff_id
    browser.clear()
    open_session(staff_id=staff_id, verified=True)
