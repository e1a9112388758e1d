"""The database stops and comes back under load: public pages go on, forms say so, and nothing is lost."""

from __future__ import annotations

import html
import itertools
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import pytest

from kreisportal.demo import fill_region, prepare_database
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.embedded import DATABASE, SUPERUSER, EmbeddedServer
from kreisportal.kernel.database.roles import APPLICATION
from tests.faults.house import (
    FIELDS,
    TOKEN,
    Sending,
    Visitor,
    check_ledger,
    prepare_drafts,
    web_processes,
)
from tests.support.server import DatabaseCopy, DatabaseServer

_START = "/de/antrag/hund-anmelden/start"
_PUBLIC = ("/de/", "/de/suche?q=hund", "/de/leistungen/hund-anmelden", _START)
_PATIENCE_SECONDS = 120
# Somebody who reads looks at a page for a moment, so that there is room for what is tested.
_LOOK_SECONDS = 0.05
_STOPS = int(os.environ.get("KREISPORTAL_FAULT_STOPS", "1"))
_DRAFTS = int(os.environ.get("KREISPORTAL_FAULT_DRAFTS", "8"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server of the module's own, since the run's server is others' too; it keeps every commit."""
    own = EmbeddedServer(
        Path(f"/var/tmp/kreisportal-{tmp_path_factory.mktemp('away').name}-{time.time_ns()}")
    )
    own.start()
    try:
        prepare_database(own)
        database = Database(own.url(APPLICATION))
        fill_region(database)
        database.close()
        yield own
    finally:
        own.destroy()


@pytest.fixture
def away(server: EmbeddedServer) -> Iterator[Database]:
    """The way to its database, and a server that runs again whatever the test does."""
    database = Database(server.url(APPLICATION))
    yield database
    database.close()
    server.start()


@pytest.fixture
def copy(server: EmbeddedServer) -> DatabaseCopy:
    """Its database as the ledger asks it."""
    return DatabaseCopy(DatabaseServer(server.url(SUPERUSER, "postgres"), ""), DATABASE)


def test_public_pages_go_on_and_forms_say_that_they_cannot(
    server: EmbeddedServer, away: Database, copy: DatabaseCopy, tmp_path: Path
) -> None:
    drafts = prepare_drafts(away, 2)
    with web_processes(server.url(APPLICATION), tmp_path, workers=2) as port, _Reading(port) as seen:
        ready = [Sending.of(port, draft) for draft in drafts]
        begins, steps = Visitor(port), Visitor(port, dict(ready[0].visitor.cookies))
        first = TOKEN.search(begins.get(_START)[1])
        step = f"/de/antrag/{drafts[0].id}/dog"
        second = TOKEN.search(steps.get(step)[1])
        assert first
        assert second

        server.stop("immediate")

        assert all(Visitor(port).get(path)[0] == 200 for path in _PUBLIC)
        # The first page comes back as it was, with what was typed in its fields.
        status, page = begins.post(
            _START, {"csrf_token": first[1], "taken_in": "10.11.2025", "origin": "moved"}
        )
        assert status == 503
        assert "Speichern geht gerade nicht" in page
        # Any other page offers what was typed to be sent again.
        typed = {"dog_name": "Wölfchen", "breed": "Dackel & Co", "tax_reference": ""}
        status, page = steps.post(step, {"csrf_token": second[1], **typed})
        assert status == 503
        assert "Was Sie eingegeben haben, ist noch da." in page
        again = {name: html.unescape(value) for name, value in FIELDS.findall(page)}
        assert typed.items() <= again.items()
        assert {sending.send()[0] for sending in ready} == {503}

        server.start()
        status, address = _until(lambda: steps.post(step, again), 303)
        assert "/dog" not in unquote(address)
        assert ready[1].send()[0] == 303
    assert set(seen) == {200}, seen
    assert seen[200] > len(_PUBLIC)
    check_ledger(copy, drafts[1:])


def test_killed_over_and_over_it_loses_nothing_and_doubles_nothing(
    server: EmbeddedServer, away: Database, copy: DatabaseCopy, tmp_path: Path
) -> None:
    drafts = prepare_drafts(away, _DRAFTS)
    tries: Counter[int] = Counter()
    with web_processes(server.url(APPLICATION), tmp_path, workers=2) as port, _Reading(port) as seen:
        ready = [Sending.of(port, draft) for draft in drafts]
        shares = [ready[number :: _STOPS + 1] for number in range(_STOPS + 1)]

        def send(sending: Sending) -> None:
            _until(lambda: _counted(sending, tries), 303)

        with ThreadPoolExecutor(4) as crowd:
            for number, share in enumerate(shares):
                waiting = [crowd.submit(send, sending) for sending in share]
                if number < _STOPS:
                    # In the midst of it: some are acknowledged, some are under way, some are not begun.
                    waiting[0].result()
                    server.stop("immediate")
                    server.start()
                for each in waiting:
                    each.result()
    assert set(tries) <= {303, 503, 0}, tries
    assert set(seen) == {200}, seen
    check_ledger(copy, drafts)


def _counted(sending: Sending, tries: Counter[int]) -> tuple[int, str]:
    status, address = sending.send()
    tries[status] += 1
    return status, address


def _until(ask: object, wanted: int) -> tuple[int, str]:
    """Ask like somebody who does not give up."""
    assert callable(ask)
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        status, body = ask()
        if status == wanted:
            return status, body
    raise AssertionError(f"never {wanted}, but {status}: {body}")


class _Reading:
    """Somebody who reads public pages all the while; what it gives counts the statuses."""

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
        for path in itertools.cycle(_PUBLIC):
            self.seen[self._visitor.get(path)[0]] += 1
            if self._over.wait(_LOOK_SECONDS):
                return
