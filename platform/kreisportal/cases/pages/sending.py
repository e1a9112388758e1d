"""What the review page says before somebody sends, and what makes a case of the draft then."""

from __future__ import annotations

from typing import Any

from kreisportal.cases.errors import FeeChangedError, NotSureEnoughError
from kreisportal.cases.fees import fee_said, fee_stamp, fee_text
from kreisportal.cases.identity import Shown
from kreisportal.cases.models import Draft
from kreisportal.cases.pages.parts import office_of
from kreisportal.cases.pages.trust import may_send
from kreisportal.cases.papers_asked import asked_data
from kreisportal.cases.submission import Brought
from kreisportal.catalogue.offers import OfferState, OfferView, offer_of
from kreisportal.forms import FormDefinition
from kreisportal.forms.further import with_papers
from kreisportal.kernel import clock
from kreisportal.web.forms_in_force import form_version
from kreisportal.web.site import here


def fee_shown(draft: Draft, form: FormDefinition) -> dict[str, Any]:
    """What the review page says of the fee, and the stamp by which it is known again."""
    said = fee_said(_offer_of(draft), form, draft.answers)
    return {"text": fee_text(said), "stamp": fee_stamp(said)}


def brings(shown: Shown, fee_seen: str | None, draft: Draft) -> Brought:
    """What makes a case of a draft: the form that it was begun with, what its office promises, and who sends it.

    Raises NotSureEnoughError if it is not known surely enough who that is, and FeeChangedError if the fee is not the one
    whose stamp was ``fee_seen``; None where the page has shown none.
    """
    offer = _offer_of(draft)
    form = with_papers(form_version(draft.form_key, draft.form_version), offer.papers)
    if not may_send(form, draft.answers):
        raise NotSureEnoughError
    said = fee_said(offer, form, draft.answers)
    # What was open when it was begun may be finished: of an offer that is off now nothing is known, its fee neither.
    is_known = fee_seen is not None and offer.state is not OfferState.OFF
    if is_known and fee_seen != fee_stamp(said):
        raise FeeChangedError
    office = office_of(here().snapshot, draft.tenant_id, draft.service_key)
    return Brought(form, office, shown, said, asked_data(offer.papers))


def _offer_of(draft: Draft) -> OfferView:
    snapshot = here().snapshot
    return offer_of(snapshot, snapshot.registry.tenants[draft.tenant_id], draft.service_key, clock.today())
