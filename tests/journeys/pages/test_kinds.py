"""Every kind of page, in every language, both colour schemes and both themes, as it is served.

A page is visited in each language once, at one town, and wears the other town's theme as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.journeys.pages import kinds_applicant, kinds_desk, kinds_portal
from tests.journeys.pages.cast import Cast
from tests.journeys.pages.inspection import Inspector, Kind

pytestmark = pytest.mark.browser

Kinds = Callable[[Cast], Iterator[Kind]]
Inspecting = Callable[..., AbstractContextManager[Inspector]]
EVERYBODYS: list[Kinds] = [kinds_portal.reading, kinds_portal.services, kinds_portal.applying]
APPLICANTS: list[Kinds] = [kinds_applicant.forms, kinds_applicant.following]
DESK: list[Kinds] = [kinds_desk.access, kinds_desk.work]


def visits(kinds: list[Kinds], **towns: str) -> list[tuple[Kinds, str, str]]:
    """All kinds in the languages given, each at its town."""
    return [(each, language.replace("_", "-"), town) for each in kinds for language, town in towns.items()]


@pytest.mark.parametrize(
    ("kinds", "language", "town"),
    [
        *visits(EVERYBODYS, de="vechta", en="cloppenburg", de_simple="vechta"),
        # What is only seen after applying has no words of its own in plain language.
        *visits(APPLICANTS, de="cloppenburg", en="vechta"),
    ],
)
def test_portal(
    inspecting_at: Inspecting, cast: Callable[[str], Cast], town: str, kinds: Kinds, language: str
) -> None:
    with inspecting_at(town) as inspector:
        for kind in kinds(cast(town)):
            inspector.look(kind, f"{town}.localhost", language)


@pytest.mark.parametrize(("kinds", "language", "town"), visits(DESK, de="vechta", en="cloppenburg"))
def test_desk(
    inspecting_at: Inspecting, cast: Callable[[str], Cast], town: str, kinds: Kinds, language: str
) -> None:
    with inspecting_at(town) as inspector:
        for kind in kinds(cast(town)):
            inspector.look(kind, f"verwaltung.{town}.localhost", language)
