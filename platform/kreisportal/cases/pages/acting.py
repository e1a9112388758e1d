"""Acting for somebody on a town's portal: whom one may choose, for whom one acts, and that it is written down."""

from __future__ import annotations

import uuid

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from kreisportal.accounts.service import acting_for
from kreisportal.cases.filing import Filing
from kreisportal.cases.models import Case
from kreisportal.cases.pages.parts import applicant
from kreisportal.forms import FormDefinition, can_be_filled_in
from kreisportal.forms.conditions import Answers
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import NotAllowedError, NotFoundError
from kreisportal.mandates.queries import Representation, has_acted, represented_person, usable_for
from kreisportal.mandates.service import What, note_act
from kreisportal.web.other_sites import account_address
from kreisportal.web.profile import Profile, lent_profile, own_profile
from kreisportal.web.program import program
from kreisportal.web.send_again import kept_form
from kreisportal.web.sessions import current_session


def choices(filing: Filing) -> list[dict[str, str]]:
    """For whom else one can fill this form in, as rows that lead to its first page; none for who has no mandate here."""
    own = current_session().account_id
    if own is None:
        return []
    with program().database.transaction(acting_for(own)) as session:
        mandates = usable_for(session, own, filing.tenant.id, filing.service.key)
    return [
        {
            "text": gettext("Für %(name)s", name=mandate.giver_name),
            "url": url_for(
                "applications.first",
                key=filing.service.key,
                ort=filing.place or None,
                fuer=str(mandate.id),
            ),
        }
        for mandate in mandates
    ]


def chosen(filing: Filing) -> Representation | None:
    """For whom the form is begun, as the address says; None for oneself. Raises NotFoundError for what one may not."""
    wanted, own = request.args.get("fuer"), current_session().account_id
    if wanted is None:
        return None
    if own is None:
        raise NotFoundError
    with program().database.transaction(acting_for(own)) as session:
        usable = usable_for(session, own, filing.tenant.id, filing.service.key)
        found = next((mandate.id for mandate in usable if str(mandate.id) == wanted), None)
        by = represented_person(session, found)
    if by is None:
        raise NotFoundError
    return by


def profile_for(by: Representation | None, form: FormDefinition, step_key: str, answers: Answers) -> Profile:
    """What a page may propose: one's own, or what the mandate lets one have of the other's, and nothing of one's own.

    It is read only where the page asks for any of it.
    """
    if not can_be_filled_in(form, step_key, answers):
        return Profile()
    if by is None:
        return own_profile()
    return lent_profile(by.details, gettext("Aus dem Konto von %(name)s", name=by.giver_name))


def represented_in(session: Session, subject: uuid.UUID) -> Representation | None:
    """For whom a draft or case is looked at in this request; None where it is one's own."""
    return represented_person(session, current_session().mandates.get(subject))


def refuse_acting(subject: uuid.UUID) -> None:
    """Raise NotAllowedError where somebody acts for another: this is for the person alone."""
    if subject in current_session().mandates:
        raise NotAllowedError


def is_out_of_reach(subject: uuid.UUID) -> bool:
    """Whether something was not found because who is here may not see the case, or not any more."""
    if current_session().account_id is None:
        return not current_session().grants
    try:
        current_session().tenant_of(subject)
    except NotFoundError:
        return True
    return False


def page_out_of_reach(subject: uuid.UUID) -> str:
    """What who may not see a draft or case is told, whether there is one or not: by what else one gets there.

    Who has acted in it for somebody is told that the mandate is over; that says what they know and nothing else.
    """
    own, again = current_session().account_id, kept_form()
    if own is None:
        return render_template("cases/session_over.html", again=again)
    with program().database.transaction(acting_for(own)) as session:
        acted = has_acted(session, own, subject)
    pages = {"matters_url": "account_matters.home", "mandates_url": "mandates.overview"}
    urls = {name: account_address(endpoint) for name, endpoint in pages.items()}
    return render_template("cases/out_of_reach.html", again=again, acted=acted, **urls)


def note_look(session: Session, row: Case, what: What) -> None:
    """Write down that somebody who acts for another looks at their case."""
    if request.method != "HEAD":
        note_act(session, applicant(row.tenant_id, row.id), what)
