"""An invitation to act for somebody: read and answered by who opens its link, signed in to an account of their own."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.accounts.service import acting_for
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.mandates.errors import InvitationGoneError, OwnInvitationError
from kreisportal.mandates.pages.gift import own_name, read_name
from kreisportal.mandates.pages.words import scope_text
from kreisportal.mandates.queries import read_invitation
from kreisportal.mandates.service import answer, last_day_of
from kreisportal.web.account_notices import telling
from kreisportal.web.other_sites import operator
from kreisportal.web.own_account import own_account_id
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate

blueprint = Blueprint(
    "mandate_invitation", __name__, subdomain="account", url_prefix="/<language:lang>/vollmachten/einladung"
)

Answer = tuple[str, int] | Response
_LONGEST = 300


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.errorhandler(InvitationGoneError)
@blueprint.errorhandler(OwnInvitationError)
def _no_invitation(error: InvitationGoneError | OwnInvitationError) -> Answer:
    own = isinstance(error, OwnInvitationError)
    return render_template("mandates/invitation_gone.html", own=own), error.status


@blueprint.get("/<token>")
def page(token: str) -> Answer:
    """Who invites, for what, until when; looking at it answers nothing."""
    return _page(token, own_name(), {})


@blueprint.post("/<token>")
def send(token: str) -> Answer:
    """Accept or decline."""
    own, responsible = own_account_id(), operator()
    if responsible is None:
        raise NotFoundError
    accepts, typed = request.form.get("antwort") == "ja", request.form.get("own_name", "")[:_LONGEST]
    try:
        name = read_name("own_name", typed) if accepts else ""
    except InvalidInputError as error:
        return _page(token, typed, error.messages, error.status)
    check_rate("mandate-answer", limit=60, seconds=3600)
    with program().database.transaction(telling(own)) as session:
        number = answer(session, own, responsible.id, token, accepts=accepts, name=name)
    if not accepts:
        flash(gettext("Sie haben abgelehnt. Es ändert sich nichts."))
        return redirect(url_for("mandates.overview"), 303)
    flash(gettext("Sie haben die Vollmacht angenommen. Sie gilt ab sofort."))
    return redirect(url_for("mandates.show", mandate_id=number), 303)


def _page(token: str, name: str, errors: dict[str, list[str]], status: int = 200) -> Answer:
    with program().database.transaction(acting_for(own_account_id())) as session:
        invitation = read_invitation(session, token)
    if invitation is None:
        raise InvitationGoneError
    if invitation.is_ones_own:
        raise OwnInvitationError
    body = render_template(
        "mandates/invitation.html",
        token=token,
        invitation=invitation,
        scope=scope_text(invitation),
        last_day=last_day_of(invitation.ends_at),
        name=name,
        errors=errors,
    )
    return body, status
