"""Writing down how a job ended, also when the connection breaks at that moment.

Procrastinate tries once. A job whose end got lost would stay begun for as long as its worker lives, and nobody
would take it up, because only jobs of dead workers are taken up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

_DELAYS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
_log = logging.getLogger(__name__)


class PatientJobManager(JobManager):
    """Tries again for half a minute; after that the worker has noticed itself and begun a new life."""

    async def finish_job_by_id_async(self, *arguments: Any, **named: Any) -> None:
        """Write down that a job is done or failed."""
        await _patiently(super().finish_job_by_id_async, *arguments, **named)

    async def retry_job_by_id_async(self, job_id: int, *arguments: Any, **named: Any) -> None:
        """Write down that a job is to be tried again; where its like waits already, that one does its work."""
        try:
            await _patiently(super().retry_job_by_id_async, job_id, *arguments, **named)
        except UniqueViolation:
            _log.warning("job %s is left to the next of its queueing lock", job_id)
            await self.finish_job_by_id_async(job_id=job_id, status=Status.FAILED, delete_job=False)


async def _patiently(write: Callable[..., Awaitable[None]], *arguments: Any, **named: Any) -> None:
    for delay in _DELAYS:
        try:
            await write(*arguments, **named)
        except ConnectorException as error:
            # Any other refusal is an answer, e.g. that the try before has been written after all.
            if not isinstance(error.__cause__, psycopg.OperationalError):
                raise
            _log.warning("the end of a job could not be written, trying again")
            await asyncio.sleep(delay)
        else:
            return
    await write(*arguments, **named)
