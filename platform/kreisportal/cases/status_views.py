"""Following a case: the end of the form, the status page, answers, files, the copy, and checking a receipt."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Flask, flash, jsonify, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests, Unauthorized
from werkzeug.wrappers import Response

from kreisportal.accounts.service import acting_for
from kreisportal.cases import by_applicant, queries
from kreisportal.cases.errors import CaseClosedError
from kreisportal.cases.mailbox import note_seen
from kreisportal.cases.models import Case
from kreisportal.cases.numbers import normalise
from kreisportal.cases.pages.acting import is_out_of_reach, note_look, page_out_of_reach, refuse_acting
from kreisportal.cases.pages.keeping import keep_of, offers_of
from kreisportal.cases.pages.papers import copy_of_application, letter_of_decision
from kreisportal.cases.pages.parts import applicant, retention_days
from kreisportal.cases.pages.posted import posted_text, take_in_posted, too_long
from kreisportal.cases.pages.readings import reading_rows
from kreisportal.cases.pages.status import left_empty, status_view
from kreisportal.cases.readings import readings_of_case
from kreisportal.cases.submission import case_secret
from kreisportal.documents.receipts import Verified
from kreisportal.documents.service import Owner, find
from kreisportal.i18n import gettext, pick
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import normalise_secret
from kreisportal.web.errors import error_page
from kreisportal.web.formats import limit_text
from kreisportal.web.page import know_user
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.send_again import keep_forms_of
from kreisportal.web.sessions import close_session, current_session, grant
from kreisportal.web.site import here, seen_here

blueprint = Blueprint("status", __name__, subdomain="portal", url_prefix="/<language:lang>")

Answer = str | tuple[str, int] | Response
Errors = list[tuple[str, str]]
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
    know_user()
    for _ in range(len(here().snapshot.registry.tenants) + 1):
        context = applicant(tenant_id, case_id)
        try:
            with program().database.transaction(context) as session:
                row = by_applicant.load(session, case_id)
                if row.went_to_id is None:
                    return work(session, row)
        except CaseClosedError:
            # It may have been passed on at this very moment: then the next authority takes what is done to it.
            with program().database.transaction(context) as session:
                row = by_applicant.load(session, case_id)
            if row.went_to_id is None:
                raise
        tenant_id = row.went_to_id
    raise NotFoundError


@blueprint.errorhandler(NotFoundError)
def _not_found(error: NotFoundError) -> Answer | tuple[str, int, dict[str, str]]:
    """Whoever comes to a case without its session is told how to go on, whether there is such a case or not."""
    case_id = (request.view_args or {}).get("case_id")
    if case_id is not None and is_out_of_reach(case_id):
        return page_out_of_reach(case_id), error.status
    return error_page(error.status)


@blueprint.route("/vorgang", methods=["GET", "POST"])
def enter() -> Answer:
    """Open a case by its number and secret."""
    # A mailed link fills the form in by its query; what was typed into the form then counts, not the query.
    given = request.form if request.method == "POST" else request.args
    number, secret = given.get("nummer", ""), given.get("kennwort", "")
    if request.method != "POST":
        return render_template("cases/enter.html", number=number, secret=secret, errors=[])
    # Not counted by number: numbers can be guessed, and nobody shall close a case to whom it belongs. A secret of
    # 73 bits needs no such help.
    check_rate("case", limit=20, seconds=900)
    if missing := left_empty(number, secret):
        return render_template("cases/enter.html", number=number, secret=secret, errors=missing), 422
    proper = normalise(number)
    found = None
    if proper is not None:
        with program().database.transaction(ANONYMOUS) as session:
            found = queries.find_case_by_secret(session, proper, normalise_secret(secret))
    if found is None or not seen_here(found.seen_at):
        sentence = gettext(
            "Nummer und Kennwort passen nicht zusammen. Prüfen Sie beide, sie stehen in Ihrer Bestätigung."
        )
        errors = [("nummer", sentence)]
        return render_template("cases/enter.html", number=number, secret=secret, errors=errors), 422
    grant(found.tenant_id, found.id)
    return redirect(url_for("status.show", case_id=found.id), 303)


@blueprint.get("/vorgang/<uuid:case_id>/gesendet")
def sent(case_id: uuid.UUID) -> Answer:
    """The end of a form is a beginning: number, what happens now, where to look, a copy."""
    view, row = _with_case(case_id, lambda session, row: (status_view(session, row), row))
    # With number and secret one sees the case for good: that is not for who acts for somebody for a while.
    secret = None if view["by"] else case_secret(program().settings.secret_key, row.id)
    offers = () if view["by"] else offers_of(row)
    return render_template("cases/sent.html", secret=secret, offers=offers, **view)


@blueprint.get("/vorgang/<uuid:case_id>")
def show(case_id: uuid.UUID) -> Answer:
    """Where the case stands, and what was written."""
    page, of_account, events = _with_case(
        case_id, lambda session, row: (_status(session, row), row.account_id, row.events)
    )
    _seen(case_id, of_account, events)
    return page


def _seen(case_id: uuid.UUID, of_account: uuid.UUID | None, events: int) -> None:
    """Note that the account, if the case is its own, has been shown what was written so far."""
    own = current_session().account_id
    if own is not None and of_account == own and request.method != "HEAD":
        with program().database.transaction(acting_for(own)) as session:
            note_seen(session, own, case_id, events)


def _status(session: Session, row: Case, typed: str = "", errors: Errors | None = None) -> str:
    note_look(session, row, "opened")
    return render_template(
        "cases/status.html",
        typed=typed,
        errors=errors or [],
        mailed=request.args.get("mail", ""),
        arrived=request.args.get("nachricht") == "da",
        readings=reading_rows(readings_of_case(session, row.id)),
        most_files=_MOST_FILES,
        # So much a whole request may bring, and with that each file of it.
        file_size=limit_text(program().settings.upload_limit),
        **status_view(session, row),
    )


def _again(case_id: uuid.UUID, typed: str, errors: Errors, status: int = 422) -> Answer:
    return _with_case(case_id, lambda session, row: (_status(session, row, typed, errors), status))


class _NotTakenError(Exception):
    """A message that was not taken, so that nothing of it is kept."""

    def __init__(self, errors: Errors) -> None:
        super().__init__()
        self.errors = errors


@blueprint.post("/vorgang/<uuid:case_id>/nachricht")
def answer(case_id: uuid.UUID) -> Answer:
    """Answer a question, say something, add files."""
    typed = posted_text("nachricht")
    errors = [("nachricht", sentence) for sentence in too_long(typed, _LONGEST_MESSAGE)]
    if not typed and not any(file.filename for file in request.files.getlist("dateien")):
        errors.append(("nachricht", gettext("Schreiben Sie etwas oder fügen Sie eine Datei hinzu.")))
    if errors:
        return _again(case_id, typed, errors)

    def write(session: Session, row: Case) -> Answer:
        owner = Owner(row.tenant_id, case_id=row.id)
        stored, refused = take_in_posted(session, owner, "dateien", _MOST_FILES)
        if refused:
            again = gettext("Noch ist nichts gesendet. Wählen Sie die Dateien noch einmal aus.")
            raise _NotTakenError([("dateien", sentence) for sentence in (*refused, again)])
        by_applicant.answer(session, applicant(row.tenant_id, row.id), row.id, typed, stored)
        return redirect(url_for("status.show", case_id=case_id, nachricht="da"), 303)

    try:
        check_rate("message", limit=30, seconds=3600)
        return _with_case(case_id, write)
    except _NotTakenError as error:
        return _again(case_id, typed, error.errors)
    except TooManyRequests:
        often = gettext("Das waren viele Nachrichten hintereinander. Senden Sie diese in einer Stunde.")
        return _again(case_id, typed, [("nachricht", often)], 429)
    except CaseClosedError:
        closed = gettext("Der Vorgang ist schon abgeschlossen. Rufen Sie uns bitte an.")
        return _again(case_id, typed, [("nachricht", closed)], 409)


@blueprint.post("/vorgang/<uuid:case_id>/adresse")
def ask_to_confirm(case_id: uuid.UUID) -> Answer:
    """Mail the link that confirms the address once more."""

    def mail(session: Session, row: Case) -> Answer:
        refuse_acting(case_id)
        sent = by_applicant.ask_to_confirm(session, row)
        state = "unterwegs" if sent or row.email_confirmed_at else "zu-oft"
        return redirect(url_for("status.show", case_id=case_id, mail=state), 303)

    return _with_case(case_id, mail)


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
        return _again(case_id, "", late, 409)


@blueprint.get("/vorgang/<uuid:case_id>/kopie.pdf")
def copy(case_id: uuid.UUID) -> Answer:
    """Everything that was sent, as a PDF with the receipt."""

    def make(session: Session, row: Case) -> Response:
        note_look(session, row, "copy")
        return _pdf(copy_of_application(session, row), f"{row.number}.pdf")

    return _with_case(case_id, make)


@blueprint.get("/vorgang/<uuid:case_id>/bescheid.pdf")
def letter(case_id: uuid.UUID) -> Answer:
    """The decision as a letter, as a PDF."""

    def make(session: Session, row: Case) -> Response:
        note_look(session, row, "letter")
        return _pdf(letter_of_decision(session, row), f"{row.number}-Bescheid.pdf")

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
        note_look(session, row, "document")
        stream = program().intake.storage.open(row.tenant_id, document_id)
        return send_file(stream, mimetype=found.media_type, as_attachment=True, download_name=found.name)

    return _with_case(case_id, fetch)


@blueprint.route("/adresse/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Answer:
    """Confirm an address from the mailed link: a page with a button, so that a mail scanner's look does nothing."""
    with program().database.transaction(ANONYMOUS) as session:
        found = queries.find_case_by_confirmation(session, token)
    if found is None or not seen_here(found.seen_at):
        return render_template("cases/confirm.html", state="gone"), 404
    context = applicant(found.tenant_id, found.id)
    with program().database.transaction(context) as session:
        if request.method == "POST":
            by_applicant.confirm_address(session, context, found.id)
            state = "done"
        else:
            row = by_applicant.load(session, found.id)
            state = "before" if row.email_confirmed_at else "ask"
    return render_template("cases/confirm.html", state=state)


@blueprint.post("/vorgang/beenden")
def leave() -> Response:
    """Forget on this device what was opened: for borrowed phones."""
    close_session()
    return redirect(url_for("portal.home"), 303)


@blueprint.post("/vorgang/<uuid:case_id>/ins-konto")
def keep(case_id: uuid.UUID) -> Response:
    """Take a case that was sent as a guest into the account that is signed in."""
    own = current_session().account_id
    if own is None:
        raise Unauthorized
    _with_case(case_id, lambda session, row: by_applicant.take_into_account(session, row, own))
    return redirect(url_for("status.show", case_id=case_id), 303)


@blueprint.post("/vorgang/<uuid:case_id>/angaben-merken")
def remember(case_id: uuid.UUID) -> Response:
    """Let the account remember from an application what the next form could propose."""
    own, key = current_session().account_id, request.form.get("was", "")
    if own is None:
        raise Unauthorized
    if keep_of(_with_case(case_id, lambda _, row: row), own, key):
        flash(gettext("Ihre Angaben sind gespeichert. Das nächste Formular schlägt sie Ihnen vor."))
    else:
        flash(gettext("Ihr Profil ist voll. Entfernen Sie dort zuerst etwas."))
    return redirect(url_for("status.sent" if key else "status.show", case_id=case_id), 303)


@blueprint.route("/quittung", methods=["GET", "POST"])
def verify() -> Answer:
    """Check a receipt: anyone may, at any time."""
    code = request.values.get("code", "")[:8000].strip()
    result = program().receipt_keys.verify(code) if code else None
    verified = isinstance(result, Verified)
    content = result.content if isinstance(result, Verified) else None
    sentence = result.sentence if result is not None and not isinstance(result, Verified) else ""
    service = here().snapshot.catalogue.services.get(content.service) if content else None
    return render_template(
        "cases/verify.html",
        code=code,
        verified=verified,
        content=content,
        sentence=sentence,
        service_name=pick(service.name) if service else None,
    )


@blueprint.get("/quittung/schluessel.json")
def receipt_keys() -> Response:
    """The public keys that receipts are signed with (JSON Web Key Set)."""
    return jsonify(program().receipt_keys.public_keys_document())
