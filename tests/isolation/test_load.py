"""Under load: both towns' people read their own at once, some requests break off midway, and nobody sees another's.

The pool holds fewer connections than there are readers, so that each is used for both towns in turn.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import request
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from kreisportal.cases.pages import desk as desk_pages
from kreisportal.cases.pages import status as status_pages
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.staff.sign_in import Locksmith
from tests.accounts.people import HOST
from tests.isolation.asking import Ask, Door
from tests.isolation.town import Town
from tests.isolation.words import Words
from tests.isolation.world import A, B, Original, World

_THREADS = 6
_REQUESTS = 30


class _CutError(BaseException):
    """What ends a request from outside, e.g. a worker's timeout: no error handler sees it."""


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that keeps two connections, and lends two more when both are in use."""
    begin = Database.__init__

    def small(database: Database, url: str, **options: Any) -> None:
        begin(database, url, **{**options, "pool_size": 2, "pool_timeout": 60})

    monkeypatch.setattr(Database, "__init__", small)


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Requests with ``bruch`` in their query end in the middle of their transaction, in one of three ways."""
    broken: list[str] = []

    def breaks(documents_of_case: Callable[..., Any]) -> Callable[..., Any]:
        def or_break(session: Session, *arguments: Any) -> Any:
            way = request.args.get("bruch")
            if way:
                broken.append(way)
                _break(session, way)
            return documents_of_case(session, *arguments)

        return or_break

    for module in (desk_pages, status_pages):
        monkeypatch.setattr(module, "documents_of_case", breaks(module.documents_of_case))
    yield broken


def _break(session: Session, way: str) -> None:
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    if way == "error":
        raise RuntimeError("midway")
    if way == "cut":
        raise _CutError
    if way == "lost":
        # The connection dies under the request.
        connection.close()
    else:
        # The statement is cancelled, as by a timeout.
        connection.execute("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")


def _readers(world: World, site: str) -> list[tuple[str, Town, str, list[str]]]:
    """Who reads what: (cookie, own town, host, paths), at one site or at both."""
    facts = world.facts
    readers = []
    for slug, town, citizen in ((A, facts.a, facts.citizen_a), (B, facts.b, facts.citizen_b)):
        desk, portal = town.tenant.host("desk") or "", town.tenant.host("portal") or ""
        case = town.open.id
        at_desk = ["/de/vorgaenge/", f"/de/vorgaenge/{case}", "/de/"]
        at_portal = [f"/de/vorgang/{case}", f"/de/antrag/{town.draft.id}/pruefen"]
        readers.append((facts.cookies[slug, "caseworker"], town, desk, at_desk))
        if site != "desk":
            readers.append((facts.cookies[slug, "applicant"], town, portal, at_portal))
            of_account = ["/de/", "/de/einstellungen", "/de/angaben/"]
            readers.append((facts.cookies[slug, "account"], citizen, HOST, of_account))
            of_citizen = [f"/de/vorgang/{citizen.open.id}", f"/de/antrag/{citizen.draft.id}/pruefen"]
            readers.append((facts.cookies[slug, "citizen"], citizen, portal, of_citizen))
    return readers


def _of_others(world: World, town: Town) -> list[Words]:
    """What nobody of a town may see: all that is of the other town, or of accounts used there."""
    facts = world.facts
    others = (facts.b, facts.citizen_b) if town.tenant.slug == A else (facts.a, facts.citizen_a)
    return [others[0].account.words, *(other.words for other in others)]


def read_at_once(world: World, doors: list[Door], site: str) -> tuple[list[str], int]:
    """Let everybody read at once. Returns what was seen that should not, and how many pages showed one's own."""
    strange: list[str] = []
    own = itertools.count()
    readers, ways = _readers(world, site), ("error", "cut", "lost", "cancelled")

    def read(number: int) -> None:
        chance = random.Random(number)
        for _ in range(_REQUESTS):
            cookie, town, host, paths = chance.choice(readers)
            path = chance.choice(paths)
            query = {"korb": "offen"}
            if chance.random() < 0.2:
                query["bruch"] = chance.choice(ways)
            ask = Ask(host, "GET", path, "", town.words.owner, query)
            try:
                answer = doors[number].ask(ask, cookie)
            except _CutError:
                continue
            for words in _of_others(world, town):
                seen = words.found(answer.text)
                if seen:
                    strange.append(f"{ask} shows {sorted(seen)} of {words.owner}")
            own_words = (town.words, town.account.words)
            if answer.status == 200 and any(words.found(answer.body) for words in own_words):
                next(own)

    # What breaks is told in the log, at length; here it is meant.
    with capture_logs(), ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(read, range(_THREADS)))
    return strange, next(own)


def _run(original: Original, locksmith: Locksmith, folder: Path, site: str = "both") -> tuple[list[str], int]:
    with original.opened(folder, locksmith) as world:
        doors = [Door(world.wsgi, world.facts.a.tenant.host("desk") or "") for _ in range(_THREADS)]
        return read_at_once(world, doors, site)


@pytest.mark.usefixtures("narrow")
def test_readers_of_both_towns_see_their_own_only(
    original: Original, locksmith: Locksmith, tmp_path: Path, breaking: list[str]
) -> None:
    strange, own = _run(original, locksmith, tmp_path)
    assert strange == []
    assert own > _THREADS * _REQUESTS / 3
    assert set(breaking) == {"error", "cut", "lost", "cancelled"}


@pytest.mark.usefixtures("narrow")
def test_a_context_that_requests_share_is_noticed(
    original: Original, locksmith: Locksmith, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard taken out: for whom a transaction acts is written down where another request finds it."""
    begin = Database._begin
    shared: list[Context] = []

    def begin_carelessly(database: Database, session: Session, context: Context) -> None:
        if context.actor is not ActorKind.STAFF:
            begin(database, session, context)
            return
        shared.append(context)
        connection: Any = session.connection().connection.driver_connection
        connection.execute("SELECT pg_sleep(0.02)")
        begin(database, session, shared[-1])

    monkeypatch.setattr(Database, "_begin", begin_carelessly)
    strange, _ = _run(original, locksmith, tmp_path, "desk")
    assert strange
