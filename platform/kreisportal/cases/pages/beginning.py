"""The first page of a form, of which there is no draft yet: where it goes, which page it is and what it hangs on."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from flask import abort, redirect, request, url_for

from kreisportal.cases.filing import Filing, find_filing
from kreisportal.cases.pages.acting import chosen
from kreisportal.cases.pages.forms import form_to_begin
from kreisportal.forms import FormDefinition, next_step
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.mandates.queries import Representation
from kreisportal.web.site import here


@dataclass(frozen=True, slots=True)
class First:
    """A form that may be begun, the key of its first page, the address before that, and for whom it is begun."""

    filing: Filing
    version: int
    form: FormDefinition
    step_key: str
    back: str
    by: Representation | None


def filing_here(service_key: str) -> Filing:
    """The filing of a form that is open; where it is closed, the service's page says why and what else one can do."""
    place, snapshot = request.args.get("ort", ""), here().snapshot
    try:
        return find_filing(snapshot, here().tenant, service_key, place, clock.today())
    except NotFoundError:
        service = snapshot.catalogue.services.get(service_key)
        if service is None or service.form is None or (place and place not in snapshot.registry.by_ars):
            raise
        abort(redirect(url_for("portal.service", key=service_key, ort=place or None), 303))


def first_here(service_key: str) -> First:
    """The first page of a service's form. Raises NotFoundError for a form without any that one may fill in."""
    filing = filing_here(service_key)
    by = chosen(filing)
    version, form = form_to_begin(filing)
    step_key = next_step(form, {})
    if step_key is None:
        raise NotFoundError
    back = url_for("applications.begin", key=service_key, ort=filing.place or None)
    return First(filing, version, form, step_key, back, by)


def looks_at() -> Hashable:
    """What the first page of a form hangs on besides the town, for somebody without a session.

    Of another place it says more than the town's stamp covers.
    """
    place, snapshot = request.args.get("ort", ""), here().snapshot
    return clock.today(), request.query_string, snapshot.revision if place else None
