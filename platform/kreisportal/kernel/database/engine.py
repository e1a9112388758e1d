"""Connections and transactions. One place begins them, one place commits them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, Executable, Row, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

from kreisportal.kernel.database.context import Context
from kreisportal.kernel.errors import KreisportalError, UnavailableError

_PLAIN_VALUE = re.compile(r"[a-z0-9-]*")

# No connection, one that broke, none free in the pool.
AWAY = (OperationalError, InterfaceError, TimeoutError)
# The same as the driver itself tells it.
_BROKEN = (psycopg.OperationalError, psycopg.InterfaceError)


_BEFORE_COMMIT = "kreisportal.before_commit"


class UnsafeRoleError(KreisportalError):
    """The program is connected as a role that row security does not bind."""

    code = "unsafe-role"


class Database:
    """The application's way to PostgreSQL: a pool of connections, used in transactions with a context.

    The driver itself begins no transaction, so that BEGIN and the context go to the server together, in one message.
    A statement that takes longer than ``statement_seconds`` is broken off by the server, as if it was away.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 5,
        connect_timeout: int = 5,
        pool_timeout: float = 5,
        statement_seconds: float | None = None,
    ) -> None:
        self.url = url
        self.engine: Engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=pool_timeout,
            # Errors name the statement, never the values: those are people's.
            hide_parameters=True,
            connect_args={
                "connect_timeout": connect_timeout,
                "application_name": "kreisportal",
                "autocommit": True,
            },
        )
        if statement_seconds is not None:
            _limit_statements(self.engine, statement_seconds)

    @contextmanager
    def transaction(self, context: Context) -> Iterator[Session]:
        """A transaction that acts for ``context``: committed at the end, rolled back on any error.

        Raises ``UnavailableError`` when no connection can be had.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                self._begin(session, context)
            except (*AWAY, *_BROKEN) as error:
                raise UnavailableError("database") from error
            yield session
            for work in session.info.pop(_BEFORE_COMMIT, ()):
                work(session)
            session.commit()

    def call(self, statement: Executable, parameters: Mapping[str, Any]) -> Row[Any] | None:
        """The first row of a single statement that is a transaction of its own and acts for nobody at all.

        It is for the definer's functions, which ask for no context, and for what bears to be done twice, because
        it is tried again when the connection turns out to be broken. Raises ``UnavailableError`` as above.
        """
        for last in (False, True):
            try:
                with self.engine.connect() as connection:
                    return connection.execute(statement, parameters).first()
            except AWAY as error:
                if last or not (isinstance(error, DBAPIError) and error.connection_invalidated):
                    raise UnavailableError("database") from error
        raise AssertionError("the loop above returns or raises")

    def dispose(self) -> None:
        """Forget all connections, e.g. after a fork."""
        self.engine.dispose(close=False)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _begin(self, session: Session, context: Context) -> None:
        """Begin and set the context in one round trip.

        A connection that broke while it lay in the pool shows here, before anything has been done: then all that
        lie there are forgotten, and a new one is tried once.
        """
        begin = _begin_statement(context)
        try:
            _driver(session).execute(begin, prepare=False)
        except _BROKEN:
            session.connection().invalidate()
            session.rollback()
            self.engine.dispose()
            _driver(session).execute(begin, prepare=False)


def _limit_statements(engine: Engine, seconds: float) -> None:
    """Let every connection have the limit. Not by the URL's options, which proxies of PostgreSQL refuse."""
    setting = f"SET statement_timeout = {round(seconds * 1000)}"

    @event.listens_for(engine, "connect")
    def _connected(connection: psycopg.Connection[Any], _: object) -> None:
        connection.execute(setting)


def before_commit(session: Session, work: Callable[[Session], None]) -> None:
    """Let ``work`` be done at the end of the session's transaction, right before it is committed."""
    session.info.setdefault(_BEFORE_COMMIT, []).append(work)


def _driver(session: Session) -> psycopg.Connection[Any]:
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)  # noqa: S101 - the URL names this driver; this tells mypy.
    return connection


def _begin_statement(context: Context) -> str:
    """BEGIN and the whole context: what is not set is emptied, whatever the connection was used for before.

    The values are numbers, UUIDs and our own words; anything else is refused, since they are written into the text:
    a message with several statements takes no parameters.
    """
    for value in context.settings().values():
        if not _PLAIN_VALUE.fullmatch(value):
            raise ValueError("a context holds nothing but words, numbers and UUIDs")
    settings = ", ".join(
        f"set_config('{name}', '{value}', true)" for name, value in context.settings().items()
    )
    return f"BEGIN; SELECT {settings}"


def check_role(database: Database) -> None:
    """Refuse to go on as a superuser, with BYPASSRLS, or as the owner of any table of ours.

    Raises ``UnsafeRoleError`` with the reason, ``UnavailableError`` when there is no connection.
    """
    query = text(
        "SELECT rolsuper, rolbypassrls, EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_has_role(c.relowner, 'USAGE'))"
        " FROM pg_roles WHERE rolname = current_user"
    )
    try:
        with database.engine.connect() as connection:
            superuser, bypasses, owns = connection.execute(query).one()
    except AWAY as error:
        raise UnavailableError("database") from error
    for is_so, reason in (
        (superuser, "DATABASE_URL signs in as a superuser, whom row security does not bind"),
        (bypasses, "the role of DATABASE_URL has BYPASSRLS"),
        (owns, "the role of DATABASE_URL owns tables; it must be another role than DATABASE_OWNER_URL's"),
    ):
        if is_so:
            raise UnsafeRoleError(f"{reason}. Use a role that owns nothing, e.g. kreisportal_app.")
