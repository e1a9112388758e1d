"""The worker: puts together what jobs need and runs them until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterable
from typing import Any

import click

from kreisportal.accounts import holdings as account_holdings
from kreisportal.accounts import mail_links as account_mail_links
from kreisportal.accounts import takeout_jobs
from kreisportal.accounts.takeout_jobs import HOLDINGS
from kreisportal.bundid import holdings as bundid_holdings
from kreisportal.cases import holdings as case_holdings
from kreisportal.cases import jobs as cases_jobs
from kreisportal.council import jobs as council_jobs
from kreisportal.documents.storage import STORAGE, FolderStorage, Storage
from kreisportal.jobs import JobRegistry, Part, Runtime
from kreisportal.jobs.running import Crew, drain, work
from kreisportal.kernel.database import Database, check_role
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.database.schema import check_schema
from kreisportal.kernel.registries import Holdings
from kreisportal.mandates import holdings as mandate_holdings
from kreisportal.mandates import jobs as mandate_jobs
from kreisportal.mandates import mail_links as mandate_mail_links
from kreisportal.merging import jobs as merging_jobs
from kreisportal.notifications import sending
from kreisportal.notifications.links import LINKS, LinksRegistry
from kreisportal.notifications.mail_url import create_mailer
from kreisportal.notifications.mailer import MAILER
from kreisportal.onboarding import list_jobs
from kreisportal.settings import Settings, read_settings
from kreisportal.sso import holdings as sso_holdings
from kreisportal.sso import logouts
from kreisportal.staff import mail_links as staff_mail_links
from kreisportal.tenancy import host_jobs, renaming_jobs
from kreisportal.tenancy.queries import load_records

_CONCURRENCY = 4


def create_crew(settings: Settings, concurrency: int = _CONCURRENCY) -> Crew:
    """All jobs of all rooms, and what they work with. Its database is to be closed.

    Raises ``SettingsError`` for a mail server that cannot be understood.
    """
    registry, links = JobRegistry(), LinksRegistry()
    sending.register(registry)
    account_mail_links.register_links(links)
    mandate_mail_links.register_links(links)
    staff_mail_links.register_links(links)
    mandate_jobs.register(registry)
    cases_jobs.register(registry, links)
    logouts.register(registry)
    takeout_jobs.register(registry)
    list_jobs.register(registry)
    merging_jobs.register(registry)
    renaming_jobs.register(registry)
    council_jobs.register(registry)
    host_jobs.register(registry)
    storage = FolderStorage(settings.files_folder)
    # Two connections for each job: links are computed while the mail's row is held.
    database = Database(settings.database_url, pool_size=concurrency)
    parts: dict[Part[Any], object] = {
        MAILER: create_mailer(settings),
        LINKS: links,
        STORAGE: storage,
        HOLDINGS: create_holdings(settings, storage),
    }
    runtime = Runtime(settings, database, parts)

    def tenant_ids() -> Iterable[int]:
        with database.transaction(ANONYMOUS) as session:
            return [record.id for record in load_records(session) if record.has_portal]

    return Crew(registry, runtime, tenant_ids, concurrency)


def create_holdings(settings: Settings, storage: Storage) -> Holdings:
    """What all rooms hold about an account, in the order in which a takeout tells it."""
    holdings = Holdings()
    for room in (account_holdings, sso_holdings, bundid_holdings, mandate_holdings):
        room.register(holdings)
    case_holdings.register(holdings, settings, storage)
    return holdings


@click.command()
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=_CONCURRENCY,
    show_default=True,
    help="Jobs that run side by side.",
)
@click.option("--once", is_flag=True, help="Do what is due now and end.")
def worker(concurrency: int, once: bool) -> None:
    """Do the jobs, such as sending mails.

    Whatever is done after a commit, and what is due every day. SIGTERM ends it in order.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # Procrastinate tells of every job that begins and ends; only what goes wrong is worth a line.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    crew = create_crew(read_settings(), concurrency)
    try:
        check_role(crew.runtime.database)
        check_schema(crew.runtime.database)
        if once:
            asyncio.run(drain(crew))
        else:
            asyncio.run(_until_signal(crew))
    finally:
        crew.runtime.database.close()


async def _until_signal(crew: Crew) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await work(crew, stopped)
