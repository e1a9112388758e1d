"""Which jobs there are: each capability registers its handlers by name, the worker runs them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from croniter import croniter  # type: ignore[import-untyped]

from kreisportal.jobs.retry import GrowingDelay

Handler = Callable[..., None]
"""``handler(runtime, tenant_id, **ids)``: does the work for this tenant, raises to be tried again later."""

H = TypeVar("H", bound=Handler)

_NAME = re.compile(r"[a-z]+\.[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job. ``every`` is the times at which every tenant gets one (cron, UTC), None: only when deferred.

    Of a job ``for_region`` there is one at these times, which acts for no tenant.
    """

    name: str
    handler: Handler
    retry: GrowingDelay
    every: str | None = None
    for_region: bool = False


class JobRegistry:
    """All kinds of jobs of a process. A room offers ``register(registry)``, the worker calls it: no import does."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    @property
    def jobs(self) -> Mapping[str, Job]:
        """The registered jobs by name."""
        return MappingProxyType(self._jobs)

    def register(self, name: str, handler: Handler, *, retry: GrowingDelay | None = None) -> None:
        """``handler(runtime, tenant_id, **ids)`` does the jobs deferred as ``name`` (``room.verb``).

        A handler may be called again for the same job, after an error or a crash: what it does must bear it.
        Raises ``ValueError`` for a name that is taken or malformed.
        """
        self._add(Job(name, handler, retry or GrowingDelay()))

    def job(self, name: str, *, retry: GrowingDelay | None = None) -> Callable[[H], H]:
        """``register`` as a decorator."""

        def decorate(handler: H) -> H:
            self.register(name, handler, retry=retry)
            return handler

        return decorate

    def periodic(
        self, name: str, handler: Handler, every: str = "0 * * * *", *, retry: GrowingDelay | None = None
    ) -> None:
        """``handler(runtime, tenant_id)`` runs for every tenant with a portal at the times of ``every`` (cron, UTC).

        Raises ``ValueError`` for a name that is taken or times that cannot be read.
        """
        if not croniter.is_valid(every):
            raise ValueError(f"{every!r} are no times that cron understands")
        self._add(Job(name, handler, retry or GrowingDelay(), every))

    def region(
        self, name: str, handler: Handler, every: str | None = None, *, retry: GrowingDelay | None = None
    ) -> None:
        """``handler(runtime, **ids)`` does a job of what is the whole region's and no tenant's, e.g. of accounts.

        It runs at the times of ``every``, if there are any; the database's own triggers may put it in as well.
        Raises ``ValueError`` for a name that is taken or times that cannot be read.
        """
        if every is not None and not croniter.is_valid(every):
            raise ValueError(f"{every!r} are no times that cron understands")
        self._add(Job(name, handler, retry or GrowingDelay(), every, for_region=True))

    def _add(self, job: Job) -> None:
        if not _NAME.match(job.name):
            raise ValueError(f"a job is named like room.verb, not {job.name!r}")
        if job.name in self._jobs:
            raise ValueError(f"the job {job.name!r} is registered already")
        self._jobs[job.name] = job
