"""Towns with everything that each kind of page needs, on the stage of the journeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.cases.house import House
from tests.journeys.pages.cast import Cast, house_of
from tests.journeys.pages.inspection import Inspector, inspecting
from tests.journeys.stage import Stage


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


@pytest.fixture
def inspector(chromium: Browser, stage: Stage, tmp_path: Path) -> Iterator[Inspector]:
    """Somebody who looks closely at pages."""
    with inspecting(chromium, stage.port, tmp_path) as looking:
        yield looking
