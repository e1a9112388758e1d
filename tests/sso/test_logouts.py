"""Clients are told that a session has ended, whatever has ended it: with a signed token, again until they take it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from kreisportal.jobs import Runtime
from kreisportal.jobs.running import Crew, drain
from kreisportal.kernel.database.context import REGION
from kreisportal.sso import logouts, outside
from kreisportal.sso.logouts import EVENT, TELL
from kreisportal.web.program import Program
from kreisportal.worker import create_crew
from tests.accounts.conftest import citizen, stranger
from tests.accounts.people import HOST, PASSWORD, Citizen
from tests.sso.outside import ISSUER, Outsider, register, unsigned
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["citizen", "stranger"]

pytestmark = pytest.mark.usefixtures("end_delays")


@dataclass
class Listener:
    """A client's address for the ends of sessions; ``status`` is what it answers."""

    url: str = ""
    status: int = 200
    tokens: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def listening() -> Iterator[Listener]:
    """One that runs."""
    heard = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.tokens += parse_qs(sent)["logout_token"]
            self.send_response(heard.status)
            self.send_header("Location", heard.url)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        heard.url = f"http://127.0.0.1:{server.server_port}/ende"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield heard
        server.shutdown()
        thread.join()


@pytest.fixture
def ear(listening: Listener) -> Listener:
    """The same with nothing heard yet."""
    listening.tokens.clear()
    listening.status = 200
    return listening


@pytest.fixture
def bus(program: Program, wsgi: WSGIApplication, ear: Listener) -> Outsider:
    """A client that wants to be told."""
    return register(program, wsgi, logout_url=ear.url)


@pytest.fixture
def work(program: Program, region: DatabaseCopy) -> Iterator[Callable[[], None]]:
    """Let the worker do all that is due."""
    crew: Crew = create_crew(program.settings, 1)
    yield lambda: asyncio.run(drain(crew))
    crew.runtime.database.close()
    with region.superuser() as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
        connection.execute("DELETE FROM client_logouts")


def sign_out(person: Citizen, _: Program, __: Outsider) -> None:
    person.at(HOST).submit(person.at(HOST).get("/de/einstellungen"), {}, "abmelden")


def sign_out_at_a_town(person: Citizen, _: Program, __: Outsider) -> None:
    page = person.sign_in_at("vechta")
    person.at("vechta.localhost").submit(page, {}, "abmelden")


def take_back(person: Citizen, _: Program, client: Outsider) -> None:
    person.at(HOST).submit(person.at(HOST).get("/de/einstellungen"), {"stadt": client.id})


def delete(person: Citizen, _: Program, __: Outsider) -> None:
    done = person.at(HOST).submit(person.at(HOST).get("/de/loeschen"), {"password": PASSWORD})
    assert done.status_code == 200, done.text


def remove_client(_: Citizen, program: Program, client: Outsider) -> None:
    with program.database.transaction(REGION) as session:
        outside.remove_client(session, client.id)


def switch_client_off(_: Citizen, program: Program, client: Outsider) -> None:
    with program.database.transaction(REGION) as session:
        outside.switch_client(session, client.id, on=False)


def sign_out_there(person: Citizen, _: Program, __: Outsider) -> None:
    page = person.at(HOST).get("/de/zugang/geraete")
    there = page.text.split('name="geraet" value="')[1].split('"')[0]
    done = person.at(HOST).submit(page, {"geraet": there}, "geraete/abmelden")
    assert done.headers["Location"] == "/de/zugang/geraete", "one stays signed in here"


@pytest.mark.parametrize(
    "end",
    [sign_out, sign_out_at_a_town, sign_out_there, take_back, delete, remove_client, switch_client_off],
)
def test_whatever_ends_a_session_the_client_is_told(
    citizen: Citizen,
    program: Program,
    bus: Outsider,
    ear: Listener,
    work: Callable[[], None],
    end: Callable[[Citizen, Program, Outsider], None],
) -> None:
    own = unsigned(bus.signs_in(citizen)["id_token"])
    end(citizen, program, bus)
    assert ear.tokens == [], "nothing is sent before the end is committed, and not by the request"
    work()
    (token,) = ear.tokens
    keys = KeySet.import_key_set(bus.open("/oidc/keys").json)  # type: ignore[arg-type]
    told = jwt.decode(token, keys, ["RS256"])
    assert told.header["typ"] == "logout+jwt"
    claims = told.claims
    assert (claims["iss"], claims["aud"], claims["events"]) == (ISSUER, bus.id, {EVENT: {}})
    assert (claims["sub"], claims["sid"]) == (own["sub"], own["sid"])
    assert claims["jti"] and claims["exp"] - claims["iat"] <= 120
    assert "nonce" not in claims
    work()
    assert len(ear.tokens) == 1


def test_who_was_given_nothing_is_not_told(
    citizen: Citizen, program: Program, bus: Outsider, ear: Listener, work: Callable[[], None]
) -> None:
    bus.code(citizen, "v" * 43)
    sign_out(citizen, program, bus)
    work()
    assert ear.tokens == []


@pytest.mark.parametrize("status", [500, 400, 302])
def test_a_client_that_does_not_take_it_is_told_again(
    citizen: Citizen,
    program: Program,
    bus: Outsider,
    ear: Listener,
    work: Callable[[], None],
    region: DatabaseCopy,
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    own = unsigned(bus.signs_in(citizen)["id_token"])
    sign_out(citizen, program, bus)
    ear.status = status
    with caplog.at_level(logging.INFO):
        work()
    assert len(ear.tokens) == 1, "no redirection is followed"
    assert bus.id in caplog.text
    assert all(words not in caplog.text for words in (own["sub"], own["sid"], citizen.email, ear.tokens[0]))
    with region.superuser() as connection:
        rows = connection.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = %s AND status = 'todo'"
            " RETURNING args::text",
            [TELL],
        ).fetchall()
    assert len(rows) == 1
    assert own["sub"] not in rows[0][0] and own["sid"] not in rows[0][0]
    ear.status = 200
    work()
    assert len(ear.tokens) == 2
    with region.superuser() as connection:
        assert connection.execute("SELECT FROM client_logouts").fetchall() == []


def test_what_is_over_is_forgotten_and_what_can_still_be_used_is_not(
    citizen: Citizen, program: Program, bus: Outsider, region: DatabaseCopy
) -> None:
    token = bus.signs_in(citizen)["access_token"]
    bus.code(citizen, "v" * 43)
    runtime = Runtime(program.settings, program.database)
    logouts.tidy(runtime)
    assert bus.who(token).status_code == 200
    with region.superuser() as connection:
        count = "SELECT count(*) FROM client_codes c JOIN client_sessions s ON s.id = client_session_id WHERE client_id = %s"
        assert connection.execute(count, [bus.id]).fetchone() == (2,)
        connection.execute("UPDATE client_codes SET expires_at = now() - interval '2 hours'")
        connection.execute("UPDATE account_links SET expires_at = now() - interval '1 second'")
        connection.execute(
            "INSERT INTO client_logouts (client_id, logout_url, subject, client_session_id, created_at)"
            " VALUES ('x', 'x', 'x', gen_random_uuid(), now() - interval '3 days')"
        )
        logouts.tidy(runtime)
        assert connection.execute(count, [bus.id]).fetchone() == (0,)
        for table in ("account_links", "client_logouts"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        entered = "SELECT entered FROM client_sessions WHERE client_id = %s"
        assert connection.execute(entered, [bus.id]).fetchall() == [(True,)], "it is to be told of the end"
    assert bus.who(token).status_code == 401
