"""Whether the database's schema is as new as the program needs it. Alembic is not loaded for that."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from kreisportal.kernel.database.engine import Database
from kreisportal.kernel.errors import KreisportalError, UnavailableError
from kreisportal.kernel.paths import shipped


class OutdatedSchemaError(KreisportalError):
    """The database has not seen the newest migration that this program knows."""

    code = "outdated-schema"


def newest_migration() -> str:
    """The migration that this program needs, as the file HEAD names it."""
    return (shipped("migrations") / "HEAD").read_text(encoding="utf-8").strip()


def seen_migration(connection: Connection) -> str:
    """The newest migration that the database has seen, or an empty string."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def check_schema(database: Database) -> str:
    """The migration the database is at. One that this program does not know is newer and welcome: while a new
    release is rolled out, the program before it goes on with the new schema.

    Raises ``OutdatedSchemaError`` for an older one or none, ``UnavailableError`` when there is no connection.
    """
    try:
        with database.engine.connect() as connection:
            seen = seen_migration(connection)
    except OperationalError as error:
        raise UnavailableError("database") from error
    needed = newest_migration()
    known = {file.stem for file in shipped("migrations").glob("[0-9]*.py")}
    if seen == needed or (seen and seen not in known):
        return seen
    state = f"is at {seen}" if seen else "has no schema yet"
    raise OutdatedSchemaError(
        f"The database {state}, this program needs {needed}: run `kreisportal db upgrade` as the owner first."
    )
