"""The commands of the database's schema."""

from __future__ import annotations

import click
from sqlalchemy import text

from kreisportal.kernel.database import Database, check_role, migrate
from kreisportal.kernel.database.roles import create_database_sql, create_roles_sql
from kreisportal.settings import owner_url, read_database_url


@click.group()
def db() -> None:
    """The database: schema and roles."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to date.

    As the owner, who signs in by DATABASE_OWNER_URL. All of it is one transaction; nothing need be stopped for it.
    """
    migrate.upgrade(owner_url())
    click.echo(f"The schema is at {migrate.head()}.")


@db.command()
def check() -> None:
    """Tell whether schema and role are right.

    Exit code 1 if they are not as the program needs them.
    """
    database = Database(read_database_url())
    try:
        check_role(database)
        with database.engine.connect() as connection:
            version = connection.execute(text("SHOW server_version")).scalar_one()
            current = migrate.current(connection)
    finally:
        database.close()
    click.echo(f"PostgreSQL {version}, schema {current or 'none'}, program {migrate.head()}")
    if current != migrate.head():
        raise click.ClickException("The schema is not up to date: run `kreisportal db upgrade`.")


@db.command()
@click.argument("database", default="kreisportal")
def roles(database: str) -> None:
    """Print the SQL that makes roles and DATABASE.

    A superuser runs it once: `kreisportal db roles | psql`. The roles are given passwords apart.
    """
    click.echo(create_roles_sql())
    for statement in create_database_sql(database):
        click.echo(f"{statement};")
