"""The tenant admin's pages on the town's team: who works here, with which roles, and how far their access is set up."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from marshmallow import EXCLUDE
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.access.roles import OF_TENANTS, Role
from kreisportal.access.who import Who
from kreisportal.credentials.schemas import checked
from kreisportal.i18n import LANGUAGES, gettext, lazy_gettext, ngettext
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.staff import (
    admin_act_views,
    admin_department_views,
    departments,
    desk_leave_views,
    duty,
    team,
)
from kreisportal.staff.departments import Unit
from kreisportal.staff.desk_leave_views import leave_values
from kreisportal.staff.errors import LastAdminError, OwnAccessError
from kreisportal.staff.models import Staff
from kreisportal.staff.schemas import NewMemberSchema
from kreisportal.staff.service import INVITATION_DAYS
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint("team_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/team")

Answer = str | tuple[str, int] | Response
Act = Callable[[Session, Context], Staff]
_MAILS_PER_HOUR = 60


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    app.register_blueprint(admin_department_views.blueprint)
    app.register_blueprint(admin_act_views.blueprint)
    desk_leave_views.install(app)
    entry = MenuEntry(lazy_gettext("Team"), "team_admin.overview", Who.TENANT_ADMIN, 40, _note)
    register_entry(app, "desk", entry)


def _note() -> str:
    with program().database.transaction(staff_context()) as session:
        active = sum(member.active for member in team.members(session))
    return ngettext("%(num)s Person arbeitet hier", "%(num)s Personen arbeiten hier", active)


@blueprint.get("/")
def overview() -> str:
    """Everybody who works here, and those who did."""
    with program().database.transaction(staff_context()) as session:
        units = departments.units(session)
        rows = [_row(member, units) for member in team.members(session)]
    return render_template(
        "staff/admin_team.html",
        rows=[row for row in rows if row["active"]],
        ended=[row for row in rows if not row["active"]],
    )


@blueprint.get("/einladen")
def invite_page() -> Answer:
    """Ask who is to work here."""
    return _invite({"name": "", "email": "", "language": "de", "roles": [Role.CASEWORKER.value]}, {})


@blueprint.post("/einladen")
def invite_send() -> Answer:
    """Invite them: they get a link by mail."""
    typed = {name: request.form.get(name, "") for name in ("name", "email", "language")}
    roles, context = request.form.getlist("roles"), staff_context()
    _limit_mails()
    try:
        with program().database.transaction(context) as session:
            added = team.invite(
                session, context, here().tenant.id, {**typed, "roles": roles}, _key(), clock.now()
            )
            email = added.email
    except InvalidInputError as error:
        return _invite({**typed, "roles": roles}, error.messages, error.status)
    flash(gettext("Eingeladen. Der Link geht an %(email)s.", email=email))
    return redirect(url_for("team_admin.overview"), 303)


@blueprint.get("/<uuid:staff_id>")
def show(staff_id: uuid.UUID) -> Answer:
    """One person, to be changed."""
    return _person(staff_id)


@blueprint.post("/<uuid:staff_id>")
def change(staff_id: uuid.UUID) -> Answer:
    """Change name, roles and departments."""
    context = staff_context()
    chosen = {name: request.form.getlist(name) for name in ("roles", "departments")}
    typed = {"name": request.form.get("name", ""), **chosen}
    try:
        fields = checked(NewMemberSchema(only=("name", "roles"), unknown=EXCLUDE), typed)
        with program().database.transaction(context) as session:
            changed = team.change(session, context, staff_id, fields["name"], fields["roles"])
            placed = departments.place(
                session, context, here().tenant.id, staff_id, _ids(chosen["departments"])
            )
    except InvalidInputError as error:
        return _person(staff_id, typed, error.messages, error.status)
    except (LastAdminError, OwnAccessError) as error:
        return _person(staff_id, typed, {"roles": [_refusal(error)]}, error.status)
    flash(gettext("Gespeichert.") if changed or placed else gettext("Es gab nichts zu ändern."))
    return redirect(url_for("team_admin.show", staff_id=staff_id), 303)


@blueprint.post("/<uuid:staff_id>/abwesenheit")
def set_leave(staff_id: uuid.UUID) -> Answer:
    """Somebody is away, or no longer, and who stands in for them."""
    context = staff_context()
    typed = {name: request.form.get(name, "") for name in ("leave_from", "leave_until", "deputy")}
    try:
        leave = duty.leave_typed(typed, clock.today())
        with program().database.transaction(context) as session:
            team.set_leave(session, context, staff_id, leave)
    except InvalidInputError as error:
        return _person(staff_id, typed, error.messages, error.status)
    flash(gettext("Gespeichert."))
    return redirect(url_for("team_admin.show", staff_id=staff_id), 303)


@blueprint.post("/<uuid:staff_id>/erneut")
def invite_again(staff_id: uuid.UUID) -> Answer:
    """Send a new link to somebody who has not set up their access."""
    _limit_mails()
    return _act(
        staff_id,
        lambda session, context: team.invite_again(session, context, staff_id, _key(), clock.now()),
        lambda member: gettext("Ein neuer Link geht an %(email)s.", email=member.email),
    )


@blueprint.post("/<uuid:staff_id>/zuruecksetzen")
def reset(staff_id: uuid.UUID) -> Answer:
    """Let somebody who has lost password or phone begin anew."""
    _limit_mails()
    return _act(
        staff_id,
        lambda session, context: team.reset(session, context, staff_id, _key(), clock.now()),
        lambda member: gettext("Zurückgesetzt. Ein neuer Link geht an %(email)s.", email=member.email),
    )


@blueprint.post("/<uuid:staff_id>/beenden")
def end(staff_id: uuid.UUID) -> Answer:
    """End somebody's access; all their sessions end now."""
    return _act(
        staff_id,
        lambda session, context: team.end(session, context, staff_id),
        lambda member: gettext("%(name)s hat keinen Zugang mehr.", name=member.name),
    )


@blueprint.post("/<uuid:staff_id>/wiedergeben")
def restore(staff_id: uuid.UUID) -> Answer:
    """Give somebody back the access that they had."""
    return _act(
        staff_id,
        lambda session, context: team.restore(session, context, staff_id),
        lambda member: gettext("%(name)s hat wieder Zugang.", name=member.name),
    )


def _act(staff_id: uuid.UUID, act: Act, done: Callable[[Staff], str]) -> Answer:
    """Do something to somebody, and show them again."""
    context = staff_context()
    try:
        with program().database.transaction(context) as session:
            sentence = done(act(session, context))
    except (LastAdminError, OwnAccessError) as error:
        return _person(staff_id, None, {"access": [_refusal(error)]}, error.status)
    flash(sentence)
    return redirect(url_for("team_admin.show", staff_id=staff_id), 303)


def _person(
    staff_id: uuid.UUID,
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    status: int = 200,
) -> Answer:
    with program().database.transaction(staff_context()) as session:
        member, units = team.member(session, staff_id), departments.units(session)
        own = [str(each.id) for each in units if member.id in each.members]
        kept = {"name": member.name, "roles": member.roles, "departments": own, **leave_values(member)}
        deputies = duty.possible_deputies(session, member.id)
        page = render_template(
            "staff/admin_member.html",
            member=member,
            row=_row(member, units),
            units=[(str(each.id), each.name) for each in units],
            deputies=[(str(key), name) for key, name in deputies.items()],
            away=duty.is_away(member, clock.today()),
            typed={**kept, **(typed or {})},
            errors=errors or {},
            roles=_roles(),
            is_me=member.id == staff_context().staff_id,
        )
    return page, status


def _invite(typed: Mapping[str, Any], errors: Mapping[str, Sequence[str]], status: int = 200) -> Answer:
    page = render_template(
        "staff/admin_invite.html",
        typed=typed,
        errors=errors,
        roles=_roles(),
        languages=[(each.path, each.name) for each in LANGUAGES if each.path in ("de", "en")],
        days=INVITATION_DAYS,
    )
    return page, status


def _row(member: Staff, units: Sequence[Unit]) -> dict[str, Any]:
    """Somebody as the pages show them."""
    text, kind = _state(member, clock.now())
    return {
        "id": member.id,
        "name": member.name,
        "email": member.email,
        "active": member.active,
        "roles": [text for key, text, _ in _roles() if key in member.roles],
        "departments": [each.name for each in units if member.id in each.members],
        "away": member.leave_until if duty.is_away(member, clock.today()) else None,
        "state": text,
        "kind": kind,
        "invited": member.invitation_digest is not None,
        "until": member.invitation_expires_at,
    }


def _state(member: Staff, now: datetime.datetime) -> tuple[str, str]:
    """How far somebody's access is set up, in words, and what kind of badge that is."""
    if not member.active:
        return gettext("beendet"), "info"
    if member.invitation_expires_at is not None:
        if member.invitation_expires_at > now:
            return gettext("eingeladen"), "info"
        return gettext("Einladung abgelaufen"), "warning"
    if not member.enrolled:
        return gettext("ohne App für Codes"), "warning"
    return gettext("mit App für Codes"), "success"


def _roles() -> list[tuple[str, str, str]]:
    """The roles that a town gives: key, name, and what one may do with it."""
    words = {
        Role.CASEWORKER: (
            gettext("Sachbearbeitung"),
            gettext("bearbeitet Vorgänge und sieht, was darin steht"),
        ),
        Role.TENANT_ADMIN: (
            gettext("Leitung des Portals"),
            gettext("stellt Leistungen und Team ein, sieht die Zahlen, aber keine Vorgänge"),
        ),
    }
    return [(role.value, *words[role]) for role in OF_TENANTS]


def _refusal(error: ConflictError) -> str:
    if isinstance(error, LastAdminError):
        return gettext(
            "Das ist die letzte Person, die das Portal leiten kann. Geben Sie die Aufgabe zuerst jemand anderem."
        )
    return gettext("Das machen nicht Sie selbst, sondern jemand anders, der das Portal leitet.")


def _ids(typed: Sequence[str]) -> list[uuid.UUID]:
    """The ids that boxes were ticked for. Raises NotFoundError for what is none."""
    try:
        return [uuid.UUID(each) for each in typed]
    except ValueError:
        raise NotFoundError from None


def _limit_mails() -> None:
    check_rate("staff-mail", limit=_MAILS_PER_HOUR, seconds=3600)


def _key() -> str:
    return program().settings.secret_key
