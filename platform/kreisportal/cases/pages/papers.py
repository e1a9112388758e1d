"""Papers made from a case, for who asks for them on a page."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from sqlalchemy.orm import Session

from kreisportal.cases import papers, queries
from kreisportal.cases.models import Case, CaseEvent
from kreisportal.cases.pages.forms import form_of_case
from kreisportal.cases.pages.identity import identity_text
from kreisportal.cases.papers import Surroundings
from kreisportal.i18n import pick
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.site import here


def copy_of_application(session: Session, row: Case) -> bytes:
    """All that was sent, as ``papers`` makes it. Raises NotFoundError as there."""
    events = queries.events(session, row.id)
    return papers.copy_of_application(session, row, _around(row, events), identity_text(events))


def letter_of_decision(session: Session, row: Case) -> bytes:
    """The office's decision as a letter, as ``papers`` makes it. Raises NotFoundError as there."""
    return papers.letter_of_decision(session, row, _around(row, queries.events(session, row.id)))


def _around(row: Case, events: Sequence[CaseEvent]) -> Surroundings:
    snapshot = here().snapshot
    service = snapshot.catalogue.services.get(row.service_key)
    return Surroundings(
        form=form_of_case(row, events),
        town=definition_of(snapshot.registry.tenants[row.tenant_id]),
        service=pick(service.name) if service else "",
        verify_url=url_for("status.verify", _external=True),
    )
