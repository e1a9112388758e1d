"""Signing in at a town's desk, or at the region's host.

Password, second factor, invitation, setting up the second factor, signing out.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Flask, flash, redirect, request
from flask import session as browser
from werkzeug.wrappers import Response

from kreisportal.credentials.passwords import Passwords
from kreisportal.credentials.schemas import CodeSchema, NewPasswordSchema, SignInSchema, checked
from kreisportal.i18n import gettext, ngettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.staff import desk_account_views, service, sign_in
from kreisportal.staff.desk_forms import (
    REGION,
    home,
    install_locksmith,
    locksmith,
    of_region,
    own_names,
    show,
    show_codes,
    way,
    work_place,
)
from kreisportal.staff.errors import InvitationGoneError
from kreisportal.web.credential_forms import REFUSALS, Shown, next_page, secret_seen, source
from kreisportal.web.program import program
from kreisportal.web.sessions import (
    close_session,
    current_session,
    open_session,
    staff_context,
)
from kreisportal.web.sign_in import register_sign_in
from kreisportal.web.staff_members import staff_visitor

SITE = "desk"
blueprint = Blueprint("staff", __name__, subdomain=SITE, url_prefix="/<language:lang>")


def install(app: Flask, passwords: Passwords) -> None:
    """Register the pages at both."""
    install_locksmith(app, passwords)
    for pages in (blueprint, desk_account_views.blueprint):
        app.register_blueprint(pages)
        app.register_blueprint(pages, name=of_region(pages.name), subdomain=REGION)
    register_sign_in(app, SITE, "staff.sign_in_page")
    register_sign_in(app, REGION, of_region("staff.sign_in_page"))


@blueprint.get("/anmelden")
def sign_in_page() -> Shown | Response:
    """Ask for address and password; who is signed in already goes on."""
    if current_session().staff is not None:
        return redirect(next_page() or home(), 303)
    return show("staff/sign_in.html", email="")


@blueprint.post("/anmelden")
def sign_in_send() -> Shown | Response:
    """Try address and password. Right ones begin a session that is good for the second step only."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        checked(SignInSchema(), {"email": email.strip(), "password": password})
        accepted = sign_in.check_password(
            program().database, locksmith(), staff_visitor(), email, password, source()
        )
    except REFUSALS as error:
        sentence = gettext(
            "E-Mail-Adresse oder Passwort stimmen nicht. Prüfen Sie beides und versuchen Sie es noch einmal."
        )
        return show("staff/sign_in.html", error, ("email", sentence), email=email)
    browser.clear()
    open_session(staff_id=accepted.staff_id)
    step = "staff.code_page" if accepted.enrolled else "staff.enrol_page"
    return redirect(way(step, next=next_page()), 303)


@blueprint.get("/anmelden/code")
def code_page() -> Shown | Response:
    """Ask for a code of the app."""
    if current_session().verified:
        return redirect(next_page() or home(), 303)
    return show("credentials/code.html")


@blueprint.post("/anmelden/code")
def code_send() -> Shown | Response:
    """Try the code."""
    try:
        typed = checked(CodeSchema(), request.form)["code"]
        sign_in.check_code(program().database, locksmith(), staff_context(), typed, clock.now())
    except REFUSALS as error:
        sentence = gettext(
            "Dieser Code stimmt nicht. Nehmen Sie den, den die App jetzt zeigt. Jeder Code gilt nur einmal."
        )
        return show("credentials/code.html", error, ("code", sentence))
    _begin_verified()
    return redirect(next_page() or home(), 303)


@blueprint.get("/anmelden/ersatzcode")
def recovery_page() -> Shown | Response:
    """Ask for a recovery code, for who does not have the app at hand."""
    if current_session().verified:
        return redirect(next_page() or home(), 303)
    return show("credentials/recovery.html")


@blueprint.post("/anmelden/ersatzcode")
def recovery_send() -> Shown | Response:
    """Try the recovery code and say how many are left."""
    try:
        typed = checked(CodeSchema(), request.form)["code"]
        accepted = sign_in.check_recovery_code(program().database, staff_context(), typed, clock.now())
    except REFUSALS as error:
        sentence = gettext("Diesen Ersatzcode gibt es nicht, oder er wurde schon benutzt.")
        return show("credentials/recovery.html", error, ("code", sentence))
    _begin_verified()
    left = accepted.codes_left or 0
    flash(
        ngettext(
            "Sie sind angemeldet. Sie haben noch %(num)s Ersatzcode.",
            "Sie sind angemeldet. Sie haben noch %(num)s Ersatzcodes.",
            left,
        )
    )
    return redirect(way("staff_account.account"), 303)


@blueprint.get("/einladung/<token>")
def invitation_page(token: str) -> Shown:
    """Ask an invited person to choose a password."""
    try:
        with program().database.transaction(staff_visitor()) as session:
            member = service.invited_member(session, staff_visitor(), token, clock.now())
    except InvitationGoneError as gone:
        return show("staff/invitation_gone.html")[0], gone.status
    return show("staff/invitation.html", member=member, token=token)


@blueprint.post("/einladung/<token>")
def invitation_send(token: str) -> Shown | Response:
    """Take the password and go on to the second factor."""
    try:
        with program().database.transaction(staff_visitor()) as session:
            member = service.invited_member(session, staff_visitor(), token, clock.now())
        password = checked(NewPasswordSchema(), request.form)["new_password"]
        invited = replace(staff_visitor(), staff_id=member.id)
        with program().database.transaction(invited) as session:
            service.accept_invitation(
                session, invited, locksmith(), token, password, own_names(), clock.now()
            )
    except InvitationGoneError as gone:
        return show("staff/invitation_gone.html")[0], gone.status
    except InvalidInputError as error:
        return show("staff/invitation.html", error, member=member, token=token)
    browser.clear()
    open_session(staff_id=member.id)
    return redirect(way("staff.enrol_page"), 303)


@blueprint.get("/anmelden/einrichten")
def enrol_page() -> Shown | Response:
    """Show the new second factor, as QR code and as letters."""
    return _enrol()


@blueprint.post("/anmelden/einrichten")
def enrol_send() -> Shown | Response:
    """Let the new second factor count once it has shown a code, and show the recovery codes."""
    context, verified = staff_context(), current_session().verified
    try:
        typed = checked(CodeSchema(), request.form)["code"]
        with program().database.transaction(context) as session:
            codes = service.confirm_enrolment(
                session, context, locksmith(), typed, clock.now(), verified=verified
            )
    except InvalidInputError as error:
        return _enrol(error)
    _begin_verified()
    return show_codes(codes)


@blueprint.post("/abmelden")
def sign_out() -> Response:
    """End the session."""
    if current_session().staff is not None:
        with program().database.transaction(staff_context()) as session:
            service.note_sign_out(session, staff_context())
    close_session()
    browser.clear()
    flash(gettext("Sie sind abgemeldet."))
    return redirect(way("staff.sign_in_page"), 303)


def _enrol(error: InvalidInputError | None = None) -> Shown | Response:
    verified = current_session().verified
    with program().database.transaction(staff_context()) as session:
        enrolment = service.enrolment_of(session, staff_context(), locksmith(), verified=verified)
    if enrolment is None:
        return redirect(home(), 303)
    seen = secret_seen(enrolment.secret, enrolment.email, work_place())
    return show("staff/enrol.html", error, seen=seen, first=enrolment.first)


def _begin_verified() -> None:
    """A new session for who has shown both; what the browser kept from before is forgotten."""
    staff_id = staff_context().staff_id
    browser.clear()
    open_session(staff_id=staff_id, verified=True)
