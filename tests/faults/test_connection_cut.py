"""The connection to the database is cut, at the worst moments: the person gets to know, and sending again is safe."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kreisportal.kernel.database import Database
from tests.faults.house import Sending, Visitor, check_ledger, prepare_drafts, web_processes
from tests.faults.wire import Point, wire
from tests.support.server import DatabaseCopy

_DRAFTS = 4
_PUBLIC = "/de/leistungen/hund-anmelden"


@pytest.mark.parametrize("point", Point, ids=lambda point: point.value)
def test_cut_at_the_commit(region: DatabaseCopy, database: Database, tmp_path: Path, point: Point) -> None:
    drafts = prepare_drafts(database, _DRAFTS)
    with wire(region.url()) as between, web_processes(between.url, tmp_path, workers=1) as port:
        for number, draft in enumerate(drafts, start=1):
            sending = Sending.of(port, draft)
            between.cut_at(point, "INSERT INTO cases")
            status, page = sending.send()
            assert between.cuts == number, "nothing was cut, so this shows nothing"
            assert status == 503
            assert "Noch einmal senden" in page
            assert sending.send() == (303, f"/de/vorgang/{draft.id}/gesendet")
    check_ledger(region, drafts)


def test_cut_again_and_again_while_many_send(
    region: DatabaseCopy, database: Database, tmp_path: Path
) -> None:
    drafts, seen = prepare_drafts(database, 12), Counter[int]()
    over = threading.Event()
    with wire(region.url()) as between, web_processes(between.url, tmp_path, workers=2) as port:

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
        assert between.cuts > 0
        assert set(seen) <= {200}, seen
        # Whatever broke, the pool is whole again.
        assert Visitor(port).get("/de/vorgang")[0] == 200
    check_ledger(region, drafts)
