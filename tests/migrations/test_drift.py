"""The models say what the migrations have made: columns, types, keys, indexes, defaults, checks."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, create_engine, make_url

from kreisportal.kernel.database.roles import OWNER
from tests.support.schema import SYSTEM_TABLES, all_models
from tests.support.server import DatabaseCopy


def differences(connection: Connection) -> list[Any]:
    """What alembic would write into a next migration."""

    def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        return kind != "table" or name not in SYSTEM_TABLES

    context = MigrationContext.configure(
        connection,
        opts={"compare_type": True, "compare_server_default": True, "include_object": ours},
    )
    found = compare_metadata(context, all_models())
    # What is remarked on a table or column stands in the migrations only.
    return [difference for difference in found if "comment" not in str(_first(difference))]


def _first(difference: Any) -> Any:
    return difference[0][0] if isinstance(difference, list) else difference[0]


def test_models_and_migrations_agree(schema: DatabaseCopy) -> None:
    engine = create_engine(make_url(schema.url(OWNER)).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            assert differences(connection) == []
    finally:
        engine.dispose()


def test_constraints_have_the_names_that_the_models_give_them(schema: DatabaseCopy) -> None:
    # alembic compares what constraints do, not what they are called; a migration to come needs the names.
    wanted = {
        (table.name, str(constraint.name))
        for table in all_models().tables.values()
        for constraint in table.constraints
        if not isinstance(constraint, CheckConstraint)
    }
    with schema.superuser() as connection:
        found = connection.execute(
            "SELECT r.relname, c.conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid"
            " WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f')"
        ).fetchall()
    assert wanted == {(table, name) for table, name in found if table not in SYSTEM_TABLES}
