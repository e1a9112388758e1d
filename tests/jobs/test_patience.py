"""The end of a job is written down although the connection breaks."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from procrastinate.testing import InMemoryConnector

from kreisportal.jobs import patience
from kreisportal.jobs.patience import PatientJobManager


class Shaky(InMemoryConnector):
    """Fails as often as it is told to, with a cause."""

    def __init__(self, failures: int, cause: Exception) -> None:
        super().__init__()
        self.failures, self.cause, self.written = failures, cause, 0

    async def execute_query_async(self, query: str, **arguments: Any) -> None:
        """Write, or break."""
        if self.failures:
            self.failures -= 1
            raise ConnectorException from self.cause
        self.written += 1


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_DELAYS", (0.0, 0.0, 0.0))


def finish(connector: Shaky) -> None:
    manager = PatientJobManager(connector)
    asyncio.run(manager.finish_job_by_id_async(job_id=1, status=Status.SUCCEEDED, delete_job=False))


@pytest.mark.parametrize("failures", [0, 1, 3])
def test_a_broken_connection_is_outlived(failures: int) -> None:
    connector = Shaky(failures, psycopg.OperationalError())
    finish(connector)
    assert connector.written == 1


def test_patience_ends() -> None:
    with pytest.raises(ConnectorException):
        finish(Shaky(4, psycopg.OperationalError()))


def test_an_answer_is_no_broken_connection() -> None:
    connector = Shaky(1, psycopg.errors.RaiseException())
    with pytest.raises(ConnectorException):
        finish(connector)
    assert connector.written == 0
