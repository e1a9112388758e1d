"""Those who run the region, in the browser: invited by mail, invited again, let out and in again.

A mail comes from the person's district, an operator's from the authority that answers for the accounts. As long as there
is none, the page that answers shows the link. An operator reaches all of them, a district admin those of the own district;
row security holds that.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.access.who import Who
from kreisportal.i18n import LANGUAGES, LazyText, current_language, gettext, lazy_gettext, pick
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.staff import service
from kreisportal.staff.colleagues import all_region_members, other_member, switch_member
from kreisportal.staff.errors import LastOperatorError
from kreisportal.staff.invitation_mails import REGION_INVITATION_MAIL, REGION_RESET_MAIL, Mailing, send_link
from kreisportal.staff.models import RegionStaff
from kreisportal.staff.queries import region_member
from kreisportal.tenancy.queries import district_id_of
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.other_sites import address_at, operator
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

SITE = "region"
Answer = str | tuple[str, int] | Response
_FIELDS = ("name", "email", "district", "language")
_MAILS_PER_HOUR = 60
_STATES: dict[str, tuple[LazyText, str]] = {
    "off": (lazy_gettext("Zugang beendet"), "danger"),
    "invited": (lazy_gettext("eingeladen"), "info"),
    "over": (lazy_gettext("Einladung abgelaufen"), "warning"),
    "half": (lazy_gettext("noch ohne App für Codes"), "warning"),
    "set-up": (lazy_gettext("eingerichtet"), "success"),
}
"""How far somebody's access is set up, in words, and as what kind of badge."""

blueprint = Blueprint("region_people", __name__, subdomain=SITE, url_prefix="/<language:lang>/team")


def install(app: Flask) -> None:
    """Register the pages and their entry in the menu."""
    app.register_blueprint(blueprint)
    register_entry(app, SITE, MenuEntry(lazy_gettext("Team"), "region_people.overview", Who.STAFF, 60))


@blueprint.get("/")
def overview() -> str:
    """All whom the person reaches."""
    with program().database.transaction(staff_context()) as session:
        members = all_region_members(session)
    return render_template("staff/region_people.html", people=[_row(member) for member in members])


@blueprint.get("/neu")
def new() -> str:
    """What is asked of somebody before they are invited."""
    return _form({**dict.fromkeys(_FIELDS, ""), "language": current_language().path}, {})


@blueprint.post("/neu")
def add() -> Answer:
    """Invite somebody: they get a link by mail."""
    context, typed = staff_context(), {name: request.form.get(name, "") for name in _FIELDS}
    fields = {name: typed[name] for name in ("name", "email", "language")}
    _limit_mails()
    try:
        with program().database.transaction(context) as session:
            own = region_member(session, context).district_id
            chosen = district_id_of(session, typed["district"]) if own is None and typed["district"] else own
            member, token = service.add_region_member(session, context, chosen, fields, clock.now())
            is_mailed = _mail(session, member, REGION_INVITATION_MAIL)
    except InvalidInputError as error:
        return _form(typed, error.messages), error.status
    except ConflictError:
        sentence = gettext("Wer diese Adresse hat, ist schon eingetragen. Nehmen Sie eine andere.")
        return _form(typed, {"email": [sentence]}), 422
    if not is_mailed:
        return _invited(member, token)
    flash(gettext("Eingeladen. Der Link geht an %(email)s.", email=member.email))
    return redirect(url_for("region_people.overview"), 303)


@blueprint.get("/<uuid:member_id>")
def show(member_id: uuid.UUID) -> str:
    """One of them, and what may be done."""
    context = staff_context()
    with program().database.transaction(context) as session:
        found = next((each for each in all_region_members(session) if each.id == member_id), None)
    if found is None:
        raise NotFoundError
    return render_template("staff/region_person.html", person=_row(found), own=found.id == context.staff_id)


@blueprint.post("/<uuid:member_id>/einladen")
def invite(member_id: uuid.UUID) -> Answer:
    """Send somebody a new link, who has not come in yet or has lost password or phone: what they had ends at once."""
    context = staff_context()
    _limit_mails()
    with program().database.transaction(context) as session:
        member = other_member(session, context, member_id)
        if not member.active:
            raise ConflictError(f"{member.email} is switched off")
        template = REGION_RESET_MAIL if member.enrolled else REGION_INVITATION_MAIL
        token = service.invite_again(session, context, member, clock.now())
        is_mailed = _mail(session, member, template)
    if not is_mailed:
        return _invited(member, token)
    flash(gettext("Ein neuer Link geht an %(email)s.", email=member.email))
    return redirect(url_for("region_people.show", member_id=member_id), 303)


@blueprint.post("/<uuid:member_id>/schalter")
def switch(member_id: uuid.UUID) -> Response:
    """Let somebody out at once, or in again."""
    wanted, context = request.form.get("schalter", ""), staff_context()
    if wanted not in ("an", "aus"):
        raise NotFoundError
    try:
        with program().database.transaction(context) as session:
            member = other_member(session, context, member_id)
            switch_member(session, context, member, on=wanted == "an")
    except LastOperatorError:
        flash(gettext("Sonst könnte niemand mehr die Region betreiben."), "warning")
    else:
        on = wanted == "an"
        flash(gettext("Der Zugang ist wieder da.") if on else gettext("Der Zugang ist beendet."))
    return redirect(url_for("region_people.show", member_id=member_id), 303)


def _form(typed: dict[str, str], errors: dict[str, list[str]]) -> str:
    context = staff_context()
    with program().database.transaction(context) as session:
        runs_all = region_member(session, context).district_id is None
    tenants = here().snapshot.registry.tenants.values()
    districts = [(each.slug, str(pick(each.profile["name"]))) for each in tenants if each.kind == "district"]
    return render_template(
        "staff/region_invite.html",
        typed=typed,
        errors=errors,
        districts=sorted(districts, key=lambda pair: pair[1]) if runs_all else [],
        languages=[(each.path, each.name) for each in LANGUAGES if each.path in ("de", "en")],
        days=service.INVITATION_DAYS,
    )


def _mail(session: Session, member: RegionStaff, template: str) -> bool:
    """Queue the mail with the link. False if there is no authority yet that it could come from."""
    sender = here().snapshot.registry.tenants.get(member.district_id) if member.district_id else operator()
    if sender is None:
        return False
    send_link(session, member, sender.id, template, Mailing(program().settings.secret_key))
    return True


def _limit_mails() -> None:
    check_rate("region-staff-mail", limit=_MAILS_PER_HOUR, seconds=3600)


def _invited(member: RegionStaff, token: str) -> str:
    """Where the person chooses a password. The address has the name of this very host, which the database knows."""
    address = address_at("region", here().host, "region_staff.invitation_page", token=token)
    return render_template("staff/region_invited.html", person=_row(member), address=address)


def _row(member: RegionStaff) -> dict[str, Any]:
    district = here().snapshot.registry.tenants.get(member.district_id) if member.district_id else None
    text, kind = _STATES[_state(member)]
    return {
        "id": member.id,
        "name": member.name,
        "email": member.email,
        "runs": str(pick(district.profile["name"])) if district else gettext("ganze Region"),
        "state": (str(text), kind),
        "active": member.active,
        "enrolled": member.enrolled,
    }


def _state(member: RegionStaff) -> str:
    if not member.active:
        return "off"
    if member.invitation_expires_at is not None:
        return "invited" if member.invitation_expires_at > clock.now() else "over"
    return "set-up" if member.enrolled else "half"
