"""A takeout's life: asked for once at a time, made by a job, failed and tried again, over and swept away."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import psycopg
import pytest

from kreisportal.accounts import takeout_jobs, takeouts
from kreisportal.accounts.address import writing_as
from kreisportal.accounts.takeout_jobs import HOLDINGS, take_out, tidy_takeouts
from kreisportal.accounts.takeouts import REGION_FOLDER, TakeoutState
from kreisportal.documents.storage import STORAGE, Storage
from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import new_id
from kreisportal.kernel.registries import Holding, Holdings, Share, Sink
from kreisportal.web.program import Program
from tests.accounts.people import Citizen
from tests.support.server import DatabaseCopy


@dataclass
class Owner:
    """An account, and what its takeouts are made of: ``shares`` may be changed by a test."""

    account_id: uuid.UUID
    tenant_id: int
    runtime: Runtime
    superuser: psycopg.Connection
    shares: list[Share]

    @property
    def storage(self) -> Storage:
        return self.runtime.get(STORAGE)

    def ask(self) -> takeouts.Asked:
        with self.runtime.database.transaction(writing_as(self.account_id, self.tenant_id)) as session:
            return takeouts.ask_for_takeout(session, self.account_id, self.tenant_id, "de")

    def work(self, takeout_id: uuid.UUID) -> None:
        take_out(self.runtime, self.tenant_id, takeout_id)

    def row(self, columns: str) -> Any:
        query = f"SELECT {columns} FROM account_takeouts WHERE account_id = %s"
        return self.superuser.execute(query, [self.account_id]).fetchone()

    def has_file(self, takeout_id: uuid.UUID) -> bool:
        try:
            self.storage.open(REGION_FOLDER, takeout_id).close()
        except NotFoundError:
            return False
        return True


@pytest.fixture
def owner(citizen: Citizen, program: Program, region: DatabaseCopy, towns: dict[str, int]) -> Iterator[Owner]:
    """Somebody whose takeouts are made of one word of the account and one of a town."""
    shares = [
        Share(None, lambda sink: sink.add_json("konto.json", {"a": 1})),
        Share(towns["lohne"], _of_town),
    ]
    holdings = Holdings()
    holdings.register(Holding("test", frozenset(), lambda holder: shares))
    parts = {STORAGE: program.intake.storage, HOLDINGS: holdings}
    with region.superuser() as superuser:
        row = superuser.execute("SELECT id FROM accounts WHERE email = %s", [citizen.email]).fetchone()
        assert row is not None
        runtime = Runtime(program.settings, program.database, parts)
        yield Owner(row[0], towns["vechta"], runtime, superuser, shares)


def _of_town(sink: Sink) -> None:
    sink.tell("Stadt Lohne", [("LOH-2026-1", "Hund anmelden")])


def _fails(sink: Sink) -> None:
    raise OSError("no such thing")


def test_one_is_made_at_a_time(owner: Owner) -> None:
    first = owner.ask()
    again = owner.ask()
    assert again.takeout.id == first.takeout.id
    assert again.replaced is None
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE args->>'takeout_id' = %s"
    assert owner.superuser.execute(jobs, [str(first.takeout.id)]).fetchone() == (1,)


def test_a_job_names_the_takeout_and_not_whose_it_is(owner: Owner) -> None:
    takeout_id = owner.ask().takeout.id
    query = "SELECT args FROM procrastinate_jobs WHERE args->>'takeout_id' = %s"
    row = owner.superuser.execute(query, [str(takeout_id)]).fetchone()
    assert row == ({"tenant_id": owner.tenant_id, "takeout_id": str(takeout_id)},)


def test_it_is_made_and_told_and_its_mail_says_nothing_of_it(owner: Owner, towns: dict[str, int]) -> None:
    takeout_id = owner.ask().takeout.id
    owner.work(takeout_id)
    state, parts, days = owner.row("state, parts, expires_at::date - ready_at::date")
    assert (state, days) == (TakeoutState.READY, 7)
    assert parts == [
        {"tenant_id": None, "done": 1, "all": 1},
        {"tenant_id": towns["lohne"], "done": 1, "all": 1},
    ]
    assert owner.has_file(takeout_id)
    query = "SELECT template, data FROM mails WHERE recipient = (SELECT email FROM accounts WHERE id = %s)"
    assert owner.superuser.execute(query, [owner.account_id]).fetchall() == [
        ("account_takeout_ready", {"days": 7})
    ]
    owner.work(takeout_id)
    assert owner.row("attempts") == (1,), "done again, it does nothing"


def test_a_finished_one_is_replaced(owner: Owner) -> None:
    first = owner.ask().takeout.id
    owner.work(first)
    again = owner.ask()
    assert (again.replaced, again.takeout.state) == (first, TakeoutState.WAITING)


def test_how_far_it_is_is_written_down_part_by_part(owner: Owner) -> None:
    seen = []
    owner.shares.append(Share(None, lambda sink: seen.append(owner.row("state, parts"))))
    owner.work(owner.ask().takeout.id)
    ((state, parts),) = seen
    assert state == TakeoutState.RUNNING
    assert [(part["done"], part["all"]) for part in parts] == [(1, 2), (1, 1)]


def test_what_fails_three_times_has_failed_and_can_be_tried_again(owner: Owner) -> None:
    owner.shares.append(Share(None, _fails))
    takeout_id = owner.ask().takeout.id
    for _ in range(2):
        with pytest.raises(OSError, match="no such thing"):
            owner.work(takeout_id)
        assert owner.row("state") == (TakeoutState.RUNNING,)
    owner.work(takeout_id)
    assert owner.row("state") == (TakeoutState.FAILED,)
    assert not owner.has_file(takeout_id)
    owner.shares.pop()
    again = owner.ask().takeout.id
    owner.work(again)
    assert owner.row("id, state") == (again, TakeoutState.READY)


def test_one_whose_workers_died_has_failed(owner: Owner) -> None:
    takeout_id = owner.ask().takeout.id
    owner.superuser.execute(
        "UPDATE account_takeouts SET state = 'running', attempts = 3 WHERE id = %s", [takeout_id]
    )
    owner.work(takeout_id)
    assert owner.row("state") == (TakeoutState.FAILED,)


def test_one_that_got_stuck_can_be_asked_for_anew(owner: Owner) -> None:
    stuck = owner.ask().takeout.id
    owner.superuser.execute(
        "UPDATE account_takeouts SET touched_at = now() - interval '2 hours' WHERE id = %s", [stuck]
    )
    again = owner.ask()
    assert again.replaced == stuck
    assert again.takeout.id != stuck


def test_one_that_is_removed_while_it_is_made_leaves_nothing(owner: Owner) -> None:
    def remove(sink: Sink) -> None:
        owner.superuser.execute("DELETE FROM account_takeouts WHERE account_id = %s", [owner.account_id])

    owner.shares.append(Share(None, remove))
    takeout_id = owner.ask().takeout.id
    owner.work(takeout_id)
    assert owner.row("id") is None
    assert not owner.has_file(takeout_id)
    folder = owner.runtime.settings.data_folder
    assert not list(folder.glob("tmp*")), "no file without a name is left"


def test_what_is_over_is_removed_with_its_file(owner: Owner) -> None:
    takeout_id = owner.ask().takeout.id
    owner.work(takeout_id)
    owner.superuser.execute("UPDATE account_takeouts SET expires_at = now() WHERE id = %s", [takeout_id])
    tidy_takeouts(owner.runtime)
    assert owner.row("id") is None
    assert not owner.has_file(takeout_id)


def test_what_is_there_stays_and_an_old_file_without_a_row_goes(owner: Owner) -> None:
    there, orphan = owner.ask().takeout.id, new_id()
    owner.work(there)
    owner.storage.put(REGION_FOLDER, orphan, BytesIO(b"x"), 10)
    tidy_takeouts(owner.runtime)
    assert owner.has_file(orphan), "it may be new"
    _make_old(owner, orphan, there)
    tidy_takeouts(owner.runtime)
    assert owner.has_file(there)
    assert not owner.has_file(orphan)


def _make_old(owner: Owner, *ids: uuid.UUID) -> None:
    for each in ids:
        (file,) = (owner.runtime.settings.files_folder / str(REGION_FOLDER)).glob(f"??/{each}")
        os.utime(file, (0, 0))


def test_the_worker_knows_both_jobs() -> None:
    registry = JobRegistry()
    takeout_jobs.register(registry)
    assert registry.jobs["accounts.tidy_takeouts"].for_region
    assert takeouts.TAKE_OUT in registry.jobs
