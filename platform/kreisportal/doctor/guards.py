"""Looks at what keeps the towns apart in the database: row security, and the functions that may look past it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, text

from kreisportal.doctor.findings import Finding, fault, ok
from kreisportal.kernel.database.roles import DEFINER

# Alembic's own table and those of the jobs' library: nothing in them is a town's.
_WITHOUT_ROWS_OF_TOWNS = ("alembic_version",)
_JOBS = "procrastinate_%"
_SEARCH_PATH = ["search_path=pg_catalog, public, pg_temp"]

_UNGUARDED = text(
    "SELECT relname, relrowsecurity FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)"
    " AND relname <> ALL (:known) AND relname NOT LIKE :jobs ORDER BY relname"
)
_GUARDED = text(
    "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    " AND relrowsecurity AND relforcerowsecurity"
)
_FUNCTIONS = text(
    "SELECT p.oid::regprocedure::text AS name, p.proowner::regrole::text AS owner, p.prosecdef AS definer,"
    " p.proconfig AS config, p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0)"
    " AS for_all FROM pg_proc p WHERE p.pronamespace = to_regnamespace('definer') ORDER BY 1"
)
_DEFINER = text("SELECT rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = :name")


def examine_row_security(connection: Connection) -> Iterator[Finding]:
    """Every table that may hold a town's rows is guarded, also against its owner."""
    known = {"known": list(_WITHOUT_ROWS_OF_TOWNS), "jobs": _JOBS}
    faulty = connection.execute(_UNGUARDED, known).all()
    for table, is_on in faulty:
        missing = "FORCE" if is_on else "ENABLE"
        yield fault(
            "row security",
            f"{table}: {'not forced for its owner' if is_on else 'off'}",
            f"At once, as the owner: ALTER TABLE {table} {missing} ROW LEVEL SECURITY;",
        )
    if not faulty:
        yield ok("row security", f"on and forced for {connection.scalar(_GUARDED)} tables")


def examine_definer(connection: Connection) -> Iterator[Finding]:
    """The functions that look past row security belong to the definer, cannot be led astray, and are not for all."""
    role = connection.execute(_DEFINER, {"name": DEFINER}).one_or_none()
    if role is None or role.rolcanlogin or role.rolsuper or not role.rolbypassrls:
        advice = f"ALTER ROLE {DEFINER} NOLOGIN NOSUPERUSER BYPASSRLS; (see `kreisportal db roles`)"
        yield fault("definer", "its role is not as it must be", advice)
    functions = connection.execute(_FUNCTIONS).all()
    faulty = [(row.name, said) for row in functions if (said := _wrong(row))]
    for name, said in faulty:
        yield fault("definer", f"{name}: {said}", "Restore what the migrations have made of it.")
    if role is not None and not faulty:
        yield ok("definer", f"{len(functions)} functions of {DEFINER}")


def _wrong(row: Row[Any]) -> str:
    """What is wrong with a function, or an empty string."""
    for is_wrong, said in (
        (row.owner != DEFINER, "belongs to another role"),
        (not row.definer, "does not run as its owner"),
        (row.config != _SEARCH_PATH, "has no fixed search path"),
        (row.for_all, "may be called by every role"),
    ):
        if is_wrong:
            return said
    return ""
