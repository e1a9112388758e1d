"""Following a case: the end of the form, the status page, answers, files, the copy, and checking a receipt."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Flask, jsonify, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.cases import by_applicant, queries
from kreisportal.cases.errors import CaseClosedError
from kreisportal.cases.models import Case
from kreisportal.cases.numbers import normalise
from kreisportal.cases.pages.papers import copy_of_application
from kreisportal.cases.pages.parts import applicant, retention_days
from kreisportal.cases.pages.status import status_view
from kreisportal.cases.submission import case_secret
from kreisportal.documents.errors import RefusedFileError
from kreisportal.documents.receipts import Verified
from kreisportal.documents.service import Owner, find, take_in
from kreisportal.i18n import gettext
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import normalise_secret
from kreisportal.web.forms_in_force import form_version
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.send_again import keep_forms_of
from kreisportal.web.sessions import close_session, current_session, grant
from kreisportal.web.site import here

blueprint = Blueprint("status", __name__, subdomain="portal", url_prefix="/<language:lang>")

Answer = str | tuple[str, int] | Response
T = TypeVar("T")

_LONGEST_MESSAGE = 5000
_MOST_FILES = 10


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    keep_forms_of(app, blueprint.name)


def _with_case(case_id: uuid.UUID, work: Callable[[Session, Case], T]) -> T:
    """Do something with the case where it is now: one that was passed on is followed to its new tenant."""
    tenant_id = current_session().tenant_of(case_id)
    for _ in range(len(here().snapshot.registry.tenants) + 1):
        with program().database.transaction(applicant(tenant_id, case_id)) as session:
            row = by_applicant.load(session, case_id)
            if row.went_to_id is None:
                return work(session, row)
            tenant_id = row.went_to_id
    raise NotFoundError


@blueprint.route("/vorgang", methods=["GET", "POST"])
def enter() -> Answer:
    """Open a case by its number and secret."""
    number, secret = request.values.get("nummer", ""), request.values.get("kennwort", "")
    if request.method == "GET":
        return render_template("cases/enter.html", number=number, secret=secret, errors=[])
    # Not counted by number: numbers can be guessed, and nobody shall close a case to whom it belongs. A secret of
    # 73 bits needs no such help.
    check_rate("case", limit=20, seconds=900)
    proper = normalise(number)
    found = None
    if proper is not None:
        with program().database.transaction(ANONYMOUS) as session:
            found = queries.find_case_by_secret(session, proper, normalise_secret(secret))
    if found is None or here().tenant.id not in found.seen_at:
        errors = [
            (
                "nummer",
                gettext(
                    "Nummer und Kennwort passen nicht zusammen. Prüfen Sie beide, sie stehen in Ihrer Bestätigung."
                ),
            )
        ]
        return render_template("cases/enter.html", number=number, secret="", errors=errors), 422
    grant(found.tenant_id, found.id)
    return redirect(url_for("status.show", case_id=found.id), 303)


@blueprint.get("/vorgang/<uuid:case_id>/gesendet")
def sent(case_id: uuid.UUID) -> Answer:
    """The end of a form is a beginning: number, what happens now, where to look, a copy."""

    def show(session: Session, row: Case) -> str:
        form = form_version(row.form_key, row.form_version)
        secret = case_secret(program().settings.secret_key, row.id)
        return render_template("cases/sent.html", form=form, secret=secret, **status_view(session, row))

    return _with_case(case_id, show)


@blueprint.get("/vorgang/<uuid:case_id>")
def show(case_id: uuid.UUID) -> Answer:
    """Where the case stands, and what was written."""
    return _with_case(case_id, lambda session, row: _status(session, row))


def _status(session: Session, row: Case, typed: str = "", errors: list[tuple[str, str]] | None = None) -> str:
    return render_template("cases/status.html", typed=typed, errors=errors or [], **status_view(session, row))


@blueprint.post("/vorgang/<uuid:case_id>/nachricht")
def answer(case_id: uuid.UUID) -> Answer:
    """Answer a question, say something, add files."""
    typed = request.form.get("nachricht", "").replace("\r\n", "\n").strip()[:_LONGEST_MESSAGE]
    files = [file for file in request.files.getlist("dateien") if file.filename][:_MOST_FILES]

    def write(session: Session, row: Case) -> Answer:
        errors: list[tuple[str, str]] = []
        if not typed and not files:
            errors.append(("nachricht", gettext("Schreiben Sie etwas oder fügen Sie eine Datei hinzu.")))
        stored = []
        for file in files if not errors else ():
            try:
                document = take_in(
                    session,
                    program().intake,
                    Owner(row.tenant_id, case_id=row.id),
                    file.stream,  # type: ignore[arg-type]
                    file.filename or "",
                )
            except RefusedFileError as error:
                errors.append(("dateien", f"{file.filename}: {error.sentence}"))
            else:
                stored.append(str(document.id))
        if errors:
            session.rollback()
            return _again(case_id, typed, errors)
        by_applicant.answer(session, applicant(row.tenant_id, row.id), row.id, typed, stored)
        return redirect(url_for("status.show", case_id=case_id), 303)

    try:
        return _with_case(case_id, write)
    except CaseClosedError:
        closed = [("nachricht", gettext("Der Vorgang ist schon abgeschlossen. Rufen Sie uns bitte an."))]
        return _again(case_id, typed, closed)


def _again(case_id: uuid.UUID, typed: str, errors: list[tuple[str, str]]) -> Answer:
    return _with_case(case_id, lambda session, row: (_status(session, row, typed, errors), 422))


@blueprint.post("/vorgang/<uuid:case_id>/zurueckziehen")
def withdraw(case_id: uuid.UUID) -> Answer:
    """Take the application back; the page has asked before."""

    def take_back(session: Session, row: Case) -> Answer:
        days = retention_days(here().snapshot, row.service_key)
        by_applicant.withdraw(session, applicant(row.tenant_id, row.id), row.id, days)
        return redirect(url_for("status.show", case_id=case_id), 303)

    try:
        return _with_case(case_id, take_back)
    except CaseClosedError:
        late = [("nachricht", gettext("Zurückziehen geht nicht mehr, der Vorgang ist schon abgeschlossen."))]
        return _again(case_id, "", late)


@blueprint.get("/vorgang/<uuid:case_id>/kopie.pdf")
def copy(case_id: uuid.UUID) -> Answer:
    """Everything that was sent, as a PDF with the receipt."""

    def make(session: Session, row: Case) -> Response:
        return _pdf(copy_of_application(session, row), f"{row.number}.pdf")

    return _with_case(case_id, make)


def _pdf(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/vorgang/<uuid:case_id>/dokument/<uuid:document_id>")
def document(case_id: uuid.UUID, document_id: uuid.UUID) -> Answer:
    """A file of the case, as a download, never shown as a page."""

    def fetch(session: Session, row: Case) -> Response:
        found = find(session, document_id)
        if found is None or found.case_id != row.id:
            raise NotFoundError
        stream = program().intake.storage.open(row.tenant_id, document_id)
        return send_file(stream, mimetype=found.media_type, as_attachment=True, download_name=found.name)

    return _with_case(case_id, fetch)


@blueprint.route("/adresse/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Answer:
    """Confirm an address from the mailed link: a page with a button, so that a mail scanner's look does nothing."""
    with program().database.transaction(ANONYMOUS) as session:
        found = queries.find_case_by_confirmation(session, token)
    if found is None or here().tenant.id not in found.seen_at:
        return render_template("cases/confirm.html", state="gone"), 404
    context = applicant(found.tenant_id, found.id)
    if request.method == "GET":
        return render_template("cases/confirm.html", state="ask")
    with program().database.transaction(context) as session:
        by_applicant.confirm_address(session, context, found.id)
    return render_template("cases/confirm.html", state="done")


@blueprint.post("/vorgang/beenden")
def leave() -> Response:
    """Forget on this device what was opened: for borrowed phones."""
    close_session()
    return redirect(url_for("portal.home"), 303)


@blueprint.route("/quittung", methods=["GET", "POST"])
def verify() -> Answer:
    """Check a receipt: anyone may, at any time."""
    code = request.values.get("code", "")[:8000].strip()
    result = program().receipt_keys.verify(code) if code else None
    verified = isinstance(result, Verified)
    content = result.content if isinstance(result, Verified) else None
    sentence = result.sentence if result is not None and not isinstance(result, Verified) else ""
    return render_template(
        "cases/verify.html", code=code, verified=verified, content=content, sentence=sentence
    )


@blueprint.get("/quittung/schluessel.json")
def receipt_keys() -> Response:
    """The public keys that receipts are signed with (JSON Web Key Set)."""
    return jsonify(program().receipt_keys.public_keys_document())
