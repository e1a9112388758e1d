"""The caseworker's desk: inbox and case page, and every act on a case."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable

from flask import Blueprint, Flask, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.access.roles import Role
from kreisportal.access.who import Who
from kreisportal.cases import work
from kreisportal.cases.errors import CaseChangedError, CaseClosedError, TargetRefusedError
from kreisportal.cases.inbox import count_baskets, read_inbox
from kreisportal.cases.models import Case
from kreisportal.cases.pages import asked
from kreisportal.cases.pages.desk import case_view, inbox_view, waiting_text
from kreisportal.cases.pages.papers import copy_of_application, letter_of_decision
from kreisportal.cases.pages.parts import retention_days
from kreisportal.cases.pages.posted import posted_text, take_in_posted, too_long
from kreisportal.cases.pages.targets import LISTED, TYPED, find_target
from kreisportal.cases.readings import What, note_reading
from kreisportal.cases.status import CaseState
from kreisportal.documents.service import Owner, copy_to, documents_of_case, find
from kreisportal.i18n import gettext, lazy_gettext
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.web.duty import duty_lines
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.program import program
from kreisportal.web.send_again import keep_forms_of
from kreisportal.web.sessions import current_session
from kreisportal.web.site import here

blueprint = Blueprint("cases_desk", __name__, subdomain="desk", url_prefix="/<language:lang>/vorgaenge")

Answer = str | tuple[str, int] | Response
Errors = list[tuple[str, str]]
_LONGEST_TEXT = 20_000
_MOST_FILES = 10
_LATEST_DUE = datetime.timedelta(days=5 * 365)
_COUNT = re.compile(r"[0-9]{1,6}")


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    keep_forms_of(app, blueprint.name)
    entry = MenuEntry(lazy_gettext("Vorgänge"), "cases_desk.inbox", Who.CASEWORKER, 10, _waiting)
    register_entry(app, "desk", entry)


def _context() -> Context:
    return Context(ActorKind.STAFF, here().tenant.id, staff_id=current_session().staff_id)


def _waiting() -> str:
    """What waits for the person who is signed in, in a few words."""
    with program().database.transaction(_context()) as session:
        return waiting_text(count_baskets(session, asked.question(session)))


@blueprint.get("/")
def inbox() -> str:
    """The inbox with its baskets."""
    with program().database.transaction(_context()) as session:
        question = asked.question(session)
        found = read_inbox(session, question)
        view = inbox_view(question, found, asked.came_by())
        return render_template("cases/desk_inbox.html", duty_lines=duty_lines(session), **view)


@blueprint.get("/<uuid:case_id>")
def show(case_id: uuid.UUID) -> Answer:
    """A case: answers, documents, history, notes, and what can be done."""
    return case_page(case_id)


def case_page(case_id: uuid.UUID, errors: Errors | None = None, status: int = 200) -> Answer:
    """A case's page; with what is wrong about something that was sent from it."""
    came_by = asked.came_by()
    with program().database.transaction(_context()) as session:
        question = asked.question(session)
        row = work.load(session, case_id)
        _note_look(session, case_id, "case")
        view = case_view(session, row)
        beside = inbox_view(question, read_inbox(session, question), came_by, case_id)
        html = render_template(
            "cases/desk_case.html",
            errors=errors or [],
            typed=request.form,
            came_by=came_by,
            me=question.duty.staff_id,
            **beside,
            **view,
        )
    return html, status


def _note_look(session: Session, case_id: uuid.UUID, what: What) -> None:
    """Write down that the case was looked at, which its applicant can see; a HEAD shows nothing."""
    if request.method != "HEAD":
        note_reading(session, _context(), case_id, Role.CASEWORKER.value, what)


class _NotTakenError(Exception):
    """Something that was posted with an act and cannot be taken, so that the act is not done."""

    def __init__(self, errors: Errors) -> None:
        super().__init__()
        self.errors = errors


def _act(
    case_id: uuid.UUID, act: Callable[[Session, Context], object], *, whatever_happened: bool = False
) -> Answer:
    """Do something to a case and show it again.

    Not if something has happened to it that the page, which it is done from, did not show yet: then the page comes
    with the new state and with all that was typed. ``whatever_happened`` is for what does no harm.
    """
    context, seen = _context(), request.form.get("gesehen", "")
    try:
        with program().database.transaction(context) as session:
            if _COUNT.fullmatch(seen) and not whatever_happened:
                work.check_seen(session, case_id, int(seen))
            act(session, context)
    except CaseChangedError:
        changed = gettext(
            "Inzwischen ist etwas dazugekommen. Sehen Sie nach, und senden Sie dann noch einmal."
        )
        return case_page(case_id, [("history", changed)], 409)
    except CaseClosedError:
        closed = gettext("Der Vorgang ist inzwischen abgeschlossen. Sie sehen den neuen Stand.")
        return case_page(case_id, [("history", closed)], 409)
    except TargetRefusedError:
        return case_page(
            case_id, [(LISTED, gettext("Diese Behörde kann gerade keine Vorgänge annehmen."))], 409
        )
    except _NotTakenError as error:
        return case_page(case_id, error.errors, 422)
    return redirect(url_for("cases_desk.show", case_id=case_id, **asked.came_by()), 303)


def _needs(case_id: uuid.UUID, field: str, sentence: str) -> Answer:
    return case_page(case_id, [(field, sentence)], 422)


def _faults(name: str, missing: str) -> Errors:
    """What is wrong with a text: it is missing, or longer than is kept."""
    text = posted_text(name)
    return [(name, missing)] if not text else [(name, sentence) for sentence in too_long(text, _LONGEST_TEXT)]


@blueprint.post("/<uuid:case_id>/uebernehmen")
def take(case_id: uuid.UUID) -> Answer:
    """Take the case."""
    return _act(case_id, lambda session, context: work.take(session, context, case_id))


@blueprint.post("/<uuid:case_id>/uebergeben")
def hand_over(case_id: uuid.UUID) -> Answer:
    """Hand the case to a colleague, or put it back into the inbox."""
    chosen = request.form.get("person", "")
    try:
        staff_id = uuid.UUID(chosen) if chosen else None
    except ValueError:
        raise NotFoundError from None
    return _act(case_id, lambda session, context: work.hand_over(session, context, case_id, staff_id))


@blueprint.post("/<uuid:case_id>/gelesen")
def mark_read(case_id: uuid.UUID) -> Answer:
    """Say that the applicant's message was read and needs nothing to be done."""
    return _act(case_id, lambda session, context: work.mark_read(session, context, case_id))


@blueprint.post("/<uuid:case_id>/notiz")
def note(case_id: uuid.UUID) -> Answer:
    """Write a note for colleagues."""
    errors = _faults("notiz", gettext("Schreiben Sie, was die anderen wissen sollen."))
    if errors:
        return case_page(case_id, errors, 422)
    words = posted_text("notiz")
    return _act(
        case_id, lambda session, context: work.note(session, context, case_id, words), whatever_happened=True
    )


@blueprint.post("/<uuid:case_id>/rueckfrage")
def ask(case_id: uuid.UUID) -> Answer:
    """Ask the applicant."""
    errors = _faults("frage", gettext("Schreiben Sie Ihre Frage."))
    if errors:
        return case_page(case_id, errors, 422)
    words = posted_text("frage")
    return _act(case_id, lambda session, context: work.ask(session, context, case_id, words))


@blueprint.post("/<uuid:case_id>/stand")
def set_state(case_id: uuid.UUID) -> Answer:
    """Move the case to another open state."""
    wanted = request.form.get("stand", "")
    if wanted not in work.SETTABLE:
        return _needs(case_id, "stand", gettext("Wählen Sie einen Stand."))
    return _act(
        case_id, lambda session, context: work.set_state(session, context, case_id, CaseState(wanted))
    )


@blueprint.post("/<uuid:case_id>/frist")
def set_due(case_id: uuid.UUID) -> Answer:
    """Set another due date."""
    try:
        day = datetime.date.fromisoformat(request.form.get("frist", ""))
    except ValueError:
        return _needs(case_id, "frist", gettext("Wählen Sie einen Tag."))
    if not clock.today() <= day <= clock.today() + _LATEST_DUE:
        return _needs(case_id, "frist", gettext("Wählen Sie einen Tag ab heute, höchstens in fünf Jahren."))
    return _act(case_id, lambda session, context: work.set_due(session, context, case_id, day))


@blueprint.post("/<uuid:case_id>/entscheiden")
def decide(case_id: uuid.UUID) -> Answer:
    """Decide: outcome, text and files for the applicant."""
    outcome, words = request.form.get("ergebnis", ""), posted_text("bescheid")
    missing = gettext("Schreiben Sie, was die Antragstellerin oder der Antragsteller lesen soll.")
    errors = _faults("bescheid", missing)
    if outcome not in ("granted", "refused", "done"):
        errors.insert(0, ("ergebnis", gettext("Wählen Sie, wie Sie entscheiden.")))
    if errors:
        return case_page(case_id, errors, 422)

    def act(session: Session, context: Context) -> None:
        row = work.load(session, case_id)
        service = here().snapshot.catalogue.services.get(row.service_key)
        member = current_session().staff
        work.decide(
            session,
            context,
            case_id,
            outcome,
            words,
            _files(session, row, "decision"),
            retention_days(here().snapshot, row.service_key),
            signed=member.name if member else "",
            remedies=service.remedies if service and outcome != "done" else None,
        )

    return _act(case_id, act)


def _files(session: Session, row: Case, kind: str) -> list[str]:
    owner = Owner(row.tenant_id, case_id=row.id, kind=kind)
    stored, refused = take_in_posted(session, owner, "dateien", _MOST_FILES)
    if refused:
        again = gettext("Noch ist nichts gesendet. Wählen Sie die Dateien noch einmal aus.")
        raise _NotTakenError([("dateien", sentence) for sentence in (*refused, again)])
    return stored


@blueprint.post("/<uuid:case_id>/weitergeben")
def pass_on(case_id: uuid.UUID) -> Answer:
    """Pass the case on to the authority that is responsible."""
    reason = posted_text("grund")
    missing = gettext("Schreiben Sie, warum. Die Antragstellerin oder der Antragsteller liest das.")
    errors = _faults("grund", missing)
    try:
        to = find_target(request.form.get(LISTED, ""), request.form.get(TYPED, "")[:100].strip())
    except InvalidInputError as error:
        return case_page(case_id, [(name, words[0]) for name, words in error.messages.items()] + errors, 422)
    if errors:
        return case_page(case_id, errors, 422)

    def copy_files(session: Session, of_case: uuid.UUID) -> None:
        copy_to(program().intake.storage, documents_of_case(session, of_case), to.id)

    def act(session: Session, context: Context) -> None:
        days = retention_days(here().snapshot, work.load(session, case_id).service_key)
        work.pass_on(session, context, case_id, work.Target(to.id, to.slug, days), reason, copy_files)

    return _act(case_id, act)


@blueprint.get("/<uuid:case_id>/kopie.pdf")
def copy(case_id: uuid.UUID) -> Answer:
    """The application as the applicant sent it, as a PDF."""
    return _pdf(case_id, copy_of_application, "copy", "")


@blueprint.get("/<uuid:case_id>/bescheid.pdf")
def letter(case_id: uuid.UUID) -> Answer:
    """The decision as a letter, as a PDF."""
    return _pdf(case_id, letter_of_decision, "letter", "-Bescheid")


def _pdf(case_id: uuid.UUID, make: Callable[[Session, Case], bytes], what: What, suffix: str) -> Answer:
    with program().database.transaction(_context()) as session:
        row = work.load(session, case_id)
        _note_look(session, case_id, what)
        response = Response(make(session, row), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.number}{suffix}.pdf"'
    return response


@blueprint.get("/<uuid:case_id>/dokument/<uuid:document_id>")
def document(case_id: uuid.UUID, document_id: uuid.UUID) -> Answer:
    """A file of the case, as a download."""
    with program().database.transaction(_context()) as session:
        found = find(session, document_id)
        if found is None or found.case_id != case_id:
            raise NotFoundError
        _note_look(session, case_id, "document")
        stream = program().intake.storage.open(found.tenant_id, document_id)
    return send_file(stream, mimetype=found.media_type, as_attachment=True, download_name=found.name)
