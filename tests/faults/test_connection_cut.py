"""The connection to the database is cut, at the worst moments: the person gets to know, and sending again is safe."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from kreisportal.kernel.database import Database
from tests.faults.house import Sending, Visitor, check_ledger, prepare_drafts, web_processes
from tests.faults.wire import Point, Wire, wire
from tests.support.server import DatabaseCopy

_DRAFTS = int(os.environ.get("KREISPORTAL_FAULT_DRAFTS", "6"))
_PUBLIC = "/de/leistungen/hund-anmelden"


@pytest.fixture(scope="module")
def serving(region: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Wire, int]]:
    """The wire between program and database, and the port of one process; one alone, so that the cut is its own."""
    with (
        wire(region.url()) as between,
        web_processes(between.url, tmp_path_factory.mktemp("web"), workers=1) as port,
    ):
        yield between, port


@pytest.mark.parametrize("point", Point, ids=lambda point: point.value)
def test_cut_at_the_commit(
    region: DatabaseCopy, database: Database, serving: tuple[Wire, int], point: Point
) -> None:
    (between, port), drafts = serving, prepare_drafts(database, 2)
    for draft in drafts:
        sending, before = Sending.of(port, draft), between.cuts
        between.cut_at(point, "INSERT INTO cases")
        status, page = sending.send()
        assert between.cuts == before + 1, "nothing was cut, so this shows nothing"
        assert status == 503
        assert "Noch einmal senden" in page
        assert sending.send() == (303, f"/de/vorgang/{draft.id}/gesendet")
    check_ledger(region, drafts)


def test_cut_again_and_again_while_many_send(
    region: DatabaseCopy, database: Database, serving: tuple[Wire, int]
) -> None:
    (between, port), drafts, seen = serving, prepare_drafts(database, _DRAFTS), Counter[int]()
    over, before = threading.Event(), between.cuts

    def cut() -> None:
        between.cut_all()
        while not over.wait(0.2):
            between.cut_all()

    def send(sending: Sending) -> None:
        while sending.send()[0] != 303:
            seen[Visitor(port).get(_PUBLIC)[0]] += 1

    ready = [Sending.of(port, draft) for draft in drafts]
    cutting = threading.Thread(target=cut)
    cutting.start()
    try:
        with ThreadPoolExecutor(4) as crowd:
            list(crowd.map(send, ready))
    finally:
        over.set()
        cutting.join()
    assert between.cuts > before
    assert set(seen) <= {200}, seen
    # Whatever broke, the pool is whole again.
    assert Visitor(port).get("/de/vorgang")[0] == 200
    check_ledger(region, drafts)
