"""Every page of the portals: all topics, situations, services and legal pages, and all pages of all forms.

``make a11y`` runs this; it takes a good quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager

import pytest

from kreisportal.forms import FormDefinition, shown_step, visible_steps
from kreisportal.i18n import LANGUAGES
from tests.forms import test_forms_business, test_forms_dog, test_forms_kita, test_forms_residents
from tests.forms.filing import file_form
from tests.journeys.pages.cast import Cast
from tests.journeys.pages.conftest import TOWNS
from tests.journeys.pages.inspection import Inspector, Kind, press

pytestmark = [pytest.mark.browser, pytest.mark.slow_a11y]

Inspecting = Callable[..., AbstractContextManager[Inspector]]
COMPLETE: Mapping[str, Mapping[str, str | list[str]]] = {
    "gewerbe-anmelden": test_forms_business.START_COMPLETE,
    "gewerbe-ummelden": test_forms_business.CHANGE_COMPLETE,
    "gewerbe-abmelden": test_forms_business.END_COMPLETE,
    "hund-anmelden": test_forms_dog.REGISTER_COMPLETE,
    "hund-abmelden": test_forms_dog.DEREGISTER_COMPLETE,
    "kita-anmeldung": test_forms_kita.COMPLETE,
    "meldebescheinigung": test_forms_residents.CERTIFICATE_COMPLETE,
    "fuehrungszeugnis": test_forms_residents.CONDUCT_COMPLETE,
    "ausweis-verlust": test_forms_residents.LOSS_COMPLETE,
    "briefwahl": test_forms_residents.VOTE_COMPLETE,
}


def _read(cast: Cast) -> Iterator[Kind]:
    catalogue = cast.house.program.keeper.current.catalogue
    for key in catalogue.topics:
        yield Kind(key, f"/themen/{key}")
    for key in catalogue.situations:
        yield Kind(key, f"/lebenslagen/{key}")
    for key, service in catalogue.services.items():
        yield Kind(key, f"/leistungen/{key}")
        if service.executed_here:
            yield Kind(f"{key}, place", f"/leistungen/{key}/ort")


def _answered(cast: Cast) -> Iterator[Kind]:
    for key in cast.house.program.keeper.current.catalogue.forms:
        form: FormDefinition = cast.house.form(key)[1]
        answers = file_form(key, COMPLETE[key]).answers if key in COMPLETE else {}
        full, empty = cast.draft_of(key, answers), cast.draft_of(key, {})
        mine, new = cast.session(subject=full), cast.session(subject=empty)
        yield Kind(f"{key}, beginning", f"/antrag/{key}")
        for view in visible_steps(form, answers):
            step = view.step.key
            yield Kind(f"{key}, {step}", f"/antrag/{full}/{step}", mine)
            # What an answer before decides is not asked for in the empty one.
            asked = shown_step(form, step, {})
            if asked and any(field.required for field in asked.fields):
                yield Kind(f"{key}, {step} with errors", f"/antrag/{empty}/{step}", new, 422, press)


@pytest.mark.parametrize("language", [each.path for each in LANGUAGES])
@pytest.mark.parametrize("kinds", [_read, _answered])
@pytest.mark.parametrize("town", TOWNS)
def test_every_page(
    look_closely: Inspecting,
    cast: Callable[[str], Cast],
    town: str,
    kinds: Callable[[Cast], Iterator[Kind]],
    language: str,
) -> None:
    with look_closely() as inspector:
        for kind in kinds(cast(town)):
            inspector.look(kind, f"{town}.localhost", language)
