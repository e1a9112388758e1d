"""What the worker sees of host names: which it looks at and when, what is kept, and what it comes to."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import QueuePool

from kreisportal.jobs import Runtime
from kreisportal.kernel import clock
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.tenancy import host_checks, host_jobs
from kreisportal.tenancy.cli import host as host_command
from kreisportal.tenancy.host_checks import Certificate, HostState, Leads, Shown
from kreisportal.tenancy.host_jobs import look_at_hosts
from kreisportal.tenancy.host_looks import Verdict, keep_looks, names_due, seen_hosts, verdicts
from kreisportal.web.program import Program
from tests.support.commands import in_production
from tests.support.server import DatabaseCopy

HOUR = datetime.timedelta(hours=1)
LOCAL = HostState(Leads.LOCAL)
Look = Callable[..., list[str]]


@pytest.fixture(scope="module")
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


@pytest.fixture(autouse=True)
def _nothing_seen(superuser: psycopg.Connection) -> Iterator[None]:
    yield
    superuser.execute("DELETE FROM host_looks; UPDATE tenants SET state = 'open'")


@pytest.fixture
def look(program: Program, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Does the job; ``states`` are by name, any other name is local. The names that were looked at, in their order."""

    def run(states: dict[str, HostState] | None = None, *, rest: HostState = LOCAL) -> list[str]:
        asked: list[str] = []

        def seen(names: list[str], *_: object) -> dict[str, HostState]:
            asked.extend(names)
            return {name: (states or {}).get(name, rest) for name in names}

        monkeypatch.setattr(host_jobs, "host_states", seen)
        look_at_hosts(Runtime(program.settings, program.database))
        return asked

    return run


def due(database: Database, at: datetime.datetime, most: int = 1000) -> list[str]:
    """The names that it is time for."""
    with database.transaction(REGION) as session:
        return list(names_due(session, at, most))


def keep(database: Database, states: dict[str, HostState], at: datetime.datetime) -> None:
    """Keep what was seen."""
    with database.transaction(REGION) as session:
        keep_looks(session, states, at)


def test_names_of_towns_that_are_not_closed_are_looked_at(
    look: Look, superuser: psycopg.Connection, program: Program
) -> None:
    for slug, state in (("vechta", "preparing"), ("lohne", "paused"), ("bakum", "closed")):
        superuser.execute("UPDATE tenants SET state = %s WHERE slug = %s", (state, slug))
    asked = look()
    assert {"vechta.localhost", "verwaltung.vechta.localhost", "lohne.localhost"} <= set(asked)
    assert not {"bakum.localhost", "region.localhost", "konto.localhost"} & set(asked)
    assert look() == [], "not again at once"


def test_the_longest_unseen_come_first_and_trouble_is_looked_at_hourly(
    program: Program, superuser: psycopg.Connection, frozen: datetime.datetime
) -> None:
    database = program.database
    fine, bad, new = "vechta.localhost", "lohne.localhost", "bakum.localhost"
    everything = dict.fromkeys(due(database, frozen), LOCAL)
    keep(database, everything, frozen)
    keep(database, {bad: HostState(Leads.NOWHERE)}, frozen)
    keep(database, {fine: LOCAL}, frozen - 2 * HOUR)
    superuser.execute("DELETE FROM host_looks WHERE host = %s", (new,))
    assert due(database, frozen) == [new]
    assert due(database, frozen + HOUR) == [new, bad]
    assert due(database, frozen + 4 * HOUR) == [new, fine, bad]
    assert due(database, frozen + 6 * HOUR, 2) == [new, fine]
    assert set(due(database, frozen + 6 * HOUR)) == set(everything)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (HostState(Leads.NOWHERE), Verdict.NOWHERE),
        (HostState(Leads.ELSEWHERE, ("198.51.100.1",)), Verdict.ELSEWHERE),
        (HostState(Leads.PARTLY, (), Certificate(Shown.NOTHING)), Verdict.PARTLY),
        (LOCAL, Verdict.FINE),
        (HostState(Leads.UNKNOWN), Verdict.UNKNOWN),
        (HostState(Leads.NO_ANSWER), Verdict.UNKNOWN),
        (HostState(Leads.HERE, (), Certificate(Shown.NOTHING)), Verdict.UNSEEN),
        (HostState(Leads.HERE, (), Certificate(Shown.UNTRUSTED)), Verdict.UNTRUSTED),
    ],
)
def test_what_a_look_comes_to(
    program: Program, frozen: datetime.datetime, state: HostState, verdict: Verdict
) -> None:
    keep(program.database, {"vechta.localhost": state}, frozen)
    assert _verdict_at(program, frozen) is verdict


def test_a_certificate_ends_while_nobody_looks(program: Program, frozen: datetime.datetime) -> None:
    assert _verdict_at(program, frozen) is Verdict.NEVER
    until = frozen + datetime.timedelta(days=90)
    state = HostState(Leads.HERE, (), Certificate(Shown.VALID, until))
    keep(program.database, {"vechta.localhost": state}, frozen)
    days = {90: Verdict.UNTRUSTED, 89: Verdict.ENDING, 76: Verdict.ENDING, 75: Verdict.FINE}
    for later, verdict in days.items():
        assert _verdict_at(program, frozen + datetime.timedelta(days=later)) is verdict


def _verdict_at(program: Program, at: datetime.datetime) -> Verdict:
    """What the portal's name comes to; the list and the town's own page agree."""
    tenant = program.keeper.current.registry.by_slug["vechta"]
    with program.database.transaction(REGION) as session:
        (seen,) = [each for each in seen_hosts(session, at, tenant) if each.host == "vechta.localhost"]
        counted = verdicts(session, at).get(tenant, {})
    assert (seen.verdict in counted) == (seen.verdict is not Verdict.FINE)
    return seen.verdict


def test_what_is_seen_is_kept_and_goes_with_the_name(
    look: Look, program: Program, superuser: psycopg.Connection, frozen: datetime.datetime
) -> None:
    until = frozen + 100 * HOUR
    gone = HostState(Leads.ELSEWHERE)
    valid = HostState(Leads.HERE, ("203.0.113.10",), Certificate(Shown.VALID, until))
    look({"vechta.localhost": valid})
    row = "SELECT looked_at, leads, certificate, valid_until FROM host_looks WHERE host = 'vechta.localhost'"
    assert superuser.execute(row).fetchone() == (frozen, "here", "valid", until)
    with clock.frozen(frozen + 6 * HOUR):
        look({"vechta.localhost": gone})
    assert superuser.execute(row).fetchone() == (frozen + 6 * HOUR, "elsewhere", None, None)
    with superuser.transaction(force_rollback=True):
        superuser.execute("DELETE FROM hosts WHERE host = 'vechta.localhost'")
        assert superuser.execute(row).fetchone() is None
    keep(program.database, {"nobody.example": gone, "region.localhost": gone}, frozen)
    assert superuser.execute("SELECT count(*) FROM host_looks WHERE leads = 'elsewhere'").fetchone() == (1,)


def test_a_batch_ends_when_the_name_service_is_away_or_time_is_up(
    look: Look, program: Program, monkeypatch: pytest.MonkeyPatch, frozen: datetime.datetime
) -> None:
    monkeypatch.setattr(host_jobs, "AT_ONCE", 2)
    names = due(program.database, frozen)
    assert look(rest=HostState(Leads.NO_ANSWER)) == names[:2]
    monkeypatch.setattr(host_jobs, "_SECONDS", 0.0)
    assert look() == names[2:4], "those that did not answer are no longer in front"
    monkeypatch.setattr(host_jobs, "_MOST", 3)
    monkeypatch.setattr(host_jobs, "_SECONDS", 60.0)
    assert look() == names[4:7]


def test_no_transaction_is_open_while_the_network_is_waited_for(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, open_then = program.database.engine.pool, []
    assert isinstance(pool, QueuePool)

    def seen(names: list[str], ours: tuple[str, ...], port: int) -> dict[str, HostState]:
        open_then.append((pool.checkedout(), ours, port))
        return dict.fromkeys(names, LOCAL)

    monkeypatch.setattr(host_jobs, "host_states", seen)
    settings = replace(program.settings, public_addresses=("203.0.113.10",), public_port=8443)
    look_at_hosts(Runtime(settings, program.database))
    assert set(open_then) == {(0, ("203.0.113.10",), 8443)}


def test_a_command_looks_at_all_or_at_one_town(
    region: DatabaseCopy, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = in_production(host_command, region, monkeypatch)
    states = {"vechta.localhost": HostState(Leads.NOWHERE)}
    monkeypatch.setattr(host_checks, "host_state", lambda name, *_: states.get(name, LOCAL))
    done = run("check", "--town", "lohne")
    assert (done.exit_code, "in order" in done.output, "vechta" in done.output) == (0, True, False)
    done = run("check")
    (line,) = [line for line in done.output.splitlines() if " vechta.localhost " in line]
    assert (done.exit_code, "no DNS record" in line) == (1, True)
    rows = superuser.execute("SELECT host FROM host_looks WHERE leads <> 'local'").fetchall()
    assert rows == [("vechta.localhost",)], "the pages say it, too"
    assert "there is no tenant nobody" in str(run("check", "--town", "nobody").exception)
