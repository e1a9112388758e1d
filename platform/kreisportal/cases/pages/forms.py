"""The forms of this room's pages: the region's, with the page on which a town asks for further papers."""

from __future__ import annotations

from collections.abc import Iterable

from kreisportal.cases.filing import Filing
from kreisportal.cases.models import Case, CaseEvent, Draft
from kreisportal.cases.papers_asked import papers_asked
from kreisportal.catalogue.offers import offer_of
from kreisportal.forms import FormDefinition
from kreisportal.forms.further import with_papers
from kreisportal.kernel import clock
from kreisportal.web.forms_in_force import current_form, form_version
from kreisportal.web.site import here


def form_to_begin(filing: Filing) -> tuple[int, FormDefinition]:
    """The form in force and its version, as the responsible authority wants it answered."""
    version, form = current_form(filing.form_key)
    return version, with_papers(form, filing.offer.papers)


def form_of_draft(draft: Draft) -> FormDefinition:
    """The form that a draft was begun with, with what its authority wants today."""
    snapshot = here().snapshot
    tenant = snapshot.registry.tenants[draft.tenant_id]
    offer = offer_of(snapshot, tenant, draft.service_key, clock.today())
    return with_papers(form_version(draft.form_key, draft.form_version), offer.papers)


def form_of_case(row: Case, events: Iterable[CaseEvent]) -> FormDefinition:
    """The form that a case was sent with."""
    return with_papers(form_version(row.form_key, row.form_version), papers_asked(events))
