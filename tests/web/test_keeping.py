"""Public pages of the whole program: without the database, kept as long as they are right, and no longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from kreisportal.app import create_app, create_wsgi
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.web.program import Program
from tests.support.browser import Browser

PAGES = [
    *(
        "/de/",
        "/en/",
        "/de-simple/",
        "/de/themen",
        "/de/themen/steuern-zoll",
        "/de/lebenslagen",
        "/de/leistungen",
    ),
    *(
        "/de/leistungen/hund-anmelden",
        "/de/leistungen/briefwahl",
        "/de/aemter",
        "/de/kontakt",
        "/de/seite/imprint",
    ),
    *("/sitemap.xml", "/robots.txt", "/manifest.webmanifest", "/.well-known/security.txt", "/favicon.ico"),
    "/de/suche?q=hund",
]
NOT_KEPT = [
    *(
        "/de/suche?q=qwrtzpq",
        "/de/suche?q=hund+in+bakum",
        "/de/suche/vorschlaege?q=hu",
        "/de/leistungen/hund-anmelden?ort=034600001001",
        "/de/nichts",
    ),
    *("/de/leistungen/hund-anmelden/ort?ort=49377", "/de/themen/nichts", "/"),
]
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture
def queries(program: Program) -> Iterator[list[str]]:
    """The statements that the program sends to the database."""
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    event.listen(program.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(program.database.engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def app(program: Program) -> Flask:
    return create_app(program)


@pytest.fixture
def counted(
    program: Program, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> tuple[Callable[[str], Browser], list[str]]:
    """Browsers for the program, which has kept nothing yet, and the addresses for which Flask was entered."""
    entered: list[str] = []
    inner = app.wsgi_app

    def counting(environ: Any, start_response: Any) -> Any:
        entered.append(environ["kreisportal.host"] + environ["PATH_INFO"])
        return inner(environ, start_response)

    monkeypatch.setattr(app, "wsgi_app", counting)
    wsgi = create_wsgi(program, app)
    return lambda host="vechta.localhost": Browser(wsgi, host), entered


@pytest.mark.parametrize("path", PAGES + NOT_KEPT)
def test_no_public_page_asks_the_database(client: Any, queries: list[str], path: str) -> None:
    assert client("vechta.localhost").get(path).status_code < 500
    assert queries == []


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_is_made_once(counted: Any, path: str) -> None:
    client, entered = counted
    first, second = (client().get(path) for _ in range(2))
    assert first.status_code == 200
    assert (first.data, dict(first.headers)) == (second.data, dict(second.headers))
    assert len(entered) == 1


@pytest.mark.parametrize("path", NOT_KEPT)
def test_what_somebody_asks_for_is_made_each_time(counted: Any, path: str) -> None:
    client, entered = counted
    for _ in range(2):
        client().get(path)
    assert len(entered) == 2


def test_kept_headers_are_those_that_flask_would_send(counted: Any, program: Program, app: Flask) -> None:
    client, _ = counted
    with clock.frozen(MONDAY):
        kept = client().get("/de/kontakt")
        plain = app.test_client().get(
            "/de/kontakt",
            base_url="https://vechta.localhost",
            environ_overrides={
                "kreisportal.site": "portal",
                "kreisportal.host": "vechta.localhost",
                "kreisportal.tenant_id": program.keeper.current.registry.by_slug["vechta"],
            },
        )
    assert kept.data == plain.data
    mine, flasks = dict(kept.headers), dict(plain.headers)
    assert mine.pop("ETag").startswith("W/")
    assert mine.pop("Vary") == "Accept-Encoding, Cookie"
    assert mine == flasks


def test_each_town_keeps_its_own_page(counted: Any) -> None:
    client, entered = counted
    towns = {
        host: client(f"{host}.localhost").get("/de/kontakt").text
        for host in ("vechta", "lohne", "cloppenburg")
    }
    assert len(set(towns.values())) == 3
    for host, page in towns.items():
        assert client(f"{host}.localhost").get("/de/kontakt").text == page
    assert len(entered) == 3


def test_no_kept_page_holds_a_token_or_says_who_looks(counted: Any) -> None:
    client, _ = counted
    for path in PAGES[:12]:
        page = client().get(path)
        assert "csrf" not in page.text
        assert "Set-Cookie" not in page.headers
        assert "nonce" not in page.text


def test_a_page_is_made_anew_when_the_town_hall_opens_or_closes(counted: Any) -> None:
    client, entered = counted
    # Vechta's town hall is open on Mondays from 8 to 17 o'clock.
    for hour, minute, made in ((9, 0, 1), (15, 59, 1), (16, 0, 2), (20, 0, 2)):
        with clock.frozen(MONDAY.replace(hour=hour, minute=minute)):
            client().get("/de/kontakt")
        assert len(entered) == made, (hour, minute)


@pytest.mark.parametrize(
    ("path", "office", "times"),
    [
        # On Mondays the registry office closes at half past twelve, long before the town hall.
        ("/de/aemter", "Standesamt", ("Jetzt geöffnet bis 12:30 Uhr", "Öffnet morgen um 8 Uhr")),
        ("/de/leistungen/eheschliessung-anmelden", "personal", ("Jetzt geöffnet bis 12:30", "Öffnet morgen")),
    ],
)
def test_a_page_is_made_anew_when_an_office_it_names_opens_or_closes(
    counted: Any, path: str, office: str, times: tuple[str, str]
) -> None:
    client, entered = counted
    for hour, sentence in ((11, times[0]), (12, times[1])):
        with clock.frozen(MONDAY.replace(hour=hour)):
            assert sentence in client().get(path).text.partition(office)[2]
    assert len(entered) == 2


def test_the_page_before_a_form_is_made_anew_when_the_town_hall_closes(counted: Any) -> None:
    client, _ = counted
    for hour, sentence in ((15, "Jetzt geöffnet bis 17 Uhr"), (16, "Öffnet morgen um 8 Uhr")):
        with clock.frozen(MONDAY.replace(hour=hour)):
            assert sentence in client().get("/de/antrag/hund-anmelden").text


def test_no_page_outlives_the_day(counted: Any) -> None:
    client, entered = counted
    with clock.frozen(MONDAY.replace(hour=22, minute=59, second=59)):
        client().get("/robots.txt")
        client().get("/robots.txt")
    with clock.frozen(MONDAY.replace(hour=23)):
        client().get("/robots.txt")
    assert len(entered) == 2


def test_a_change_in_a_town_renews_the_pages_of_its_district_only(counted: Any, program: Program) -> None:
    client, entered = counted
    towns = ("vechta", "bakum", "landkreis-vechta", "cloppenburg")
    with clock.frozen(MONDAY + timedelta(minutes=1)):
        for town in towns:
            client(f"{town}.localhost").get("/de/")
        entered.clear()
        with program.database.transaction(REGION) as session:
            session.execute(
                text(
                    "UPDATE offers SET is_on = NOT is_on WHERE service_key = 'hund-anmelden'"
                    " AND tenant_id = (SELECT id FROM tenants WHERE slug = 'vechta')"
                )
            )
        assert program.keeper.renew()
        for town in towns:
            client(f"{town}.localhost").get("/de/")
    assert entered == ["vechta.localhost/de/", "bakum.localhost/de/", "landkreis-vechta.localhost/de/"]


def test_when_the_clocks_go_forward_a_page_ends_with_the_day(counted: Any) -> None:
    client, entered = counted
    with clock.frozen(datetime(2027, 3, 28, 12, tzinfo=UTC)):
        client().get("/robots.txt")
    # Half past midnight in summer time: twenty-four hours after midnight it would still be the day before.
    with clock.frozen(datetime(2027, 3, 28, 22, 30, tzinfo=UTC)):
        client().get("/robots.txt")
    assert len(entered) == 2
