"""Bringing the schema up to date, and telling whether it is."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url, text

from kreisportal.kernel.paths import shipped

# Any number: it only has to be the same in every process that migrates.
LOCK = 4_202_611
LOCK_TIMEOUT = "5s"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations") / "environment"))
    config.set_main_option("version_locations", str(shipped("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Run the migrations up to ``revision`` as the owner, one process at a time."""
    run(owner_url, lambda connection: command.upgrade(_config(connection), revision))


def downgrade(owner_url: str, revision: str) -> None:
    """Take migrations back down to ``revision`` (``base`` for all)."""
    run(owner_url, lambda connection: command.downgrade(_config(connection), revision))


def head() -> str:
    """The newest migration that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def revisions() -> list[str]:
    """All migrations that this program knows, the oldest first."""
    script = ScriptDirectory.from_config(_config())
    return [found.revision for found in script.walk_revisions()][::-1]


def current(connection: Connection) -> str:
    """The newest migration that the database has seen, or an empty string."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def run(owner_url: str, work: Callable[[Connection], None]) -> None:
    """Do ``work`` as the owner in one transaction, while no other process migrates.

    Raises ``OperationalError`` when a table stays locked for longer than ``LOCK_TIMEOUT``.
    """
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as connection:
            # Inside the transaction: a session's lock would stay with a pooled connection for ever.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            # After it: another migration is waited for as long as it takes, a table in use is not.
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            _take_schema(connection)
            work(connection)
    finally:
        engine.dispose()


def _take_schema(connection: Connection) -> None:
    """Let the owner create tables in the schema ``public``, which belongs to the role ``pg_database_owner``.

    Before PostgreSQL 16 a role that inherits nothing has to take that role on to use what it may.
    """
    if connection.scalar(text("SELECT has_schema_privilege('public', 'CREATE')")):
        return
    owner = connection.dialect.identifier_preparer.quote(connection.scalar(text("SELECT current_user")) or "")
    connection.execute(text("SET LOCAL ROLE pg_database_owner"))
    connection.execute(text(f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}"))
    connection.execute(text("RESET ROLE"))
