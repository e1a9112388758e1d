"""Jobs of mandates: what has been over for a year is forgotten."""

from __future__ import annotations

from sqlalchemy import text

from kreisportal.jobs import JobRegistry, Runtime

_TIDY = text("SELECT definer.tidy_mandates()")


def register(registry: JobRegistry) -> None:
    """Register the jobs of mandates."""
    registry.region("mandates.tidy", tidy, "23 3 * * *")


def tidy(runtime: Runtime) -> None:
    """Forget mandates that have been over for a year, with what was done by them."""
    with runtime.region() as session:
        session.execute(_TIDY)
