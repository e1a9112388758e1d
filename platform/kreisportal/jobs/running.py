"""Running jobs: procrastinate's worker over the registered handlers, started again when the database was away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ProcrastinateException

from kreisportal.jobs.arguments import check_tenant, decode
from kreisportal.jobs.chores import STALLED_SECONDS, add_chores
from kreisportal.jobs.failures import JobFailedError, describe
from kreisportal.jobs.patience import PatientJobManager
from kreisportal.jobs.queue import defer_for_tenants
from kreisportal.jobs.registry import Job, JobRegistry
from kreisportal.jobs.runtime import Runtime
from kreisportal.kernel.database.context import ANONYMOUS

_HEARTBEAT_SECONDS = 10
_POLL_SECONDS = 5
_RECONNECT_SECONDS = 2
_log = logging.getLogger(__name__)

TenantIds = Callable[[], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Crew:
    """What a worker works with. ``tenant_ids`` tells the tenants that get the periodic jobs; ``concurrency`` is how
    many jobs run side by side, each in a thread; ``grace`` seconds are waited for running jobs at a stop.
    """

    registry: JobRegistry
    runtime: Runtime
    tenant_ids: TenantIds
    concurrency: int = 4
    grace: float = 20


async def work(crew: Crew, stopped: asyncio.Event) -> None:
    """Do jobs until ``stopped``; jobs that run then are finished first. While the database is away, wait for it."""
    while not stopped.is_set():
        try:
            await _work_once(crew, stopped)
        except (ProcrastinateException, psycopg.Error, OSError) as error:
            _log.warning("the worker lost the database and tries again: %s", type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), _RECONNECT_SECONDS)


async def drain(crew: Crew) -> None:
    """Do all jobs that are due now, one after the other, and end. Nothing periodic is put in."""
    app = build_app(crew, max_delay=-1)
    async with app.open_async():
        await app.run_worker_async(
            wait=False, concurrency=1, listen_notify=False, install_signal_handlers=False
        )


def build_app(crew: Crew, *, max_delay: float = 600) -> App:
    """Procrastinate's application with a task for each registered job, and the chores.

    What is periodic and has been missed is made up for when that was at most ``max_delay`` seconds ago.
    """
    connector = PsycopgConnector(
        conninfo=crew.runtime.database.url,
        kwargs={"application_name": "kreisportal-worker", "connect_timeout": 5},
        min_size=1,
        max_size=crew.concurrency + 2,
        timeout=10,
    )
    app = App(connector=connector, periodic_defaults={"max_delay": max_delay})
    app.job_manager = PatientJobManager(connector)
    for job in crew.registry.jobs.values():
        if job.for_region:
            _add_region_job(app, crew.runtime, job)
            continue
        app.task(name=job.name, retry=job.retry)(_runner(crew.runtime, job))
        if job.every is not None:
            _add_fan_out(app, crew, job, job.every)
    add_chores(app, crew.runtime)
    return app


async def _work_once(crew: Crew, stopped: asyncio.Event) -> None:
    """One life of procrastinate's worker: until ``stopped``, or until it fails, which ends it with an error."""
    app = build_app(crew)
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=crew.concurrency,
                shutdown_graceful_timeout=crew.grace,
                fetch_job_polling_interval=_POLL_SECONDS,
                update_heartbeat_interval=_HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
                install_signal_handlers=False,
            )
        )
        _log.info("the worker is at work")
        stop = asyncio.create_task(stopped.wait())
        await asyncio.wait({worker, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        # Cancelling is procrastinate's way to stop in order: running jobs are finished first.
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker


def _runner(runtime: Runtime, job: Job) -> Callable[..., None]:
    """The function that procrastinate calls, in a thread, with the arguments as they are stored."""

    def run(**stored: Any) -> None:
        tenant_id = stored.get("tenant_id")
        check_tenant(tenant_id)
        with _told(job, f"tenant {tenant_id}"):
            job.handler(runtime, tenant_id, **decode(stored))

    return run


@contextlib.contextmanager
def _told(job: Job, whose: str) -> Iterator[None]:
    """Log why a job has failed, without the values that an error holds; procrastinate then tries it again."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, the job is tried again.
        _log.warning("job %s of %s failed: %s", job.name, whose, describe(error))
        raise JobFailedError(f"{job.name}: {type(error).__name__}") from None


def _add_region_job(app: App, runtime: Runtime, job: Job) -> None:
    """A job that acts for no tenant; at its times it comes with a timestamp, which is none of its ids."""

    def run(timestamp: int | None = None, **stored: Any) -> None:
        with _told(job, "the region"):
            job.handler(runtime, **decode(stored))

    task = app.task(name=job.name, retry=job.retry, queueing_lock=None)(run)
    if job.every is not None:
        app.periodic(cron=job.every)(task)


def _add_fan_out(app: App, crew: Crew, job: Job, every: str) -> None:
    """At its times, put a periodic job in once for every tenant; two workers together do it once."""

    @app.periodic(cron=every)
    @app.task(
        name=f"{job.name}.every_tenant",
        queueing_lock=f"every:{job.name}",
        lock=f"every:{job.name}",
        retry=job.retry,
    )
    def fan_out(timestamp: int) -> None:
        with crew.runtime.database.transaction(ANONYMOUS) as session:
            count = defer_for_tenants(session, job.name, sorted(crew.tenant_ids()))
        _log.info("put in %s for %s tenants", job.name, count)
