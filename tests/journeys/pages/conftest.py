"""Towns with everything that each kind of page needs, on the stage of the journeys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.cases.house import House
from tests.journeys.pages.cast import Cast, house_of
from tests.journeys.pages.inspection import Inspector, inspecting
from tests.journeys.stage import Stage

TOWNS = ("vechta", "cloppenburg")


@pytest.fixture(scope="session")
def house(stage: Stage) -> Iterator[House]:
    """The program in this process, on the stage's database."""
    with house_of(stage) as opened:
        yield opened


@pytest.fixture(scope="session")
def cast(house: House) -> Callable[[str], Cast]:
    """A town's people and papers, made when they are asked for first."""
    made: dict[str, Cast] = {}
    return lambda slug: made.setdefault(slug, Cast(house, slug))


@pytest.fixture(scope="session")
def themes(stage: Stage) -> dict[str, str]:
    """The style sheets of the towns' themes, as they are served."""

    def served(slug: str) -> str:
        found = re.search(r'href="(/theme\.[^"]+\.css)"', stage.read(slug))
        assert found
        return stage.read(slug, found[1])

    return {slug: served(slug) for slug in TOWNS}


@pytest.fixture
def inspecting_at(
    chromium: Browser, stage: Stage, themes: dict[str, str], tmp_path: Path
) -> Callable[..., AbstractContextManager[Inspector]]:
    """Makes somebody who looks closely at a town's pages, and puts them into the other town's theme too."""

    def at(slug: str, locale: str = "de-DE") -> AbstractContextManager[Inspector]:
        other = themes[next(each for each in TOWNS if each != slug)]
        return inspecting(chromium, stage.port, tmp_path, other, locale)

    return at


@pytest.fixture
def inspector(inspecting_at: Callable[..., AbstractContextManager[Inspector]]) -> Iterator[Inspector]:
    """Somebody who looks closely at pages of Vechta."""
    with ExitStack() as stack:
        yield stack.enter_context(inspecting_at("vechta"))
