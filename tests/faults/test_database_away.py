"""The database stops and comes back under load: public pages go on, forms say so, and nothing is lost."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kreisportal.demo import fill_region, prepare_database
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.embedded import EmbeddedServer
from kreisportal.kernel.database.roles import APPLICATION
from tests.faults.house import Sending, Visitor, prepare_drafts, web_processes

_PUBLIC = ("/de/", "/de/suche?q=hund", "/de/leistungen/hund-anmelden", "/de/antrag/hund-anmelden/start")
_PATIENCE_SECONDS = 20


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server of the test's own, since the run's server is others' too."""
    own = EmbeddedServer(
        Path(f"/var/tmp/kreisportal-{tmp_path_factory.mktemp('away').name}-{time.time_ns()}"), fast=True
    )
    own.start()
    try:
        prepare_database(own)
        yield own
    finally:
        own.destroy()


def test_public_pages_go_on_and_submissions_come_through(server: EmbeddedServer, tmp_path: Path) -> None:
    database = Database(server.url(APPLICATION))
    fill_region(database)
    drafts = prepare_drafts(database, 4)
    database.close()
    with web_processes(server.url(APPLICATION), tmp_path, workers=2) as port, _Reading(port) as seen:
        ready = [Sending.of(port, draft) for draft in drafts]

        server.stop("immediate")

        assert {sending.send()[0] for sending in ready} <= {503, 0}
        assert all(Visitor(port).get(path)[0] == 200 for path in _PUBLIC)
        server.start()
        with ThreadPoolExecutor(4) as crowd:
            statuses = list(crowd.map(_send_until_done, ready))
        assert statuses == [303] * len(ready)
    assert set(seen) == {200}, seen
    assert seen[200] > len(_PUBLIC)


def _send_until_done(sending: Sending) -> int:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        status, _ = sending.send()
        if status == 303:
            return status
    return 0


class _Reading:
    """Somebody who reads public pages all the while; ``seen`` counts the statuses."""

    def __init__(self, port: int) -> None:
        self._visitor = Visitor(port)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self.seen: Counter[int] = Counter()

    def __enter__(self) -> Counter[int]:
        self._thread.start()
        return self.seen

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._over.is_set():
            for path in _PUBLIC:
                self.seen[self._visitor.get(path)[0]] += 1
