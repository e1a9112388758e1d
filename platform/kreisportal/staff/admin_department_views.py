"""The tenant admin's pages on departments: which there are, and which services each works."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.i18n import gettext, pick
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.staff import departments, team
from kreisportal.staff.departments import Unit
from kreisportal.staff.errors import DepartmentInUseError
from kreisportal.tenancy.places import sort_key
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint(
    "departments_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/team/abteilungen"
)

Answer = str | tuple[str, int] | Response
Errors = Mapping[str, Sequence[str]]


@blueprint.get("/")
def overview() -> Answer:
    """All departments, and a field for another."""
    return _overview("", {})


@blueprint.post("/")
def add() -> Answer:
    """Add a department and go on to its services."""
    context, name = staff_context(), request.form.get("name", "")
    try:
        with program().database.transaction(context) as session:
            added = departments.add(session, context, here().tenant.id, name)
    except InvalidInputError as error:
        return _overview(name, error.messages, error.status)
    flash(gettext("Die Abteilung ist angelegt. Wählen Sie jetzt, welche Leistungen sie bearbeitet."))
    return redirect(url_for("departments_admin.show", department_id=added), 303)


@blueprint.get("/<uuid:department_id>")
def show(department_id: uuid.UUID) -> Answer:
    """One department, to be changed."""
    return _department(department_id)


@blueprint.post("/<uuid:department_id>")
def change(department_id: uuid.UUID) -> Answer:
    """Another name, other services."""
    context, name = staff_context(), request.form.get("name", "")
    services = request.form.getlist("services")
    try:
        with program().database.transaction(context) as session:
            changed = departments.change(session, context, department_id, name, services, _known())
    except InvalidInputError as error:
        return _department(department_id, {"name": name, "services": services}, error.messages, error.status)
    flash(gettext("Gespeichert.") if changed else gettext("Es gab nichts zu ändern."))
    return redirect(url_for("departments_admin.show", department_id=department_id), 303)


@blueprint.post("/<uuid:department_id>/entfernen")
def remove(department_id: uuid.UUID) -> Answer:
    """Remove a department in which nobody and nothing is."""
    context = staff_context()
    try:
        with program().database.transaction(context) as session:
            name = departments.remove(session, context, department_id)
    except DepartmentInUseError as error:
        sentence = gettext(
            "In dieser Abteilung sind noch Personen oder Leistungen. Nehmen Sie sie zuerst heraus."
        )
        return _department(department_id, None, {"remove": [sentence]}, error.status)
    flash(gettext("„%(name)s“ ist entfernt.", name=name))
    return redirect(url_for("departments_admin.overview"), 303)


def _known() -> list[str]:
    """The services that cases come from: those with a form."""
    return [service.key for service in here().snapshot.catalogue.services.values() if service.form]


def _overview(name: str, errors: Errors, status: int = 200) -> Answer:
    with program().database.transaction(staff_context()) as session:
        found = departments.units(session)
    return render_template("staff/admin_departments.html", units=found, name=name, errors=errors), status


def _department(
    department_id: uuid.UUID,
    typed: Mapping[str, Any] | None = None,
    errors: Errors | None = None,
    status: int = 200,
) -> Answer:
    with program().database.transaction(staff_context()) as session:
        found = departments.units(session)
        own = departments.unit(session, department_id)
        names = [(each.id, each.name) for each in team.members(session) if each.id in own.members]
    page = render_template(
        "staff/admin_department.html",
        unit=own,
        members=names,
        services=_services(found, own),
        typed=typed or {"name": own.name, "services": own.services},
        errors=errors or {},
    )
    return page, status


def _services(found: Sequence[Unit], own: Unit) -> list[tuple[str, str, str]]:
    """All services that can be chosen by name, with the other department that works one so far."""
    elsewhere = {key: each.name for each in found if each.id != own.id for key in each.services}
    services = here().snapshot.catalogue.services
    rows = [
        (
            key,
            pick(services[key].name),
            gettext("bisher: %(name)s", name=elsewhere[key]) if key in elsewhere else "",
        )
        for key in _known()
    ]
    return sorted(rows, key=lambda row: sort_key(row[1]))
