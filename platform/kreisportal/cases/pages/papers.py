"""Papers made from a case, for who asks for them on a page."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from kreisportal.cases import papers, queries
from kreisportal.cases.models import Case
from kreisportal.cases.pages.identity import identity_text
from kreisportal.cases.papers import Surroundings
from kreisportal.i18n import pick
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.forms_in_force import form_version
from kreisportal.web.site import here


def copy_of_application(session: Session, row: Case) -> bytes:
    """All that was sent, as ``papers`` makes it. Raises NotFoundError as there."""
    return papers.copy_of_application(
        session, row, _around(row), identity_text(queries.events(session, row.id))
    )


def letter_of_decision(session: Session, row: Case) -> bytes:
    """The office's decision as a letter, as ``papers`` makes it. Raises NotFoundError as there."""
    return papers.letter_of_decision(session, row, _around(row))


def _around(row: Case) -> Surroundings:
    snapshot = here().snapshot
    service = snapshot.catalogue.services.get(row.service_key)
    return Surroundings(
        form=form_version(row.form_key, row.form_version),
        town=definition_of(snapshot.registry.tenants[row.tenant_id]),
        service=pick(service.name) if service else "",
        verify_url=url_for("status.verify", _external=True),
    )
