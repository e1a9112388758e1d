"""What commands share: how they are found, the database as the program itself would take it, and how an error is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
from psycopg.errors import InsufficientPrivilege, LockNotAvailable
from sqlalchemy.exc import DBAPIError

from kreisportal.kernel.database import Database, check_role
from kreisportal.kernel.database.engine import AWAY
from kreisportal.kernel.database.schema import check_schema
from kreisportal.kernel.errors import DefinitionError, InvalidInputError, KreisportalError, UnavailableError
from kreisportal.settings import read_database_url


class LateGroup(click.Group):
    """Commands that are imported when they are asked for: each needs a part of the program only.

    ``late`` names them as ``module:attribute``.
    """

    def __init__(self, *arguments: Any, late: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.late = dict(late or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted({*super().list_commands(ctx), *self.late})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in self.late:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self.late[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), attribute)
        return found


@contextmanager
def open_database(pool_size: int = 2) -> Iterator[Database]:
    """The database of DATABASE_URL.

    Raises ``SettingsError``, ``UnavailableError``, ``UnsafeRoleError`` or ``OutdatedSchemaError``, as the sites do
    when they start.
    """
    database = Database(read_database_url(), pool_size=pool_size)
    try:
        check_role(database)
        check_schema(database)
        yield database
    finally:
        database.close()


def in_words(error: Exception) -> str | None:
    """What the terminal says of an error; None for one that is a mistake of the program."""
    if isinstance(error, DefinitionError):
        return "\n".join(
            [*error.faults, *([f"{len(error.faults)} faults."] if len(error.faults) > 1 else [])]
        )
    if isinstance(error, InvalidInputError):
        return "\n".join(f"{field}: {text}" for field, texts in error.messages.items() for text in texts)
    if isinstance(error, DBAPIError) and isinstance(error.orig, LockNotAvailable):
        return "A table was in use for too long; nothing was changed. Try again when less is going on."
    if isinstance(error, DBAPIError) and isinstance(error.orig, InsufficientPrivilege):
        roles = "`db upgrade` signs in as the owner by DATABASE_OWNER_URL, everything else by DATABASE_URL."
        return f"The database refuses: {first_line(error)}.\n{roles}"
    if isinstance(error, (UnavailableError, *AWAY)):
        cause = error.__cause__ if isinstance(error, UnavailableError) else error
        return f"The database cannot be reached: {first_line(cause or error)}\nSee `kreisportal doctor`."
    if isinstance(error, KreisportalError):
        return str(error) or error.code
    return None


def first_line(error: BaseException) -> str:
    """The first line of an error's words, the driver's own if there are any."""
    told = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return (str(told).strip() or type(told).__name__).splitlines()[0]
