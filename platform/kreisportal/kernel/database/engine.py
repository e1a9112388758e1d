"""Connections and transactions. One place begins them, one place commits them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

from kreisportal.kernel.database.context import Context
from kreisportal.kernel.errors import KreisportalError, UnavailableError

_SET_CONTEXT = text(
    "SELECT set_config('kreisportal.actor', :actor, true),"
    " set_config('kreisportal.tenant_id', :tenant, true),"
    " set_config('kreisportal.account_id', :account, true),"
    " set_config('kreisportal.staff_id', :staff, true),"
    " set_config('kreisportal.subject_id', :subject, true)"
)

# No connection, one that broke, none free in the pool.
AWAY = (OperationalError, InterfaceError, TimeoutError)


class UnsafeRoleError(KreisportalError):
    """The program is connected as a role that row security does not bind."""

    code = "unsafe-role"


class Database:
    """The application's way to PostgreSQL: a pool of connections, used in transactions with a context."""

    def __init__(
        self, url: str, *, pool_size: int = 5, connect_timeout: int = 5, pool_timeout: float = 5
    ) -> None:
        self.url = url
        self.engine: Engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=pool_timeout,
            pool_pre_ping=True,
            # Errors name the statement, never the values: those are people's.
            hide_parameters=True,
            connect_args={"connect_timeout": connect_timeout, "application_name": "kreisportal"},
        )

    @contextmanager
    def transaction(self, context: Context) -> Iterator[Session]:
        """A transaction that acts for ``context``: committed at the end, rolled back on any error.

        Raises ``UnavailableError`` when no connection can be had.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                session.execute(_SET_CONTEXT, _parameters(context))
            except AWAY as error:
                raise UnavailableError("database") from error
            yield session
            session.commit()

    def dispose(self) -> None:
        """Forget all connections, e.g. after a fork."""
        self.engine.dispose(close=False)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _parameters(context: Context) -> dict[str, str]:
    return {
        name.removeprefix("kreisportal.").removesuffix("_id"): value
        for name, value in context.settings().items()
    }


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
