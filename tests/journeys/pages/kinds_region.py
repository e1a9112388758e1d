"""The kinds of pages of those who run the region, and the notice of a portal that is not open."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from playwright.sync_api import Page
from psycopg.types.json import Jsonb

from kreisportal.kernel.ids import new_id
from tests.journeys.pages.cast import Cast
from tests.journeys.pages.cast_region import RegionCast
from tests.journeys.pages.inspection import Kind, press

_TOWN, _KNOWN = "neuenkirchen-voerden", "visbek"
_NEW, _ELSEWHERE = "034530009009", "034540041041"
"""Lastrup, an authority without a portal; Papenburg, whose district nobody knows yet."""
_STATUSES = {"preparing": 503, "paused": 503, "closed": 410}
_MOST_LOOKS = 100


def region(cast: Cast) -> Iterator[Kind]:
    """All towns, one of them in each state, and what was done to them."""
    people = RegionCast(cast.house)
    mine = people.session()
    yield Kind("region sign-in with errors", "/anmelden", status=422, act=press)
    for state, status in _STATUSES.items():
        people.bring(_TOWN, state)
        to = partial(_at_portal, status=status)
        # Until the portal has heard of it, it is in the state before.
        yield Kind(f"portal {state}", "/anmelden", status=status, act=to, before=503)
        yield Kind(f"town {state}", f"/kommunen/{_TOWN}", mine)
    people.bring(_TOWN, "open")
    people.see(_TOWN, "nowhere", "partly")
    yield Kind("towns", "/", mine)
    yield Kind("towns without hit", "/?q=xyzzy", mine)
    yield Kind("town without portal", f"/kommunen/{_KNOWN}", mine)
    yield Kind("town with a question open", f"/kommunen/{_TOWN}", mine, act=_ask_to_close)
    yield Kind("directory", "/neue-kommune/?q=vechta", mine)
    yield Kind("directory without hit", "/neue-kommune/?q=xyzzy", mine)
    yield Kind("town to be brought on line", f"/neue-kommune/{_NEW}", mine)
    yield Kind("town with errors", f"/neue-kommune/{_NEW}", mine, 422, press)
    yield Kind(
        "town brought on line",
        f"/neue-kommune/{_ELSEWHERE}",
        mine,
        act=partial(_bring_on_line, people=people),
    )
    yield Kind("host names with errors", f"/kommunen/{_TOWN}/hostnamen/", mine, 422, press)
    yield Kind("another name with errors", f"/kommunen/{_TOWN}/name/", mine, 422, _misname)
    yield Kind("mistake that is too late", f"/kommunen/{_TOWN}/zuruecknehmen", mine)
    yield Kind("another town to be chosen", f"/kommunen/{_TOWN}/zusammenlegen/", mine)
    yield Kind("plan of merging", f"/kommunen/{_TOWN}/zusammenlegen/?mit=lohne", mine)
    people.merge(_TOWN, "lohne")
    yield Kind("merging carried out", f"/kommunen/{_TOWN}/zusammenlegen/", mine, act=_ask_first)
    people.part(_TOWN)
    yield from _clients(people, mine)
    yield Kind("figures", "/zahlen/", mine)
    yield Kind("tokens with errors", "/zugriffsschluessel/", mine, 422, press)
    yield Kind("token looked after", f"/zugriffsschluessel/{people.token()}", mine)
    yield Kind("people", "/team/", mine)
    yield Kind("person with errors", "/team/neu", mine, 422, press)
    yield Kind("person with a question open", f"/team/{people.colleague()}", mine, act=_ask_first)
    yield Kind("list of towns", "/neue-kommunen/", mine)
    yield Kind("list of towns with errors", "/neue-kommunen/", mine, 422, press)
    yield Kind("list of no district", "/neue-kommunen/ausfuellen.csv?kreis=xyzzy", mine, 422)
    _give_list(people)
    yield Kind("list of towns being worked", "/neue-kommunen/", mine)
    _finish_list(people)
    yield Kind("list of towns with faults", "/neue-kommunen/", mine)
    yield Kind("log", "/protokoll/", mine)
    yield Kind("not found", "/kommunen/gibt-es-nicht", mine, 404)


def _clients(people: RegionCast, mine: str) -> Iterator[Kind]:
    """A client from outside: none yet, being registered, there."""
    people.forget_clients()
    yield Kind("no clients", "/dienste/", mine)
    yield Kind("client with errors", "/dienste/neu", mine, 422, press)
    yield Kind("client registered", "/dienste/neu", mine, act=partial(_register, people=people))
    client_id = people.client()
    yield Kind("clients", "/dienste/", mine)
    yield Kind("client with a question open", f"/dienste/{client_id}", mine, act=_ask_first)


def _register(page: Page, people: RegionCast) -> None:
    people.forget_clients()
    page.fill("#name", "Busgesellschaft")
    page.fill("#redirect", "https://bus.example/zurueck")
    page.fill("#privacy", "https://bus.example/datenschutz")
    press(page)


def _ask_first(page: Page) -> None:
    page.locator("details.kp-confirm summary").first.click()


def _misname(page: Page) -> None:
    page.fill("#ars", "0346")
    press(page)


def _at_portal(page: Page, status: int) -> None:
    """Go to the town's portal, in the language of the page, until it is in its new state."""
    language, port = page.url.split("/")[3], page.url.split(":")[2].split("/")[0]
    for _ in range(_MOST_LOOKS):
        answer = page.goto(f"http://{_TOWN}.localhost:{port}/{language}/")
        if answer is not None and answer.status == status:
            return


def _bring_on_line(page: Page, people: RegionCast) -> None:
    """Fill in what the directory does not know. A town that is there from another visit makes way."""
    people.forget_town(_ELSEWHERE)
    page.reload()
    for name in ("street", "district_street"):
        page.fill(f"#{name}", "Hauptstraße 1")
    for name in ("email", "district_email", "admin_email"):
        page.fill(f"#{name}", f"{name.replace('_', '-')}@papenburg.example")
    page.fill("#district_postcode", "49716")
    page.fill("#district_city", "Meppen")
    page.fill("#admin_name", "Enno Muster")
    press(page)


def _give_list(people: RegionCast) -> None:
    """Let a list of three towns be worked, whose first line is done."""
    member, list_id = people.member.id, new_id()
    people.house.superuser.execute(
        "INSERT INTO onboarding_lists (id, staff_id, base, open_at_once, language, asked_at, touched_at)"
        " VALUES (%s, %s, 'kreis.example', false, 'de', now(), now())",
        [list_id, member],
    )
    people.house.superuser.execute(
        "INSERT INTO onboarding_lines (list_id, number, staff_id, said, outcome) SELECT %s, n, %s,"
        " jsonb_build_object('town', 'Norden'), CASE WHEN n = 2 THEN 'there' END FROM generate_series(2, 4) n",
        [list_id, member],
    )


def _finish_list(people: RegionCast) -> None:
    """Its other lines did not fit."""
    told = {"name": "Norden", "slug": "", "faults": [["street", "Füllen Sie dieses Feld aus."]]}
    people.house.superuser.execute(
        "UPDATE onboarding_lines SET outcome = 'fault', told = %s WHERE staff_id = %s AND outcome IS NULL",
        [Jsonb(told), people.member.id],
    )


def _ask_to_close(page: Page) -> None:
    page.locator("details.kp-confirm summary").last.click()
