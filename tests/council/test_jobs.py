"""What the worker does: whose council is asked and when, what is kept, and what is noted when it fails."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy import QueuePool, text

from kreisportal.council import jobs
from kreisportal.council.jobs import FETCH, fetch, fetch_due
from kreisportal.jobs import Runtime
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.web.program import Program
from tests.support.oparl_server import DAY, Council

SetSource = Callable[..., None]
RunFetch = Callable[..., None]
HOUR = datetime.timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("frozen")


def row(superuser: psycopg.Connection, *columns: str) -> Any:
    """The only row that was kept, or None."""
    return superuser.execute(f"SELECT {', '.join(columns)} FROM council_contents").fetchone()


def revisions(superuser: psycopg.Connection) -> int:
    """How many changes there were."""
    ((count,),) = superuser.execute("SELECT count(*) FROM changes").fetchall()
    return int(count)


def test_what_was_read_is_kept_and_a_broken_answer_leaves_it(
    council: Council, set_source: SetSource, run_fetch: RunFetch, superuser: psycopg.Connection
) -> None:
    set_source()
    run_fetch()
    shown, fault, next_at = row(superuser, "shown", "fault", "next_at")
    assert len(shown["meetings"]) == 3
    assert (fault, next_at) == (None, DAY + HOUR)
    council.answers["/meetings"] = b"<html>"
    run_fetch()
    assert row(superuser, "shown", "fault", "failing_since", "next_at", "read_at") == (
        shown,
        *("no-json", DAY, DAY + HOUR, DAY),
    )
    with clock.frozen(DAY + HOUR):
        run_fetch()
    assert row(superuser, "failing_since", "next_at", "failures") == (DAY, DAY + 3 * HOUR, 2)
    for _ in range(12):
        run_fetch()
    assert row(superuser, "next_at") == (DAY + 12 * HOUR,), "half a day at most"
    council.answers.clear()
    run_fetch()
    assert row(superuser, "fault", "failing_since", "failures") == (None, None, 0)


def test_pages_change_only_when_something_new_was_read(
    council: Council, set_source: SetSource, run_fetch: RunFetch, superuser: psycopg.Connection
) -> None:
    set_source()
    before = revisions(superuser)
    run_fetch()
    assert revisions(superuser) == before + 1
    run_fetch()
    council.answers["/meetings"] = b"<html>"
    run_fetch()
    assert revisions(superuser) == before + 1
    council.answers.clear()
    council.papers[0] |= {"name": "Bänke am Bach", "modified": "2026-12-01T10:30:00+01:00"}
    run_fetch()
    assert revisions(superuser) == before + 2


def test_another_day_all_is_read_anew(council: Council, set_source: SetSource, run_fetch: RunFetch) -> None:
    set_source()
    run_fetch()
    council.asked.clear()
    with clock.frozen(DAY + HOUR):
        run_fetch()
    assert "modified_since=2026-11-30" in " ".join(council.asked)
    council.asked.clear()
    with clock.frozen(DAY + 24 * HOUR):
        run_fetch()
    assert "modified_since=2025" in " ".join(council.asked)


def test_another_body_begins_anew_and_none_forgets_all(
    council: Council, set_source: SetSource, run_fetch: RunFetch, superuser: psycopg.Connection
) -> None:
    set_source()
    run_fetch()
    set_source(body=f"{council.base}/body/2")
    run_fetch()
    assert row(superuser, "shown", "read_at", "fault") == (None, None, "refused 404")
    council.bodies.append(council.body("2", "Gemeinde Beispielhausen"))
    run_fetch()
    set_source(on=False)
    council.asked.clear()
    run_fetch()
    assert council.asked == []
    assert row(superuser, "tenant_id") is not None
    superuser.execute("UPDATE tenants SET profile = profile - 'council'")
    run_fetch()
    assert row(superuser, "tenant_id") is None


def test_what_was_changed_while_it_was_read_is_not_overwritten(
    council: Council, set_source: SetSource, run_fetch: RunFetch, superuser: psycopg.Connection
) -> None:
    set_source()

    def change(handler: Any) -> None:
        set_source(on=False)
        handler.say(b"{}", 404)

    council.answers["/meetings"] = change
    run_fetch()
    assert row(superuser, "tenant_id") is None


def test_towns_are_due_when_their_time_has_come(
    program: Program,
    towns: dict[str, int],
    set_source: SetSource,
    run_fetch: RunFetch,
    superuser: psycopg.Connection,
) -> None:
    runtime = Runtime(program.settings, program.database)

    def due(moment: datetime.datetime = DAY) -> set[int]:
        superuser.execute("DELETE FROM procrastinate_jobs")
        with clock.frozen(moment):
            fetch_due(runtime)
            fetch_due(runtime)
        found = superuser.execute(
            "SELECT (args ->> 'tenant_id')::int FROM procrastinate_jobs WHERE task_name = %s", (FETCH,)
        ).fetchall()
        assert len(found) == len(set(found)), "none waits twice"
        return {number for (number,) in found}

    assert due() == set()
    set_source("vechta")
    set_source("lohne", on=False)
    set_source("damme")
    superuser.execute("UPDATE tenants SET state = 'closed' WHERE slug = 'damme'")
    assert due() == {towns["vechta"]}
    run_fetch()
    assert due() == set()
    assert due(DAY + HOUR) == {towns["vechta"]}
    set_source("vechta", body="https://rat.example/body/2")
    assert due() == {towns["vechta"]}, "another body is asked at once"
    superuser.execute("UPDATE tenants SET state = 'open' WHERE slug = 'damme'")
    fetch_due(replace(runtime, settings=replace(program.settings, council_requests="off")))
    superuser.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.parametrize(
    "context", [Context(ActorKind.ANONYMOUS), Context(ActorKind.STAFF, 1), Context(ActorKind.JOB, 1)]
)
def test_only_the_region_learns_whose_turn_it_is(
    program: Program, set_source: SetSource, context: Context
) -> None:
    set_source()
    with program.database.transaction(context) as session:
        assert session.scalars(text("SELECT definer.due_councils(now())")).all() == []


def test_what_the_operator_forbids_is_not_asked(
    program: Program,
    council: Council,
    set_source: SetSource,
    towns: dict[str, int],
    superuser: psycopg.Connection,
) -> None:
    set_source()
    settings = replace(program.settings, council_requests="off")
    fetch(Runtime(settings, program.database), towns["vechta"])
    assert (council.asked, row(superuser, "fault")) == ([], ("off",))
    settings = replace(program.settings, council_requests="public")
    fetch(Runtime(settings, program.database), towns["vechta"])
    assert (council.asked, row(superuser, "fault")) == ([], ("address",)), (
        "nor this machine outside of a demonstration"
    )


def test_no_transaction_is_open_while_the_network_is_waited_for(
    program: Program, set_source: SetSource, towns: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_source()
    seen: list[int] = []
    pool = program.database.engine.pool
    assert isinstance(pool, QueuePool)

    def look(*_: Any) -> dict[str, Any]:
        seen.append(pool.checkedout())
        return {"as_of": "2026-12-01", "meetings": [], "papers": []}

    monkeypatch.setattr(jobs, "read", look)
    fetch(Runtime(program.settings, program.database), towns["vechta"])
    assert seen == [0]
