"""Drafts and cases on the page of all one's matters: one's own by where they stand, and those of whom one acts for."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from kreisportal.cases.pages.account import things_of
from kreisportal.cases.queries import Matter, answers_of, matters_of
from kreisportal.cases.status import OPEN_STATES, CaseState
from kreisportal.cases.wording import status_text
from kreisportal.i18n import gettext
from kreisportal.kernel.matters import MatterRow, Matters, Section
from kreisportal.mandates.queries import RepresentedMatter, represented_matters
from kreisportal.web.formats import date_text
from kreisportal.web.forms_in_force import form_version, kind_in_force
from kreisportal.web.site import here


def register(matters: Matters) -> None:
    """Say what this room shows."""
    matters.register("cases", _sections)


def _sections(session: Session) -> Iterator[Section]:
    own = matters_of(session)
    names = _names(session, own)

    def section(position: int, heading: str, *states: CaseState | None) -> Section:
        rows = [_row(each, names.get(each.id, "")) for each in own if _state(each) in states]
        return Section(position, heading, tuple(rows))

    over = [state for state in CaseState if state not in OPEN_STATES]
    yield section(10, gettext("Wartet auf Sie"), CaseState.WAITING)
    yield section(30, gettext("Angefangen"), None)
    yield section(40, gettext("Läuft"), CaseState.NEW, CaseState.IN_PROGRESS)
    yield section(60, gettext("Abgeschlossen"), *over)
    yield from _of_others(represented_matters(session))


def _of_others(matters: Sequence[RepresentedMatter]) -> Iterator[Section]:
    """A section for each person that one acts for."""
    for name in dict.fromkeys(matter.giver_name for matter in matters):
        rows = [_row(matter) for matter in matters if matter.giver_name == name]
        yield Section(80, gettext("Für %(name)s", name=name), tuple(rows))


def _state(matter: Matter) -> CaseState | None:
    return None if matter.is_draft else CaseState(matter.state)


def _row(matter: Matter | RepresentedMatter, names: str = "") -> MatterRow:
    if matter.is_draft:
        page = f"/antrag/{matter.id}/pruefen"
        until = date_text(matter.until or matter.at)
        told = [
            gettext("zuletzt geändert am %(date)s", date=date_text(matter.at)),
            gettext("bleibt bis zum %(date)s", date=until),
        ]
    else:
        page = f"/vorgang/{matter.id}"
        service = here().snapshot.catalogue.services.get(matter.service_key)
        told = [
            matter.number,
            status_text(matter.state, kind_in_force(service.form if service else None)),
            gettext("gesendet am %(date)s", date=date_text(matter.at)),
        ]
    note = " · ".join([*([names] if names else []), *told])
    return MatterRow(matter.tenant_id, matter.via_tenant_id, matter.service_key, note, page)


def _names(session: Session, matters: Sequence[Matter]) -> dict[uuid.UUID, str]:
    """What tells several matters of one service apart: the children, dogs or businesses that each is about."""
    often = Counter(matter.service_key for matter in matters)
    alike = [matter.id for matter in matters if often[matter.service_key] > 1]
    return {
        each.id: ", ".join(
            thing.name for thing in things_of(form_version(each.form_key, each.form_version), each.answers)
        )
        for each in answers_of(session, alike)
    }
