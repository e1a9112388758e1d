"""Giving towns the names whose day has come: what the worker does."""

from __future__ import annotations

import logging

from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.tenancy.renaming import rename_due

_log = logging.getLogger(__name__)


def register(registry: JobRegistry) -> None:
    """Let the worker look every quarter of an hour, since the region's midnight is another hour in summer."""
    registry.region("tenancy.rename_towns", rename_towns, every="*/15 * * * *")


def rename_towns(runtime: Runtime) -> None:
    """Do what is due; done twice it is done once."""
    with runtime.region() as session:
        for slug in rename_due(session, REGION, clock.today()):
            _log.info("%s has its new name", slug)
