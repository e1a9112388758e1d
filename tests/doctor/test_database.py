"""What the doctor says of a database, healthy and with each thing broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from kreisportal.doctor import database as of_database
from kreisportal.doctor.findings import Finding, Level
from kreisportal.kernel import clock
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.migrate import head, revisions
from kreisportal.kernel.database.roles import DEFINER, OWNER
from tests.doctor.conftest import Broken
from tests.support.server import DatabaseCopy

_JOB = "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) VALUES ('default', 'test.none', "
_FORGET = "DELETE FROM procrastinate_jobs; DELETE FROM procrastinate_workers"
_ALIVE = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now());"


def _levels(findings: Iterator[Finding]) -> dict[str, Level]:
    return {finding.what: finding.level for finding in findings}


def test_a_healthy_server_is_fine(connection: Connection) -> None:
    found = list(of_database.examine_server(connection, 30))
    assert "UTF8" in found[0].state
    assert _levels(iter(found))["database server"] is Level.OK
    assert _levels(iter(found))["connections"] is Level.OK


def test_more_connections_than_the_server_has_are_told(connection: Connection) -> None:
    (found,) = (f for f in of_database.examine_server(connection, 10_000) if f.what == "connections")
    assert found.level is Level.WARNING
    assert "WEB_PROCESSES" in found.advice


@pytest.mark.parametrize("name", ["synchronous_commit"])
def test_what_would_lose_acknowledged_things_in_a_crash_is_a_fault(connection: Connection, name: str) -> None:
    connection.exec_driver_sql(f"SET {name} = off")
    (found,) = (f for f in of_database.examine_server(connection, 1) if name in f.state)
    assert found.level is Level.FAULT


def test_the_applications_role_is_fine(database: Database) -> None:
    (found,) = of_database.examine_role(database)
    assert found.level is Level.OK, found


@pytest.mark.parametrize("role_of", [OWNER, None])
def test_an_unsafe_role_is_a_fault(region: DatabaseCopy, role_of: str | None) -> None:
    with closing(Database(region.url(role_of or region.server.superuser))) as database:
        (found,) = of_database.examine_role(database)
    assert found.level is Level.FAULT
    assert "kreisportal_app" in found.advice


def test_a_role_that_may_become_another_is_a_fault(region: DatabaseCopy, role: str, broken: Broken) -> None:
    with (
        broken(f"GRANT {DEFINER} TO {role}", f"REVOKE {DEFINER} FROM {role}"),
        closing(Database(region.url(role))) as database,
    ):
        (found,) = of_database.examine_role(database)
    assert found.level is Level.FAULT
    assert DEFINER in found.advice


def test_a_right_that_gets_around_row_security_is_a_fault(database: Database, broken: Broken) -> None:
    with broken(
        "GRANT TRUNCATE ON cases TO kreisportal_app", "REVOKE TRUNCATE ON cases FROM kreisportal_app"
    ):
        (found,) = of_database.examine_role(database)
    assert found.level is Level.FAULT
    assert "cases" in found.state


def test_the_owner_is_examined(region: DatabaseCopy, role: str) -> None:
    assert _levels(of_database.examine_owner(region.url(OWNER))) == {"owner role": Level.OK}
    superuser = of_database.examine_owner(region.url(region.server.superuser))
    assert _levels(superuser) == {"owner role": Level.WARNING}
    (stranger,) = of_database.examine_owner(region.url(role))
    assert stranger.level is Level.FAULT
    assert "does not own" in stranger.state
    (unknown,) = of_database.examine_owner(region.url("nobody_at_all"))
    assert unknown.level is Level.FAULT


def test_the_schema_is_compared_with_the_program(database: Database, broken: Broken) -> None:
    assert _levels(of_database.examine_schema(database)) == {"schema": Level.OK}
    cure = f"UPDATE alembic_version SET version_num = '{head()}'"
    with broken(f"UPDATE alembic_version SET version_num = '{revisions()[0]}'", cure):
        (found,) = of_database.examine_schema(database)
        assert (found.level, found.advice) == (Level.FAULT, "Run `kreisportal db upgrade`.")
    with broken("UPDATE alembic_version SET version_num = '9999_later'", cure):
        assert _levels(of_database.examine_schema(database)) == {"schema": Level.WARNING}


def test_a_clock_that_is_off_is_a_fault(connection: Connection) -> None:
    assert _levels(of_database.examine_clock(connection)) == {"clock": Level.OK}
    with clock.frozen(clock.now() - timedelta(seconds=10)):
        (found,) = of_database.examine_clock(connection)
    assert found.level is Level.FAULT
    assert "10." in found.state


@pytest.mark.parametrize(
    ("statement", "level", "says"),
    [
        ("SELECT 1", Level.FAULT, "no worker"),
        (_ALIVE, Level.OK, "at work"),
        (_ALIVE.replace("now()", "now() - interval '5 minutes'"), Level.FAULT, "sign of life"),
        (f"{_ALIVE} {_JOB} 'todo', now() - interval '20 minutes')", Level.WARNING, "20 minutes"),
        (f"{_ALIVE} {_JOB} 'todo', now() + interval '20 minutes')", Level.OK, "at work"),
        (f"{_ALIVE} {_JOB} 'failed', NULL)", Level.WARNING, "1 jobs"),
    ],
)
def test_the_worker_is_known_by_its_traces(
    connection: Connection, broken: Broken, statement: str, level: Level, says: str
) -> None:
    with broken(statement, _FORGET):
        (found,) = of_database.examine_worker(connection)
    assert found.level is level
    assert says in found.state


def test_a_job_without_a_time_waits_since_it_was_put_in(connection: Connection, broken: Broken) -> None:
    waiting = f"{_ALIVE} {_JOB} 'todo', NULL); UPDATE procrastinate_events SET at = now() - interval '1 hour'"
    with broken(waiting, _FORGET):
        (found,) = of_database.examine_worker(connection)
    assert "60 minutes" in found.state


def test_the_region_is_counted(connection: Connection, broken: Broken) -> None:
    (found,) = of_database.examine_region(connection)
    assert found.level is Level.OK
    with broken(
        "CREATE TABLE kept AS SELECT * FROM hosts WHERE host LIKE '%bakum%'; DELETE FROM hosts WHERE host LIKE '%bakum%'",
        "INSERT INTO hosts SELECT * FROM kept; DROP TABLE kept",
    ):
        (found,) = of_database.examine_region(connection)
    assert found.level is Level.WARNING
    assert "host add" in found.advice


def test_host_names_are_told_as_they_were_last_seen(database: Database, broken: Broken) -> None:
    def told(where: str, **columns: str) -> Finding:
        row = {"at": "now()", "leads": "'local'"} | columns
        seen = f"INSERT INTO host_looks SELECT tenant_id, host, {row['at']}, {row['leads']} FROM hosts WHERE {where}"
        with broken(seen, "DELETE FROM host_looks"):
            (found,) = of_database.examine_hosts(database)
        return found

    everywhere = "tenant_id IS NOT NULL"
    assert told(everywhere).level is Level.OK
    assert "nobody has looked" in told("host LIKE '%bakum%'").state
    assert "nobody has looked" in told(everywhere, at="now() - interval '25 hours'").state
    assert "PUBLIC_ADDRESSES" in told(everywhere, leads="'unknown'").advice
    found = told(everywhere, leads="CASE WHEN host LIKE '%bakum%' THEN 'nowhere' ELSE 'local' END")
    assert (found.level, "trouble with 2 of" in found.state) == (Level.WARNING, True)
    assert "in 1 towns" in found.state and "host check" in found.advice


def test_an_empty_database_is_told_what_it_lacks(schema: DatabaseCopy) -> None:
    with closing(schema.open()) as database, database.engine.connect() as connection:
        (found,) = of_database.examine_region(connection)
    assert (found.level, "catalogue publish" in found.advice) == (Level.WARNING, True)


def test_a_database_that_is_away_is_told_with_its_cause() -> None:
    with closing(Database("postgresql://kreisportal_app@127.0.0.1:9/none")) as database:
        try:
            list(of_database.examine_role(database))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what unreachable() gets.
            found = of_database.unreachable(error)
    assert found.level is Level.FAULT
    assert "refused" in found.state
