"""Pages that are the same for all, as people with a session see them: made once for all, each with their own name."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from kreisportal.app import create_app, create_wsgi
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web import slots
from kreisportal.web.program import Program
from tests.accounts.people import Citizen
from tests.support.browser import Browser

SERVICE = "/de/leistungen/hund-anmelden"
PAGES = (
    *(
        "/de/",
        "/en/",
        "/de/themen",
        "/de/themen/steuern-zoll",
        "/de/lebenslagen",
        "/de/lebenslagen/wohnen-umzug",
    ),
    *("/de/leistungen", SERVICE, "/de/aemter", "/de/kontakt", "/de/seite/imprint"),
)


@pytest.fixture(scope="module")
def app(program: Program, locksmith: Locksmith) -> Flask:
    return create_app(program, locksmith.passwords)


@pytest.fixture(scope="module")
def people(program: Program, app: Flask) -> list[Citizen]:
    """Two people who are signed in at Vechta."""
    wsgi = create_wsgi(program, app)
    found = [
        Citizen(f"{secrets.token_hex(4)}@buerger.example", lambda host: Browser(wsgi, host)) for _ in "ab"
    ]
    for person in found:
        person.sign_up(program)
        assert person.sign_in_at("vechta").status_code == 200
    return found


@pytest.fixture
def tabs(app: Flask, people: list[Citizen]) -> tuple[Browser, Browser]:
    """The tabs of the two at Vechta, for whom no page has been made yet."""
    slots.install(app)
    first, second = (person.at("vechta.localhost") for person in people)
    return first, second


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_made_once_and_each_sees_their_own_name(
    people: list[Citizen], tabs: tuple[Browser, Browser], rendered: list[str], path: str
) -> None:
    for me, other, tab in ((0, 1, tabs[0]), (1, 0, tabs[1]), (0, 1, tabs[0])):
        page = tab.get(path)
        assert page.status_code == 200
        assert page.text.count(people[me].email) == 1
        assert people[other].email not in page.text
        assert "\0" not in page.text
        assert page.headers["Cache-Control"] == "no-store"
    assert len(rendered) == 1


@pytest.mark.parametrize("path", PAGES)
def test_it_is_the_page_that_everybody_sees(
    client: Callable[[str], Browser], tabs: tuple[Browser, Browser], path: str
) -> None:
    tabs[0].get(path)
    mine, everybodys = (_main(browser.get(path).text) for browser in (tabs[1], client("vechta.localhost")))
    assert mine == everybodys


def _main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def test_the_way_out_is_ones_own(program: Program, app: Flask) -> None:
    wsgi = create_wsgi(program, app)
    leaving, staying = (
        Citizen(f"{secrets.token_hex(4)}@buerger.example", lambda host: Browser(wsgi, host)) for _ in "ab"
    )
    for person in (leaving, staying):
        person.sign_up(program)
        person.sign_in_at("vechta")
    staying.at("vechta.localhost").get("/de/")
    tab = leaving.at("vechta.localhost")
    assert tab.submit(tab.get("/de/"), action="/abmelden").status_code == 303
    assert leaving.email not in tab.get("/de/").text
    assert staying.email in staying.at("vechta.localhost").get("/de/").text


def test_without_an_account_there_is_no_name(
    tabs: tuple[Browser, Browser], app: Flask, program: Program
) -> None:
    tabs[0].get("/de/")
    guest, pretender = (Browser(create_wsgi(program, app), "vechta.localhost") for _ in "ab")
    guest.set_cookie(SESSION_COOKIE, "nobody-knows-this")
    # What the browser says of an account is not believed, and neither is there a name of somebody else's.
    pretender.set_cookie(SESSION_COOKIE, "a.nobody-knows-this")
    for browser in (guest, pretender):
        page = browser.get("/de/").text
        assert "Angemeldet als" not in page
        assert "@buerger.example" not in page
    assert "/de/anmelden" in guest.get("/de/").text


def test_it_is_made_anew_when_an_office_it_names_opens_or_closes(
    tabs: tuple[Browser, Browser], rendered: list[str]
) -> None:
    # On Mondays the registry office closes at half past twelve, long before the town hall.
    for hour, sentence in ((11, "Jetzt geöffnet bis 12:30 Uhr"), (12, "Öffnet morgen um 8 Uhr")):
        with clock.frozen(datetime(2027, 1, 11, hour, tzinfo=UTC)):
            for tab in tabs:
                assert sentence in tab.get("/de/aemter").text.partition("Standesamt")[2]
    assert len(rendered) == 2


def test_it_is_made_anew_when_the_town_changes(
    tabs: tuple[Browser, Browser], rendered: list[str], program: Program
) -> None:
    closed = "Das geht hier noch nicht online"
    assert closed not in tabs[0].get(SERVICE).text
    with program.database.transaction(REGION) as session:
        session.execute(
            text(
                "UPDATE offers SET is_on = false WHERE service_key = 'hund-anmelden'"
                " AND tenant_id = (SELECT id FROM tenants WHERE slug = 'vechta')"
            )
        )
    assert program.keeper.renew()
    assert closed in tabs[1].get(SERVICE).text
    assert len(rendered) == 2


def test_what_is_asked_for_by_a_query_is_made_each_time(
    tabs: tuple[Browser, Browser], rendered: list[str]
) -> None:
    for tab in tabs:
        assert 'href="/en/kontakt?x=1"' in tab.get("/de/kontakt?x=1").text
    assert len(rendered) == 2
