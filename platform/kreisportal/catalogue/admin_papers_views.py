"""The tenant admin's page on further papers: what the town wants for a service besides what the region's text says."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.audit.service import record
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.offer_changes import stamp_of
from kreisportal.catalogue.offer_papers import OF_PAPER, change_papers, papers_typed_of
from kreisportal.catalogue.queries import offer_row
from kreisportal.i18n import gettext, pick
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.further_papers import ALWAYS, IF_ANY, LONGEST_NAME, LONGEST_NOTE, MOST_PAPERS
from kreisportal.web.offer_choices import choices_for
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint(
    "offer_papers_admin",
    __name__,
    subdomain="desk",
    url_prefix="/<language:lang>/leistungen/<key>/unterlagen",
)


@blueprint.get("/")
def show(key: str) -> str:
    """The papers as they are, to be changed."""
    service = _service(key)
    with program().database.transaction(staff_context()) as session:
        row = offer_row(session, here().tenant.id, key)
        return _page(service, row, papers_typed_of(row), {})


@blueprint.post("/")
def change(key: str) -> Response | tuple[str, int]:
    """Lay the papers into the offer. Page and form show them within a second."""
    service, context = _service(key), staff_context()
    channel = "online" if choices_for(service).online else "appointment"
    typed = _posted()
    try:
        with program().database.transaction(context) as session:
            seen = request.form.get("gesehen", "")
            changed = change_papers(session, here().tenant.id, key, typed, channel, seen)
            if changed:
                record(session, context, "offer.papers", "service", key)
    except (InvalidInputError, ConflictError) as error:
        with program().database.transaction(context) as session:
            row = offer_row(session, here().tenant.id, key)
            faults = error.messages if isinstance(error, InvalidInputError) else {}
            return _page(service, row, typed, faults, meanwhile=not faults), error.status
    program().keeper.renew()
    flash(
        gettext("Gespeichert. So steht es jetzt im Portal.")
        if changed
        else gettext("Es gab nichts zu ändern.")
    )
    return redirect(url_for("offer_papers_admin.show", key=key), 303)


def _posted() -> dict[str, str]:
    """What was typed: as many papers as the page had."""
    numbers = [number for number in range(1, MOST_PAPERS + 1) if f"name_de_{number}" in request.form]
    names = [f"{name}_{number}" for number in numbers for name in OF_PAPER]
    return {name: request.form.get(name, "") for name in names}


def _page(
    service: Service,
    row: Offer | None,
    typed: Mapping[str, str],
    errors: Mapping[str, list[str]],
    *,
    meanwhile: bool = False,
) -> str:
    numbers = [number for number in range(1, MOST_PAPERS + 1) if f"name_de_{number}" in typed]
    return render_template(
        "catalogue/admin_papers.html",
        service=service,
        seen=stamp_of(row),
        typed=typed,
        errors=errors,
        meanwhile=meanwhile,
        saved=[pick(paper["name"]) for paper in (row.details.get("papers", ()) if row else ())],
        numbers=numbers,
        needs=[
            (ALWAYS, gettext("von allen")),
            (IF_ANY, gettext("nur, wer eine solche Unterlage hat")),
        ],
        online=choices_for(service).online,
        longest={"name": LONGEST_NAME, "note": LONGEST_NOTE},
    )


def _service(key: str) -> Service:
    found = here().snapshot.catalogue.services.get(key)
    if found is None:
        raise NotFoundError
    return found
