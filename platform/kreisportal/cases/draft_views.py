"""Drafts besides their form's pages: pause, come back by the mailed link, throw away, and what if it is gone."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.cases import drafts, queries
from kreisportal.cases.errors import DraftGoneError
from kreisportal.cases.filing import Filing
from kreisportal.cases.models import Draft
from kreisportal.cases.pages.acting import page_out_of_reach, refuse_acting, represented_in
from kreisportal.cases.pages.counting import given_up
from kreisportal.cases.pages.forms import form_of_draft
from kreisportal.cases.pages.parts import applicant, filing_of, lies_in
from kreisportal.catalogue.offers import offer_of
from kreisportal.forms import first_open_step
from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.notifications.addresses import check_address
from kreisportal.web.errors import error_page
from kreisportal.web.page import know_user
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session, grant
from kreisportal.web.site import here, seen_here

blueprint = Blueprint("applications", __name__, subdomain="portal", url_prefix="/<language:lang>/antrag")
"""All pages of a form that is being filled in; ``views`` adds those of the form itself."""

Answer = str | tuple[str, int] | Response


def filing_of_draft(draft: Draft) -> Filing:
    """The filing of a draft that exists: what was open when it was begun may be finished.

    Raises DraftGoneError for a service that the catalogue has no more.
    """
    snapshot = here().snapshot
    service = snapshot.catalogue.services.get(draft.service_key)
    if service is None:
        raise DraftGoneError
    tenant = snapshot.registry.tenants[draft.tenant_id]
    offer = offer_of(snapshot, tenant, draft.service_key, clock.today())
    return Filing(service, draft.form_key, tenant, snapshot.registry.tenants[draft.via_tenant_id], offer, "")


@blueprint.errorhandler(DraftGoneError)
def _gone(_: DraftGoneError) -> Answer:
    """A draft that was sent meanwhile, on another device perhaps, leads to its case; one that has expired says so."""
    draft_id = (request.view_args or {}).get("draft_id")
    if draft_id is None:
        return render_template("cases/resume_gone.html"), 404
    context = applicant(current_session().tenant_of(draft_id), draft_id)
    with program().database.transaction(context) as session:
        sent = queries.case(session, draft_id) is not None
    if sent:
        return redirect(url_for("status.show", case_id=draft_id), 303)
    return render_template("cases/resume_gone.html"), 404


@blueprint.errorhandler(NotFoundError)
def _not_found(error: NotFoundError) -> Answer | tuple[str, int, dict[str, str]]:
    """Whoever comes to a draft without its session is told how to go on, whether there is such a draft or not."""
    draft_id = (request.view_args or {}).get("draft_id")
    if draft_id is not None:
        return page_out_of_reach(draft_id), error.status
    return error_page(error.status)


@blueprint.route("/<uuid:draft_id>/unterbrechen", methods=["GET", "POST"])
def pause(draft_id: uuid.UUID) -> Answer:
    """Stop and go on later: by a link to one's address. For who acts for somebody it would outlive the mandate."""
    tenant_id = current_session().tenant_of(draft_id)
    if request.method == "POST":
        refuse_acting(draft_id)
    typed, errors, sent = request.form.get("email", ""), [], False
    know_user()
    with program().database.transaction(applicant(tenant_id, draft_id)) as session:
        draft = drafts.load(session, draft_id, lock=request.method == "POST")
        form = form_of_draft(draft)
        if request.method == "POST":
            try:
                sent = drafts.pause(session, draft, check_address(typed), program().settings.secret_key)
                if not sent:
                    errors = [
                        gettext(
                            "An diese Adresse gingen zuletzt schon viele Mails. Versuchen Sie es morgen wieder."
                        )
                    ]
            except InvalidInputError:
                errors = [gettext("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@beispiel.de.")]
        filing = filing_of_draft(draft)
        step_key = first_open_step(form, draft.answers)
        html = render_template(
            "cases/pause.html",
            draft=draft,
            by=represented_in(session, draft_id),
            **lies_in(draft),
            typed=typed,
            errors=errors,
            sent=sent,
            step_key=step_key,
            **filing_of(filing, form),
        )
    return html, 422 if errors else 200


@blueprint.post("/<uuid:draft_id>/ins-konto")
def keep(draft_id: uuid.UUID) -> Response:
    """Take a draft that was begun as a guest into the account that is signed in."""
    own, tenant_id = current_session().account_id, current_session().tenant_of(draft_id)
    if own is None:
        raise Unauthorized
    refuse_acting(draft_id)
    with program().database.transaction(applicant(tenant_id, draft_id)) as session:
        draft = drafts.load(session, draft_id, lock=True)
        taken = drafts.take_into_account(session, draft, own)
    if taken:
        flash(gettext("Der Entwurf liegt jetzt in Ihrem Konto."))
    came_from_review = request.args.get("zurueck") == "pruefen"
    page = "applications.review" if came_from_review else "applications.pause"
    return redirect(url_for(page, draft_id=draft_id), 303)


@blueprint.post("/<uuid:draft_id>/verwerfen")
def discard(draft_id: uuid.UUID) -> Response:
    """Throw the draft away."""
    tenant_id = current_session().tenant_of(draft_id)
    with program().database.transaction(applicant(tenant_id, draft_id)) as session:
        draft = drafts.load(session, draft_id, lock=True)
        key, gone = draft.service_key, given_up(draft)
        drafts.discard(session, draft)
    program().service_counts.note(gone)
    return redirect(url_for("feedback.ask", key=key), 303)


@blueprint.route("/weiter/<token>", methods=["GET", "POST"])
def resume(token: str) -> Answer:
    """Back from the mailed link: a page with a button, so that a mail scanner's look does nothing."""
    with program().database.transaction(ANONYMOUS) as session:
        found = queries.find_draft_by_token(session, token)
    if found is None or not seen_here(found.seen_at):
        return render_template("cases/resume_gone.html"), 404
    if request.method != "POST":
        return render_template("cases/resume.html")
    grant(found.tenant_id, found.id)
    with program().database.transaction(applicant(found.tenant_id, found.id)) as session:
        draft = drafts.load(session, found.id)
        form = form_of_draft(draft)
        open_step = first_open_step(form, draft.answers)
    if open_step is None:
        return redirect(url_for("applications.review", draft_id=found.id), 303)
    return redirect(url_for("applications.step", draft_id=found.id, step_key=open_step), 303)
