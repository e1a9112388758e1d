"""What a service costs, as the pages say it before anybody has answered anything."""

from __future__ import annotations

from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.offers import OfferView
from kreisportal.forms.figures import figures_of
from kreisportal.tenancy.fees.words import FeeWords, fee_words
from kreisportal.web.forms_in_force import current_form
from kreisportal.web.site import here


def offered_fee(offer: OfferView, service: Service) -> FeeWords | None:
    """The fee by the town's rule, in words; None where it has none and only texts speak of it."""
    if offer.fee_rule is None:
        return None
    has_form = service.form is not None and service.form in here().snapshot.catalogue.forms
    names = figures_of(current_form(service.form)[1]) if has_form and service.form else {}
    return fee_words(offer.fee_rule, names)
