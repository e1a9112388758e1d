"""Every kind of page, in every language, both colour schemes and both themes, as it is served."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kreisportal.i18n import LANGUAGES
from tests.journeys.pages import kinds_applicant, kinds_desk, kinds_portal
from tests.journeys.pages.cast import Cast
from tests.journeys.pages.inspection import Inspector, Kind, inspect

pytestmark = pytest.mark.browser

Kinds = Callable[[Cast], Iterator[Kind]]
PORTAL: list[Kinds] = [
    kinds_portal.public,
    kinds_portal.applying,
    kinds_applicant.forms,
    kinds_applicant.following,
]
DESK: list[Kinds] = [kinds_desk.access, kinds_desk.work]
TOWNS = ("vechta", "cloppenburg")


@pytest.mark.parametrize("language", [each.path for each in LANGUAGES])
@pytest.mark.parametrize("kinds", PORTAL, ids=lambda kinds: kinds.__name__)
@pytest.mark.parametrize("town", TOWNS)
def test_portal(
    inspector: Inspector, cast: Callable[[str], Cast], town: str, kinds: Kinds, language: str
) -> None:
    inspect(inspector, kinds(cast(town)), lambda _: f"{town}.localhost", language)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kinds", DESK, ids=lambda kinds: kinds.__name__)
@pytest.mark.parametrize("town", TOWNS)
def test_desk(
    inspector: Inspector, cast: Callable[[str], Cast], town: str, kinds: Kinds, language: str
) -> None:
    if kinds is kinds_desk.work:
        cast(town).fill_inbox()
    inspect(inspector, kinds(cast(town)), lambda _: f"verwaltung.{town}.localhost", language)
