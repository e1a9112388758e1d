"""What the worker does for itself: take up what a dead worker left, forget what is done, tidy up."""

from __future__ import annotations

import logging

import psycopg
from procrastinate import App, JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as StoredJob
from procrastinate.jobs import Status
from sqlalchemy import text

from kreisportal.jobs.runtime import Runtime
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import ANONYMOUS, REGION

STALLED_SECONDS = 60
_MAX_STALLS = 20
_KEEP_DONE_HOURS = 24
_KEEP_FAILED_HOURS = 24 * 30
_QUEUE = "chores"
_TIDY_SESSIONS = text("SELECT definer.tidy_sessions()")
# Processes ask for changes twice a second; the newest stays, so that numbers go on from it.
_TIDY_CHANGES = text(
    "DELETE FROM changes WHERE at < now() - interval '30 days' AND revision < (SELECT max(revision) FROM changes)"
)
_log = logging.getLogger(__name__)


def add_chores(app: App, runtime: Runtime) -> None:
    """Let the worker of ``app`` do its chores at their times (UTC)."""

    @app.periodic(cron="* * * * *")
    @app.task(name="chores.take_up_stalled", queue=_QUEUE, queueing_lock="stalled", pass_context=True)
    async def take_up_stalled(context: JobContext, timestamp: int) -> None:
        for job in await context.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            await take_up(context.app, job)

    @app.periodic(cron="17 2 * * *")
    @app.task(name="chores.forget_done", queue=_QUEUE, queueing_lock="forget", pass_context=True)
    async def forget_done(context: JobContext, timestamp: int) -> None:
        manager = context.app.job_manager
        await manager.delete_old_jobs(_KEEP_DONE_HOURS)
        await manager.delete_old_jobs(
            _KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="chores.tidy_sessions", queue=_QUEUE, queueing_lock="tidy")
    def tidy_sessions(timestamp: int) -> None:
        with runtime.database.transaction(ANONYMOUS) as session:
            session.execute(_TIDY_SESSIONS)

    @app.periodic(cron="29 3 * * *")
    @app.task(name="chores.tidy_changes", queue=_QUEUE, queueing_lock="changes")
    def tidy_changes(timestamp: int) -> None:
        with runtime.database.transaction(REGION) as session:
            session.execute(_TIDY_CHANGES)


async def take_up(app: App, job: StoredJob) -> None:
    """Let a job whose worker has died be done by another; one that has felled many workers is given up."""
    try:
        if job.attempts < _MAX_STALLS:
            _log.warning("taking up job %s, whose worker is gone", job.id)
            await app.job_manager.retry_job(job, retry_at=clock.now())
        else:
            _log.error("giving up job %s: its workers died %s times", job.id, job.attempts)
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
    except ConnectorException as error:
        if not isinstance(error.__cause__, psycopg.errors.RaiseException):
            raise
        _log.info("another worker was quicker with job %s", job.id)
