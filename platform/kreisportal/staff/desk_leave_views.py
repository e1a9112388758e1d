"""One's own leave: when one is away, and who stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.access.who import Who
from kreisportal.i18n import gettext, lazy_gettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.staff import duty, team
from kreisportal.staff.models import Staff
from kreisportal.web.duty import duty_lines
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context

blueprint = Blueprint("leave_desk", __name__, subdomain="desk", url_prefix="/<language:lang>/abwesenheit")

Answer = str | tuple[str, int] | Response


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    entry = MenuEntry(lazy_gettext("Abwesenheit"), "leave_desk.show", Who.CASEWORKER, 20, _note)
    register_entry(app, "desk", entry)


def _note() -> str:
    with program().database.transaction(staff_context()) as session:
        lines = duty_lines(session)
    return " ".join(lines) or gettext("Urlaub eintragen und sagen, wer Sie vertritt")


@blueprint.get("/")
def show() -> Answer:
    """When one is away and who stands in, and for whom one stands in."""
    return _page()


@blueprint.post("/")
def change() -> Answer:
    """Set it, or take it back by leaving all fields empty."""
    context = staff_context()
    typed = {name: request.form.get(name, "") for name in ("leave_from", "leave_until", "deputy")}
    try:
        leave = duty.leave_typed(typed, clock.today())
        with program().database.transaction(context) as session:
            duty.set_leave(session, context, _me(session).id, leave)
    except InvalidInputError as error:
        return _page(typed, error.messages, error.status)
    flash(gettext("Gespeichert."))
    return redirect(url_for("leave_desk.show"), 303)


def leave_values(member: Staff) -> dict[str, str]:
    """Somebody's leave as the fields show it."""
    return {
        "leave_from": member.leave_from.isoformat() if member.leave_from else "",
        "leave_until": member.leave_until.isoformat() if member.leave_until else "",
        "deputy": str(member.deputy_id) if member.deputy_id else "",
    }


def _me(session: Session) -> Staff:
    staff_id = staff_context().staff_id
    if staff_id is None:
        raise Unauthorized
    return team.member(session, staff_id)


def _page(
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    status: int = 200,
) -> Answer:
    with program().database.transaction(staff_context()) as session:
        me = _me(session)
        page = render_template(
            "staff/desk_leave.html",
            lines=duty_lines(session),
            typed=typed or leave_values(me),
            errors=errors or {},
            deputies=[(str(key), name) for key, name in duty.possible_deputies(session, me.id).items()],
        )
    return page, status
