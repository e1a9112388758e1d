"""What the program knows of the schema, for tests that hold it against the database."""

from __future__ import annotations

import importlib
from pathlib import Path

from sqlalchemy import MetaData

import kreisportal
from kreisportal.kernel.database import Base

DEFINERS_TABLES = frozenset(
    {
        "sessions",
        "session_grants",
        "rate_limits",
        "account_links",
        "account_address_links",
        "sign_in_codes",
        "sign_in_steps",
        "saml_assertions",
        "arrived_identities",
        "client_sessions",
        "client_codes",
        "client_tokens",
    }
)
"""Tables that only the definer's functions touch, so they have no models."""

SYSTEM_TABLES = DEFINERS_TABLES | frozenset(
    {
        # alembic's own, and the tables of the jobs' library.
        "alembic_version",
        "procrastinate_events",
        "procrastinate_jobs",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
    }
)
"""Tables in the scope "system", which have no model."""

PUBLIC_TABLES = frozenset({"catalogue_entries", "catalogue_releases", "changes"})
"""Tables that anybody may read: what they hold is public."""


def all_models() -> MetaData:
    """The metadata with the models of all rooms."""
    package = Path(kreisportal.__file__ or "").parent
    for file in sorted(package.glob("*/models.py")):
        importlib.import_module(f"kreisportal.{file.parent.name}.models")
    return Base.metadata
