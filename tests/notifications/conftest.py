"""A region of four tenants, a mail server, and a worker that sends by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kreisportal.jobs.running import Crew
from kreisportal.worker import create_crew
from tests.jobs.conftest import region
from tests.notifications.sink import PATIENCE, Sink, start, stop
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy

__all__ = ["region"]


@pytest.fixture
def sink(request: pytest.FixtureRequest) -> Iterator[Sink]:
    """A mail server and its ledger; a parameter is the senders' patience in seconds."""
    made = Sink(patience=getattr(request, "param", PATIENCE))
    controller = start(made)
    yield made
    stop(made, controller)


@pytest.fixture
def crew(region: DatabaseCopy, sink: Sink, tmp_path: Path) -> Iterator[Crew]:
    """The worker as it runs, sending to the sink."""
    made = create_crew(replace(settings_for(region, tmp_path), mail_url=sink.url), 1)
    yield made
    made.runtime.database.close()
