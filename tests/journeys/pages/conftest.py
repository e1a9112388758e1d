"""Towns with everything that each kind of page needs, on the stage of the journeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest
from playwright.sync_api import Browser

from tests.cases.house import House
from tests.journeys.pages.cast import Cast, house_of
from tests.journeys.pages.inspection import Inspector, Validator, inspecting, validating
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
def validated() -> Iterator[Validator]:
    """Tells what is wrong with a page's HTML."""
    with validating() as validated:
        yield validated


@pytest.fixture(scope="session")
def frames() -> set[str]:
    """What is around pages, as it was looked at already."""
    return set()


@pytest.fixture
def look_closely(
    chromium: Browser, stage: Stage, validated: Validator, frames: set[str]
) -> Callable[..., AbstractContextManager[Inspector]]:
    """Makes somebody who looks closely at pages."""

    def at(locale: str = "de-DE") -> AbstractContextManager[Inspector]:
        return inspecting(chromium, stage.port, validated, frames, locale)

    return at


@pytest.fixture
def inspector(look_closely: Callable[..., AbstractContextManager[Inspector]]) -> Iterator[Inspector]:
    """Somebody who looks closely at pages."""
    with ExitStack() as stack:
        yield stack.enter_context(look_closely())
