"""The program starts only where row security binds it and the schema is new enough."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kreisportal.app import create_program
from kreisportal.kernel.database.engine import UnsafeRoleError
from kreisportal.kernel.database.migrate import head, revisions
from kreisportal.kernel.database.roles import OWNER
from kreisportal.kernel.database.schema import OutdatedSchemaError, check_schema, newest_migration
from kreisportal.kernel.errors import UnavailableError
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy


def _claim(copy: DatabaseCopy, migration: str | None) -> None:
    with copy.superuser() as connection:
        connection.execute("DELETE FROM alembic_version")
        if migration:
            connection.execute("INSERT INTO alembic_version VALUES (%s)", (migration,))


def _check(copy: DatabaseCopy) -> str:
    with closing(copy.open()) as database:
        return check_schema(database)


@pytest.mark.parametrize(("role", "reason"), [(None, "superuser"), (OWNER, "owns tables")])
def test_a_role_that_row_security_does_not_bind_is_refused(
    region: DatabaseCopy, tmp_path: Path, role: str | None, reason: str
) -> None:
    url = region.url(role or region.server.superuser)
    with pytest.raises(UnsafeRoleError, match=reason):
        create_program(replace(settings_for(region, tmp_path), database_url=url))


def test_a_schema_older_than_the_program_is_refused_with_what_to_do(schema: DatabaseCopy) -> None:
    _claim(schema, revisions()[-2])
    with pytest.raises(OutdatedSchemaError, match=rf"{revisions()[-2]}.*{head()}.*db upgrade"):
        _check(schema)


def test_a_database_without_a_migration_is_refused(schema: DatabaseCopy) -> None:
    _claim(schema, None)
    with pytest.raises(OutdatedSchemaError, match="no schema"):
        _check(schema)


def test_a_newer_schema_is_welcome(schema: DatabaseCopy) -> None:
    """While a release is rolled out, the schema is migrated first and the old program goes on."""
    _claim(schema, "9999_of_the_future")
    assert _check(schema) == "9999_of_the_future"


def test_the_newest_migration_is_known_without_alembic() -> None:
    assert newest_migration() == head()


def test_without_the_database_it_starts_with_the_snapshot_of_before(
    region: DatabaseCopy, tmp_path: Path
) -> None:
    settings = settings_for(region, tmp_path)
    create_program(settings).database.close()
    away = replace(settings, database_url="postgresql://kreisportal_app@127.0.0.1:9/none")
    program = create_program(away)
    try:
        assert "vechta.localhost" in program.keeper.current.registry.hosts
        assert not program.keeper.reachable
    finally:
        program.database.close()


def test_without_database_and_snapshot_it_says_what_is_missing(region: DatabaseCopy, tmp_path: Path) -> None:
    away = replace(
        settings_for(region, tmp_path), database_url="postgresql://kreisportal_app@127.0.0.1:9/none"
    )
    with pytest.raises(UnavailableError, match="no snapshot"):
        create_program(away)
