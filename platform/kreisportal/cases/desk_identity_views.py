"""Confirming at the desk who an applicant is: asked from the case, decided by a colleague, taken back by an admin."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.access.roles import Role
from kreisportal.access.who import Who
from kreisportal.cases import identity_checks, queries, work
from kreisportal.cases.desk_views import case_page
from kreisportal.cases.errors import (
    AlreadyAskedError,
    CaseClosedError,
    NothingAskedError,
    OwnCaseError,
    SamePersonError,
)
from kreisportal.cases.identity_checks import DOCUMENTS
from kreisportal.cases.models import IdentityCheck
from kreisportal.cases.pages.answers import answer_groups
from kreisportal.cases.pages.desk import service_name
from kreisportal.cases.pages.forms import form_of_case
from kreisportal.cases.pages.identity import identity_text
from kreisportal.cases.readings import note_reading
from kreisportal.forms import summary
from kreisportal.i18n import gettext, lazy_gettext
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import ConflictError
from kreisportal.staff.queries import all_members
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.outside_ways import document_words
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session
from kreisportal.web.site import here

blueprint = Blueprint("identity_desk", __name__, subdomain="desk", url_prefix="/<language:lang>/identitaet")
admin = Blueprint("identity_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/bestaetigt")

Answer = str | tuple[str, int] | Response
Act = Callable[[Session, Context, uuid.UUID], None]


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    app.register_blueprint(admin)
    entry = MenuEntry(lazy_gettext("Identitäten"), "identity_desk.waiting", Who.CASEWORKER, 15, _note)
    register_entry(app, "desk", entry)
    lead = MenuEntry(
        lazy_gettext("Bestätigte Identitäten"), "identity_admin.overview", Who.TENANT_ADMIN, 60, _purpose
    )
    register_entry(app, "desk", lead)


def _context() -> Context:
    return Context(ActorKind.STAFF, here().tenant.id, staff_id=current_session().staff_id)


def _note() -> str:
    with program().database.transaction(_context()) as session:
        count = identity_checks.count_open(session, current_session().staff_id)
    return gettext("%(num)s zu bestätigen", num=count)


def _purpose() -> str:
    return gettext("wen zwei aus Ihrem Haus mit Ausweis gesehen haben")


@blueprint.get("/")
def waiting() -> str:
    """What waits to be confirmed by somebody else."""
    with program().database.transaction(_context()) as session:
        names = {member.id: member.name for member in all_members(session)}
        rows = [
            {
                **_asked(check, names),
                "number": case.number,
                "who": case.applicant_name or case.number,
                "service": service_name(case.service_key),
                "url": url_for("identity_desk.show", case_id=case.id),
            }
            for check, case in identity_checks.open_checks(session)
        ]
    return render_template("cases/desk_identities.html", rows=rows)


@blueprint.post("/<uuid:case_id>")
def ask(case_id: uuid.UUID) -> Answer:
    """Note that the applicant was seen, and with what kind of document; a colleague is asked to confirm it."""
    document = next((each for each in DOCUMENTS if each == request.form.get("ausweis")), None)
    if document is None:
        return case_page(
            case_id, [("ausweis", gettext("Wählen Sie, welches Dokument Sie gesehen haben."))], 422
        )
    try:
        with program().database.transaction(_context()) as session:
            identity_checks.ask(session, _context(), case_id, document)
    except ConflictError as error:
        flash(_refusal(error), "warning")
    else:
        flash(gettext("Notiert. Jetzt bestätigt es eine Kollegin oder ein Kollege."))
    return redirect(url_for("cases_desk.show", case_id=case_id), 303)


@blueprint.get("/<uuid:case_id>")
def show(case_id: uuid.UUID) -> Answer:
    """What is asked, with what the applicant has said beside it."""
    with program().database.transaction(_context()) as session:
        row = work.load(session, case_id)
        check = identity_checks.open_check(session, case_id)
        if check is None:
            return redirect(url_for("cases_desk.show", case_id=case_id), 303)
        if request.method != "HEAD":
            note_reading(session, _context(), case_id, Role.CASEWORKER.value, "case")
        names = {member.id: member.name for member in all_members(session)}
        events = queries.events(session, case_id)
        form = form_of_case(row, events)
        return render_template(
            "cases/desk_identity.html",
            case=row,
            service_name=service_name(row.service_key),
            identity=identity_text(events),
            groups=answer_groups(summary(form, row.answers or {})),
            **_asked(check, names),
        )


@blueprint.post("/<uuid:case_id>/bestaetigen")
def confirm(case_id: uuid.UUID) -> Answer:
    """Confirm it."""
    return _decide(case_id, identity_checks.confirm, gettext("Die Identität ist bestätigt."))


@blueprint.post("/<uuid:case_id>/ablehnen")
def refuse(case_id: uuid.UUID) -> Answer:
    """Do not confirm it."""
    return _decide(case_id, identity_checks.refuse, gettext("Die Identität ist nicht bestätigt."))


def _decide(case_id: uuid.UUID, act: Act, done: str) -> Answer:
    try:
        with program().database.transaction(_context()) as session:
            act(session, _context(), case_id)
    except (SamePersonError, OwnCaseError) as error:
        flash(_refusal(error), "warning")
        return redirect(url_for("identity_desk.show", case_id=case_id), 303)
    except ConflictError as error:
        flash(_refusal(error), "warning")
    else:
        flash(done)
    return redirect(url_for("cases_desk.show", case_id=case_id), 303)


@admin.get("/")
def overview() -> str:
    """The town's confirmations, without anything of their cases but the number."""
    with program().database.transaction(_context()) as session:
        names = {member.id: member.name for member in all_members(session)}
        rows = [
            {
                **_asked(check, names),
                "id": check.id,
                "number": number or gettext("Vorgang gelöscht"),
                "by": names.get(check.decided_by) if check.decided_by else None,
                "at": check.decided_at,
                "revoked_at": check.revoked_at,
            }
            for check, number in identity_checks.confirmed_checks(session)
        ]
    return render_template("cases/admin_identities.html", rows=rows)


@admin.post("/<uuid:check_id>/zuruecknehmen")
def revoke(check_id: uuid.UUID) -> Response:
    """Take a confirmation back."""
    with program().database.transaction(_context()) as session:
        identity_checks.revoke(session, _context(), check_id)
    flash(gettext("Die Bestätigung ist zurückgenommen."))
    return redirect(url_for("identity_admin.overview"), 303)


def _asked(check: IdentityCheck, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "document": document_words(check.document),
        "asked_by": names.get(check.asked_by) or gettext("Kollegin oder Kollege"),
        "asked_at": check.asked_at,
        "mine": check.asked_by == current_session().staff_id,
    }


def _refusal(error: ConflictError) -> str:
    """Why something cannot be done, and who can."""
    return {
        AlreadyAskedError: gettext("Dazu ist schon etwas notiert."),
        CaseClosedError: gettext("Der Vorgang ist inzwischen abgeschlossen. Sie sehen den neuen Stand."),
        NothingAskedError: gettext("Das ist inzwischen erledigt."),
        SamePersonError: gettext("Sie haben das Dokument gesehen. Bestätigen muss es jemand anders."),
        OwnCaseError: gettext("Das ist Ihr eigener Vorgang. Das machen zwei andere."),
    }.get(type(error), gettext("Das geht gerade nicht."))
