"""Looks at the database: the server, how the program signs in, the schema, the clock, the worker's traces."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from kreisportal.commands import first_line
from kreisportal.doctor.findings import Finding, fault, ok, warning
from kreisportal.kernel import clock
from kreisportal.kernel.database import Database, check_role
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.database.engine import UnsafeRoleError
from kreisportal.kernel.database.roles import DEFINER
from kreisportal.kernel.database.schema import OutdatedSchemaError, check_schema, newest_migration
from kreisportal.kernel.errors import UnavailableError
from kreisportal.tenancy.host_looks import Verdict, seen_hosts

_OLDEST_SERVER = 150_000
_SECONDS_APART = 2.0
_HEARTBEAT_SECONDS = 60
_WAITING_SECONDS = 300
_LOOKS_AGAIN = timedelta(days=1)
# What other programs (psql, a backup, monitoring) and the worker's own library need beside the pools.
_SPARE_CONNECTIONS = 15


def examine_server(connection: Connection, wanted_connections: int) -> Iterator[Finding]:
    """The server's version and the settings that what is acknowledged depends on."""
    shown = {
        name: str(connection.execute(text(f"SHOW {name}")).scalar_one())
        for name in (
            "server_version",
            "server_version_num",
            "server_encoding",
            "fsync",
            "full_page_writes",
            "synchronous_commit",
            "max_connections",
        )
    }
    state = f"PostgreSQL {shown['server_version']}, {shown['server_encoding']}"
    if int(shown["server_version_num"]) < _OLDEST_SERVER:
        yield fault("database server", state, "Use PostgreSQL 15 or newer.")
    elif shown["server_encoding"] != "UTF8":
        yield fault("database server", state, "Create the database with the encoding UTF8, see `db roles`.")
    else:
        yield ok("database server", state)
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if shown[name] == "off":
            yield fault(
                "durability", f"{name} is off", f"Switch {name} on: a crash would lose what was acknowledged."
            )
    most = int(shown["max_connections"])
    state = f"up to {wanted_connections} of {most} connections"
    if wanted_connections + _SPARE_CONNECTIONS > most:
        advice = "Raise max_connections, or lower WEB_PROCESSES or DATABASE_POOL_SIZE."
        yield warning("connections", state, advice)
    else:
        yield ok("connections", state)


def examine_role(database: Database) -> Iterator[Finding]:
    """The application's role is bound by row security and may do no more than it needs."""
    try:
        check_role(database)
    except UnsafeRoleError as error:
        yield fault("application role", str(error), "Let DATABASE_URL sign in as kreisportal_app.")
        return
    with database.engine.connect() as connection:
        name, others, tables = connection.execute(
            text(
                "SELECT current_user,"
                " (SELECT string_agg(roleid::regrole::text, ', ') FROM pg_auth_members"
                "  WHERE member = current_user::regrole),"
                " (SELECT string_agg(relname, ', ') FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                "  AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'TRUNCATE, REFERENCES, TRIGGER'))"
            )
        ).one()
    if others:
        yield fault("application role", f"{name} is a member of {others}", f"REVOKE {others} FROM {name};")
    elif tables:
        advice = f"REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM {name};"
        yield fault("application role", f"{name} may do more than read and write rows of {tables}", advice)
    else:
        yield ok("application role", f"{name} owns nothing and is bound by row security")


def examine_owner(owner_url: str) -> Iterator[Finding]:
    """The role for migrations: owns the tables, may hand functions to the definer, and is no superuser."""
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))
    query = text(
        "SELECT current_user, rolsuper, rolbypassrls, pg_has_role(:definer, 'MEMBER'),"
        " (SELECT string_agg(relname, ', ') FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        "  AND relkind IN ('r', 'p') AND relowner <> current_user::regrole)"
        " FROM pg_roles WHERE rolname = current_user"
    )
    try:
        with engine.connect() as connection:
            name, superuser, bypasses, is_member, foreign = connection.execute(
                query, {"definer": DEFINER}
            ).one()
    except SQLAlchemyError as error:
        yield fault("owner role", first_line(error), "Mend DATABASE_OWNER_URL.")
        return
    finally:
        engine.dispose()
    if superuser or bypasses:
        state = f"{name} is {'a superuser' if superuser else 'not bound by row security'}"
        yield warning("owner role", state, "Let DATABASE_OWNER_URL sign in as kreisportal_owner.")
    elif foreign or not is_member:
        state = f"{name} does not own {foreign}" if foreign else f"{name} is no member of {DEFINER}"
        yield fault("owner role", state, "Create roles and database by `kreisportal db roles`.")
    else:
        yield ok("owner role", f"{name} owns the tables")


def examine_schema(database: Database) -> Iterator[Finding]:
    """The schema is as new as the program."""
    try:
        seen = check_schema(database)
    except OutdatedSchemaError as error:
        yield fault("schema", str(error), "Run `kreisportal db upgrade`.")
        return
    if seen != newest_migration():
        yield warning("schema", f"{seen} is newer than this program", "Bring the program up to date too.")
    else:
        yield ok("schema", seen)


def examine_clock(connection: Connection) -> Iterator[Finding]:
    """This machine's clock and the database's agree: sessions, due dates and codes depend on it."""
    before = clock.now()
    there = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs((there - (before + (clock.now() - before) / 2)).total_seconds())
    state = f"{apart:.1f} s from the database's"
    if apart > _SECONDS_APART:
        yield fault("clock", state, "Let both machines keep time by NTP: `timedatectl set-ntp true`.")
    else:
        yield ok("clock", state)


def examine_worker(connection: Connection) -> Iterator[Finding]:
    """Somebody does the jobs, and none waits for long."""
    beat, waiting, failed = connection.execute(
        text(
            "SELECT (SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers),"
            " (SELECT extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))) FROM procrastinate_jobs j"
            "  JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events WHERE job_id = j.id) e ON true"
            "  WHERE j.status = 'todo' AND coalesce(j.scheduled_at, e.at) <= now()),"
            " (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed')"
        )
    ).one()
    start = "Start it: `systemctl start kreisportal-worker`."
    if beat is None or beat > _HEARTBEAT_SECONDS:
        since = "no worker is at work" if beat is None else f"the last sign of life is {beat:.0f} s old"
        yield fault("worker", since, f"Mails are not sent. {start}")
    elif waiting is not None and waiting > _WAITING_SECONDS:
        advice = "See its log; give it more hands with `kreisportal worker --concurrency`."
        yield warning("worker", f"a job has been waiting for {waiting / 60:.0f} minutes", advice)
    elif failed:
        advice = "See the worker's log; failed jobs are kept for 30 days."
        yield warning("worker", f"at work; {failed} jobs have failed for good", advice)
    else:
        yield ok("worker", "at work")


def examine_region(connection: Connection) -> Iterator[Finding]:
    """There is something to show: a catalogue and towns with hosts."""
    portals, hosts, services = connection.execute(
        text(
            "SELECT count(*) FILTER (WHERE t.has_portal),"
            " count(*) FILTER (WHERE t.has_portal AND t.hosts IS NOT NULL),"
            " (SELECT count(*) FROM catalogue_entries WHERE kind = 'service' AND retired_by IS NULL)"
            " FROM definer.load_tenants(NULL) t"
        )
    ).one()
    state = f"{services} services, {portals} portals"
    if not services:
        yield warning("region", state, "Publish the catalogue: `kreisportal catalogue publish`.")
    elif not portals:
        yield warning("region", state, "Bring towns in: `kreisportal tenant add FOLDER`.")
    elif hosts < portals:
        state = f"{portals - hosts} portals have no host"
        yield warning("region", state, "Give them one: `kreisportal host add`.")
    else:
        yield ok("region", state)


def examine_hosts(database: Database) -> Iterator[Finding]:
    """The towns' host names lead here and have certificates, as the worker last saw it."""
    with database.transaction(REGION) as session:
        seen = seen_hosts(session, clock.now())
    troubled = [each for each in seen if each.verdict.is_trouble]
    unknown = [each for each in seen if each.verdict is Verdict.UNKNOWN]
    before = clock.now() - _LOOKS_AGAIN
    unseen = [each for each in seen if each.looked_at is None or each.looked_at < before]
    if troubled:
        towns = len({each.town for each in troubled})
        state = f"trouble with {len(troubled)} of {len(seen)} names, in {towns} towns"
        yield warning("host names", state, "See which: `kreisportal host check`.")
    elif unseen:
        advice = "The worker looks at all of them every few hours; `kreisportal host check` does it now."
        yield warning("host names", f"nobody has looked at {len(unseen)} of {len(seen)} lately", advice)
    elif unknown:
        advice = "Set PUBLIC_ADDRESSES, and see that the name service answers."
        yield warning("host names", f"of {len(unknown)} nobody can tell whether they lead here", advice)
    else:
        yield ok("host names", f"{len(seen)} in order")


def unreachable(error: Exception) -> Finding:
    """The finding when no connection can be had."""
    cause = error.__cause__ if isinstance(error, UnavailableError) else error
    advice = "See that the server is up and that DATABASE_URL has the right host, name and password."
    return fault("database", first_line(cause or error), advice)
