"""The page on which one takes everything out: asking, seeing how far it is, fetching, removing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from zipfile import ZipFile

import psycopg
import pytest
from werkzeug.test import TestResponse

from kreisportal.accounts.takeout_jobs import HOLDINGS, take_out
from kreisportal.documents.storage import STORAGE
from kreisportal.jobs import Runtime
from kreisportal.web.program import Program
from kreisportal.worker import create_holdings
from tests.accounts.people import HOST, Citizen, title_of
from tests.cases.citizen import token_of
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

PAGE = "/de/mitnehmen/"


@pytest.fixture
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks and reaches behind row security."""
    with region.superuser() as connection:
        yield connection


def ask(browser: Browser) -> TestResponse:
    return browser.post(PAGE, {"csrf_token": token_of(browser.get(PAGE))})


def work(program: Program, superuser: psycopg.Connection, tenant_id: int) -> None:
    """Do what the worker would."""
    settings, storage = program.settings, program.intake.storage
    parts = {STORAGE: storage, HOLDINGS: create_holdings(settings, storage)}
    runtime = Runtime(settings, program.database, parts)
    for (takeout_id,) in superuser.execute(
        "SELECT id FROM account_takeouts WHERE state = 'waiting'"
    ).fetchall():
        take_out(runtime, tenant_id, takeout_id)


def test_it_is_asked_for_made_fetched_and_removed(
    citizen: Citizen, program: Program, superuser: psycopg.Connection, towns: dict[str, int]
) -> None:
    browser = citizen.at(HOST)
    assert "Meine Daten mitnehmen" in browser.get("/de/einstellungen").text
    assert ask(browser).headers["Location"] == PAGE
    waiting = browser.get(PAGE)
    assert "Gleich geht es los" in waiting.text
    assert "Stand neu laden" in waiting.text
    work(program, superuser, towns["vechta"])
    ready = browser.get(PAGE)
    assert "Ihre Daten liegen bereit" in ready.text
    (takeout_id,) = (
        superuser.execute("SELECT id FROM account_takeouts WHERE state = 'ready'").fetchone() or ()
    )
    with browser.get(f"/de/mitnehmen/{takeout_id}.zip") as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=Meine-Daten-")
        assert answer.headers["Cache-Control"] == "no-store"
        whole = ZipFile(io.BytesIO(answer.data))
    assert citizen.email in whole.read("konto/konto.json").decode()
    gone = browser.follow(browser.submit(ready, {}, "entfernen"))
    assert "Die Datei ist gelöscht" in gone.text
    assert browser.get(f"/de/mitnehmen/{takeout_id}.zip").status_code == 404
    assert not list(program.settings.files_folder.glob(f"0/??/{takeout_id}"))


def test_how_far_it_is_stands_there_by_town(
    citizen: Citizen, superuser: psycopg.Connection, towns: dict[str, int]
) -> None:
    browser = citizen.at(HOST)
    ask(browser)
    superuser.execute(
        "UPDATE account_takeouts SET state = 'running', parts = jsonb_build_array("
        ' \'{"tenant_id": null, "done": 4, "all": 4}\'::jsonb,'
        " jsonb_build_object('tenant_id', %s::int, 'done', 2, 'all', 7)) WHERE state = 'waiting'",
        [towns["lohne"]],
    )
    page = browser.get(PAGE).text
    assert '<progress value="6" max="11"' in page
    assert "Stadt Lohne" in page
    assert "2 von 7" in page
    assert "fertig" in page


def test_what_has_failed_says_so_and_can_be_tried_again(
    citizen: Citizen, superuser: psycopg.Connection
) -> None:
    browser = citizen.at(HOST)
    ask(browser)
    superuser.execute("UPDATE account_takeouts SET state = 'failed' WHERE state = 'waiting'")
    page = browser.get(PAGE)
    assert "Das hat nicht geklappt" in page.text
    assert "Noch einmal versuchen" in page.text
    ask(browser)
    assert "Gleich geht es los" in browser.get(PAGE).text


def test_asking_and_fetching_need_a_sign_in_of_lately(
    citizen: Citizen, superuser: psycopg.Connection
) -> None:
    browser = citizen.at(HOST)
    superuser.execute(
        "UPDATE sessions SET authenticated_at = now() - interval '1 hour' WHERE account_id ="
        " (SELECT id FROM accounts WHERE email = %s)",
        [citizen.email],
    )
    assert browser.get(PAGE).status_code == 200
    asked = ask(browser)
    assert asked.headers["Location"].startswith("/de/bestaetigen")
    assert title_of(browser.follow(asked)) == "Bitte bestätigen Sie, dass Sie es sind"
    fetched = browser.get("/de/mitnehmen/5a1f0d8e-0000-4000-8000-000000000000.zip")
    assert fetched.headers["Location"].startswith("/de/bestaetigen")


def test_it_is_for_who_is_signed_in(client: Callable[..., Browser]) -> None:
    answer = client(HOST).get(PAGE)
    assert answer.status_code == 303
    assert "/anmelden" in answer.headers["Location"]


def test_it_speaks_english(citizen: Citizen) -> None:
    assert title_of(citizen.at(HOST).get("/en/mitnehmen/")) == "Take my data with me"
