"""What a town can choose from when it says how it offers a service."""

from __future__ import annotations

from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.offer_changes import Choices
from kreisportal.catalogue.responsibility import may_execute
from kreisportal.forms.figures import figures_of
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.forms_in_force import current_form
from kreisportal.web.site import here


def choices_for(service: Service) -> Choices:
    """What the town can choose from for a service."""
    offices = {office.key for office in definition_of(here().tenant).offices}
    names = (
        figures_of(current_form(service.form)[1]) if service.form in here().snapshot.catalogue.forms else {}
    )
    return Choices(offices, online=bool(service.form) and may_execute(here().tenant, service), names=names)
