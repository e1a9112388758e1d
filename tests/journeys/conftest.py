"""A running deployment and a real browser for the journeys.

``stage``    web processes, worker, mail server and database, once per test process: journeys bring their own people
``window``   ``window(size=PHONE, script=False, …)`` is a new person's browser window; what goes wrong in it fails the test
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import windows
from tests.journeys.stage import Stage, opened
from tests.support.server import DatabaseServer

_PAGES = pytest.StashKey[list[Page]]()


@pytest.fixture(scope="session")
def stage(
    server: DatabaseServer, _region_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The deployment."""
    database = server.copy(_region_template)
    with opened(database, tmp_path_factory.mktemp("stage"), mode="demo") as running:
        yield running
    server.drop(database)


@pytest.fixture
def window(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Opens windows; see ``tests.journeys.windows.opened`` for what can be asked for."""
    pages = request.node.stash[_PAGES] = []
    with ExitStack() as stack:

        def open_window(**wishes: Any) -> Page:
            pages.append(stack.enter_context(windows.opened(chromium, **wishes)))
            return pages[-1]

        yield open_window


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A journey that failed tells what its windows showed at that moment, and what the processes had to say."""
    report = yield
    if report.when == "call" and report.failed:
        for page in item.stash.get(_PAGES, []):
            report.sections.append((f"window at {page.url}", page.locator("body").inner_text()))
        stage = getattr(item, "funcargs", {}).get("stage")
        report.sections.append(("processes", stage.logs() if isinstance(stage, Stage) else ""))
    return report
