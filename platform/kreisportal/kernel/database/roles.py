"""The roles in the database: owner, application, definer, backup. Created once, by a superuser."""

from __future__ import annotations

OWNER = "kreisportal_owner"
APPLICATION = "kreisportal_app"
DEFINER = "kreisportal_definer"
BACKUP = "kreisportal_backup"

_CREATE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') THEN
        CREATE ROLE {owner} LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{application}') THEN
        CREATE ROLE {application} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{definer}') THEN
        CREATE ROLE {definer} NOLOGIN NOSUPERUSER BYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{backup}') THEN
        CREATE ROLE {backup} LOGIN NOSUPERUSER BYPASSRLS;
    END IF;
    -- The owner may hand functions to the definer, but does not inherit its rights.
    GRANT {definer} TO {owner};
    GRANT pg_read_all_data TO {backup};
END
$$;
"""


def create_roles_sql() -> str:
    """The statement that a superuser runs once per server. Safe to run again. Passwords are set apart."""
    return _CREATE.format(owner=OWNER, application=APPLICATION, definer=DEFINER, backup=BACKUP).strip()


def create_database_sql(database: str) -> list[str]:
    """The statements that a superuser runs once per database (the first outside a transaction)."""
    return [
        f"CREATE DATABASE \"{database}\" OWNER {OWNER} ENCODING 'UTF8' TEMPLATE template0",
        f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC',
        f'GRANT CONNECT ON DATABASE "{database}" TO {APPLICATION}, {BACKUP}',
    ]
