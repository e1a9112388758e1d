"""Nothing acknowledged is lost, nothing happens twice: sent by fifty at once, and with processes killed in between."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kreisportal.kernel.database import Database
from tests.faults.house import Draft, Sending, check_ledger, prepare_drafts, web_processes
from tests.support.server import DatabaseCopy

_AT_ONCE = 50
_DRAFTS = int(os.environ.get("KREISPORTAL_FAULT_DRAFTS", "9"))


def _rows(region: DatabaseCopy, query: str) -> list[tuple[Any, ...]]:
    with region.superuser() as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def port(region: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with web_processes(region.url(), tmp_path_factory.mktemp("web"), workers=4) as opened:
        yield opened


def test_fifty_equal_submissions_at_once_are_one_case(
    region: DatabaseCopy, database: Database, port: int
) -> None:
    sending = Sending.of(port, prepare_drafts(database, 1)[0])

    with ThreadPoolExecutor(_AT_ONCE) as crowd:
        answers = list(crowd.map(lambda _: sending.send(), range(_AT_ONCE)))

    assert {status for status, _ in answers} == {303}
    assert {address for _, address in answers} == {f"/de/vorgang/{sending.draft.id}/gesendet"}
    found = _rows(region, f"SELECT number FROM cases WHERE id = '{sending.draft.id}'")
    assert len(found) == 1
    assert _rows(region, f"SELECT count(*) FROM mails WHERE case_id = '{sending.draft.id}'") == [(1,)]
    assert _rows(region, f"SELECT count(*) FROM case_events WHERE case_id = '{sending.draft.id}'") == [(1,)]
    assert _rows(region, f"SELECT count(*) FROM drafts WHERE id = '{sending.draft.id}'") == [(0,)]


def test_the_same_application_with_other_answers_is_refused(
    region: DatabaseCopy, database: Database, port: int
) -> None:
    sending = Sending.of(port, prepare_drafts(database, 1)[0])
    assert sending.send()[0] == 303

    # Whoever comes back with answers other than those that were sent is led to the case that there is.
    assert sending.send(revision="7") == (303, f"/de/vorgang/{sending.draft.id}/gesendet")
    assert _rows(region, f"SELECT draft_revision FROM cases WHERE id = '{sending.draft.id}'") == [(1,)]


@pytest.mark.parametrize("point", ["before-commit", "after-commit"])
def test_killed_processes_lose_nothing_and_double_nothing(
    region: DatabaseCopy, database: Database, tmp_path: Path, point: str
) -> None:
    drafts = prepare_drafts(database, _DRAFTS)
    config = Path(__file__).parent / "gunicorn_crashing.py"
    crash = {"KREISPORTAL_CRASH_AT": point, "KREISPORTAL_CRASH_EVERY": "3"}
    with (
        web_processes(region.url(), tmp_path, workers=3, config=config, **crash) as opened,
        ThreadPoolExecutor(6) as crowd,
    ):
        ledger = list(crowd.map(lambda draft: _send_until_acknowledged(opened, draft), drafts))

    assert sum(tries > 1 for tries, _ in ledger) > 0, "no process was killed, so this shows nothing"
    check_ledger(region, drafts)


def _send_until_acknowledged(port: int, draft: Draft) -> tuple[int, str]:
    """Send like somebody whose connection breaks: again and again until there is an answer. (tries, address)"""
    sending = Sending.of(port, draft)
    for tries in range(1, 30):
        status, address = sending.send()
        if status == 303:
            return tries, address
    raise AssertionError(f"never acknowledged: {draft.id}")
