"""Applying: what to know before, one page after another, review, send."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import TooManyRequests

from kreisportal.cases import drafts, queries
from kreisportal.cases.draft_views import Answer, blueprint, filing_of_draft
from kreisportal.cases.errors import (
    DraftChangedError,
    DraftIncompleteError,
    FeeChangedError,
    NotSureEnoughError,
)
from kreisportal.cases.filing import Filing
from kreisportal.cases.models import Draft
from kreisportal.cases.pages.acting import choices, profile_for, represented_in
from kreisportal.cases.pages.answers import answer_groups
from kreisportal.cases.pages.beginning import filing_here, first_here, looks_at
from kreisportal.cases.pages.choosing import Choosing
from kreisportal.cases.pages.counting import count_finished, count_started
from kreisportal.cases.pages.forms import form_of_draft, form_to_begin
from kreisportal.cases.pages.identity import who_is_here
from kreisportal.cases.pages.parts import applicant, before_you_begin, filing_of, keys, lies_in
from kreisportal.cases.pages.sending import brings, fee_shown
from kreisportal.cases.pages.step_input import StepInput, keep_typed, read_step, read_step_of
from kreisportal.cases.pages.step_page import TEMPLATE, first_page, step_page
from kreisportal.cases.pages.trust import ask_first, asks_for_trust, missing_at_step, missing_trust
from kreisportal.cases.submission import submit
from kreisportal.forms import (
    FormDefinition,
    first_open_step,
    next_step,
    present_notice,
    previous_step,
    summary,
    visible_steps,
)
from kreisportal.i18n import current_language, gettext
from kreisportal.kernel.database.engine import AWAY
from kreisportal.kernel.errors import UnavailableError
from kreisportal.kernel.ids import new_id
from kreisportal.mandates.queries import Representation
from kreisportal.web.page import know_user
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.send_again import keep_forms_of
from kreisportal.web.sessions import current_session, grant
from kreisportal.web.site import here, keep
from kreisportal.web.slots import render_around

_REVISION = re.compile(r"[0-9]{1,9}")


def install(app: Flask) -> None:
    """Register the pages. Steps check the CSRF token themselves, so that nothing typed is lost when it is stale."""
    app.register_blueprint(blueprint)
    keep_forms_of(app, blueprint.name)
    for view in (first, step):
        current_app_csrf(app).exempt(view)


def current_app_csrf(app: Flask) -> Any:
    """The CSRF protection of the application."""
    return app.extensions["csrf"]


def _stale_token() -> bool:
    try:
        current_app_csrf(current_app).protect()
    except CSRFError:
        return True
    return False


@blueprint.get("/<key>")
def begin(key: str) -> str:
    """Before the first field: what it costs, how long it takes, what must be at hand, what happens with the data."""
    filing = filing_here(key)
    _, form = form_to_begin(filing)
    if not filing.place:
        keep()
    return render_template(
        "cases/begin.html",
        notice=present_notice(form.notice),
        first_url=url_for("applications.first", key=key, ort=filing.place or None),
        facts=before_you_begin(filing),
        others=choices(filing),
        shown_before_sending=asks_for_trust(form),
        **filing_of(filing, form),
    )


@blueprint.route("/<key>/start", methods=["GET", "POST"])
def first(key: str) -> Answer:
    """The first page of a form. There is no draft until it has been answered."""
    # Whatever is no POST must write nothing: scanners of mails and links ask by HEAD.
    if request.method != "POST":
        return render_around(TEMPLATE, hangs_on=looks_at(), context=lambda: first_page(first_here(key)))
    beginning = first_here(key)
    form, step_key, filing, by = beginning.form, beginning.step_key, beginning.filing, beginning.by
    show = partial(step_page, form, step_key, {}, filing, back=beginning.back, by=by)
    posted = read_step(form, step_key, {})
    if _stale_token():
        return show(posted, stale=True)
    try:
        profile = profile_for(by, form, step_key, {})
        choosing = Choosing(profile, {})
        about = choosing.posted(form, step_key, {})
        if taken := choosing.take(form, step_key, posted.result.raw, {}):
            posted, about = StepInput.typed(taken.raw), taken.chosen
        if taken or not posted.result.ok:
            return show(posted, profile=profile, about=about)
        check_rate("draft", limit=60, seconds=3600)
        draft_id, answers = _begin(key, beginning.version, filing, posted.result.merged({}), about, by)
        count_started(filing.tenant.id, key)
    except (*AWAY, UnavailableError):
        return show(posted, away=True)
    except TooManyRequests:
        return show(posted, busy=True)
    return redirect(_after(form, draft_id, step_key, answers), 303)


def _begin(
    key: str,
    version: int,
    filing: Filing,
    answers: dict[str, Any],
    about: dict[str, str],
    by: Representation | None,
) -> tuple[uuid.UUID, dict[str, Any]]:
    """Begin the draft of a form whose first page has been answered."""
    draft_id = new_id()
    beginning = drafts.Beginning(
        filing.tenant.id,
        here().tenant.id,
        key,
        filing.form_key,
        version,
        current_language().path,
        by.giver_id if by else current_session().account_id,
        about,
        by.mandate_id if by else None,
    )
    if by:
        current_session().mandates[draft_id] = by.mandate_id
    with program().database.transaction(applicant(filing.tenant.id, draft_id)) as session:
        drafts.begin(session, beginning, draft_id, answers)
    # What is somebody else's is open by the mandate only, and no longer than that.
    if by is None:
        grant(filing.tenant.id, draft_id)
    return draft_id, answers


@blueprint.route("/<uuid:draft_id>/<step_key>", methods=["GET", "POST"])
def step(draft_id: uuid.UUID, step_key: str) -> Answer:
    """A page of the form."""
    tenant_id = current_session().tenant_of(draft_id)
    context = applicant(tenant_id, draft_id)
    know_user()
    with program().database.transaction(context) as session:
        draft = drafts.load(session, draft_id, lock=request.method == "POST")
        form = form_of_draft(draft)
        filing = filing_of_draft(draft)
        back, by = _before(form, draft, step_key), represented_in(session, draft_id)
        missing = missing_at_step(form, step_key, request.full_path.rstrip("?"))
        if missing is not None and missing.url is not None:
            if request.method == "POST" and not _stale_token():
                keep_typed(session, draft, form, step_key)
            return ask_first(missing, draft=draft, back=back, **filing_of(filing, form))
        show = partial(step_page, form, step_key, draft=draft, back=back, by=by)
        if request.method != "POST":
            return show(draft.answers, filing, StepInput.typed(drafts.typed_before(draft, step_key)))
        stale = _stale_token()
        posted = read_step_of(session, draft, form, step_key, with_files=not stale)
        if stale:
            return show(draft.answers, filing, posted, stale=True)
        answers = posted.result.merged(draft.answers)
        # An answer that was right before stays until there is another right one.
        kept = answers if posted.documents_changed else draft.answers
        profile = profile_for(by, form, step_key, draft.answers)
        choosing = Choosing(profile, draft.chosen or {})
        about = {**choosing.chosen, **choosing.posted(form, step_key, draft.answers)}
        unfinished: tuple[str, Mapping[str, Any]] | None = (step_key, posted.result.raw)
        if taken := choosing.take(form, step_key, posted.result.raw, kept):
            posted, kept, about = StepInput.typed(taken.raw), taken.answers, taken.chosen
            unfinished = (step_key, taken.raw)
        elif posted.result.ok:
            kept, unfinished = answers, None
        drafts.save(session, draft, kept, current_language().path, unfinished, about)
        if unfinished and "_pause" not in request.form:
            return show(kept, filing, posted, profile=profile)
    if "_pause" in request.form:
        return redirect(url_for("applications.pause", draft_id=draft_id), 303)
    return redirect(_after(form, draft_id, step_key, answers), 303)


def _after(form: FormDefinition, draft_id: uuid.UUID, step_key: str, answers: dict[str, Any]) -> str:
    """The page that follows: back to the review for those who came from there, else the next step."""
    following = next_step(form, answers, step_key)
    came_from_review = request.args.get("zurueck") == "pruefen"
    if came_from_review and first_open_step(form, answers) is None:
        following = None
    if following is None:
        return url_for("applications.review", draft_id=draft_id)
    back = "pruefen" if came_from_review else None
    return url_for("applications.step", draft_id=draft_id, step_key=following, zurueck=back)


def _before(form: FormDefinition, draft: Draft, step_key: str) -> str:
    if request.args.get("zurueck") == "pruefen":
        return url_for("applications.review", draft_id=draft.id)
    before = previous_step(form, draft.answers, step_key)
    if before is None:
        return url_for("applications.begin", key=draft.service_key)
    return url_for("applications.step", draft_id=draft.id, step_key=before)


@blueprint.get("/<uuid:draft_id>/pruefen")
def review(draft_id: uuid.UUID) -> Answer:
    """All answers once more before they are sent (OZG § 9a)."""
    return _review(draft_id)


def _review(draft_id: uuid.UUID, problem: str = "", status: int = 200) -> Answer:
    tenant_id = current_session().tenant_of(draft_id)
    with program().database.transaction(applicant(tenant_id, draft_id)) as session:
        if queries.draft(session, draft_id) is None and queries.case(session, draft_id) is not None:
            return redirect(url_for("status.sent", case_id=draft_id), 303)
        draft = drafts.load(session, draft_id)
        form = form_of_draft(draft)
        open_step = first_open_step(form, draft.answers)
        if open_step is not None:
            return redirect(url_for("applications.step", draft_id=draft_id, step_key=open_step), 303)
        filing, by = filing_of_draft(draft), represented_in(session, draft_id)
        last = visible_steps(form, draft.answers)[-1].step.key

    def change_url(step_key: str) -> str:
        return url_for("applications.step", draft_id=draft_id, step_key=step_key, zurueck="pruefen")

    html = render_template(
        "cases/review.html",
        draft=draft,
        by=by,
        groups=answer_groups(summary(form, draft.answers), change_url, all_rows=True),
        problem=problem,
        fee=fee_shown(draft, form),
        missing=missing_trust(form, draft.answers, url_for("applications.review", draft_id=draft_id)),
        back=url_for("applications.step", draft_id=draft_id, step_key=last),
        **lies_in(draft),
        **filing_of(filing, form),
    )
    return html, status


@blueprint.post("/<uuid:draft_id>/pruefen")
def send(draft_id: uuid.UUID) -> Answer:
    """Send. The answer is always a redirection to the one case there is."""
    tenant_id = current_session().tenant_of(draft_id)
    context, revision = applicant(tenant_id, draft_id), request.form.get("revision", "")
    if not _REVISION.fullmatch(revision):
        return _review(draft_id, gettext("Prüfen Sie Ihre Angaben und senden Sie sie dann ab."), 400)
    bring = partial(brings, who_is_here(), request.form.get("gebuehr") or None)
    try:
        with program().database.transaction(context) as session:
            made = submit(session, context, draft_id, int(revision), bring, keys(), current_language().path)
    except DraftChangedError:
        changed = gettext("Ihre Angaben haben sich inzwischen geändert. Prüfen Sie sie noch einmal.")
        return _review(draft_id, changed, 409)
    except FeeChangedError as error:
        changed = gettext("Die Gebühr hat sich inzwischen geändert. Prüfen Sie sie unten noch einmal.")
        return _review(draft_id, changed, error.status)
    except NotSureEnoughError as error:
        return _review(
            draft_id, gettext("Weisen Sie sich zuerst aus. Dann können Sie absenden."), error.status
        )
    except DraftIncompleteError as error:
        return redirect(url_for("applications.step", draft_id=draft_id, step_key=error.step), 303)
    count_finished(tenant_id, made)
    return redirect(url_for("status.sent", case_id=draft_id), 303)
