"""The tenant admin's switches: what they do to the portal at once, for whom, and what the audit says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest

from kreisportal.access.roles import Role
from kreisportal.web.program import Program
from tests.cases.citizen import token_of
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

Desks = Callable[..., Browser]

PATH = "/de/leistungen/"
DOG = "hund-anmelden"
FREE = "abfallkalender"
"""A service that no law asks for."""


@pytest.fixture(scope="module")
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


@pytest.fixture
def admin(desk: Desks) -> Browser:
    """A browser with Vechta's tenant admin."""
    return desk("vechta", Role.TENANT_ADMIN)


def offer(superuser: psycopg.Connection, slug: str, service: str = DOG) -> list[tuple[bool, str]]:
    """Whether a town offers a service, and how."""
    query = "SELECT is_on, channel FROM offers WHERE service_key = %s AND tenant_id ="
    query += " (SELECT id FROM tenants WHERE slug = %s)"
    return superuser.execute(query, (service, slug)).fetchall()


def audit(superuser: psycopg.Connection, slug: str) -> list[tuple[str, str, str]]:
    """What the audit of a town says of offers."""
    query = (
        "SELECT action, subject_id, actor FROM audit_entries WHERE subject_kind = 'service'"
        " AND tenant_id = (SELECT id FROM tenants WHERE slug = %s) ORDER BY id"
    )
    return superuser.execute(query, (slug,)).fetchall()


def switch(browser: Browser, service: str, to: str, path: str = PATH) -> str:
    """Press a service's switch on the page; what the page says then."""
    answer = browser.submit(browser.get(path), {"schalter": to}, f"{PATH}{service}")
    assert answer.status_code == 303
    return browser.follow(answer).text


def rows(page: str) -> list[str]:
    """The keys of the services that the page lists."""
    return re.findall(r'<li id="([^"]+)" class="kp-switch">', page)


def test_off_and_on_again_is_on_the_portal_at_once(
    admin: Browser, superuser: psycopg.Connection, client: Callable[..., Browser]
) -> None:
    portal, before = client("vechta.localhost"), audit(superuser, "vechta")
    assert "Online anmelden" in portal.get(f"/de/leistungen/{DOG}").text
    assert "„Hund anmelden“ ist jetzt aus." in switch(admin, DOG, "aus")
    assert "Online anmelden" not in portal.get(f"/de/leistungen/{DOG}").text
    closed = portal.get(f"/de/antrag/{DOG}")
    assert (closed.status_code, closed.headers["Location"]) == (303, f"/de/leistungen/{DOG}")
    assert "„Hund anmelden“ ist jetzt an." in switch(admin, DOG, "an")
    assert "Online anmelden" in portal.get(f"/de/leistungen/{DOG}").text
    # The way it was offered before is the way it is offered again.
    assert offer(superuser, "vechta") == [(True, "online")]
    assert audit(superuser, "vechta")[len(before) :] == [
        ("offer.off", DOG, "staff"),
        ("offer.on", DOG, "staff"),
    ]


def test_another_town_goes_on_as_before(
    admin: Browser, superuser: psycopg.Connection, client: Callable[..., Browser]
) -> None:
    switch(admin, DOG, "aus")
    try:
        assert offer(superuser, "lohne") == [(True, "online")]
        assert "Online anmelden" in client("lohne.localhost").get(f"/de/leistungen/{DOG}").text
        assert audit(superuser, "lohne") == []
    finally:
        switch(admin, DOG, "an")


def test_what_was_never_offered_is_offered_by_the_way_there_is(
    desk: Desks, superuser: psycopg.Connection, program: Program
) -> None:
    admin, tenant = desk("bakum", Role.TENANT_ADMIN), program.keeper.current.registry.by_slug_or_none("bakum")
    assert tenant is not None
    services = program.keeper.current.catalogue.services.values()
    ways = {}
    for service in services:
        if service.key not in tenant.offers and service.level.value in ("municipality", "district"):
            # Online where there is a form and the town is the one that executes it.
            own = service.level.value == "municipality" and service.form is not None
            ways.setdefault(own, (service.key, "online" if own else "appointment"))
    for key, way in ways.values():
        superuser.execute("DELETE FROM offers WHERE tenant_id = %s AND service_key = %s", (tenant.id, key))
        switch(admin, key, "an")
        assert offer(superuser, "bakum", key) == [(True, way)], key


def test_a_form_makes_nothing_online_where_another_authority_takes_it(
    desk: Desks, superuser: psycopg.Connection
) -> None:
    admin = desk("landkreis-vechta", Role.TENANT_ADMIN)
    assert offer(superuser, "landkreis-vechta") == []
    switch(admin, DOG, "an")
    assert offer(superuser, "landkreis-vechta") == [(True, "appointment")]


def test_who_switches_off_what_the_law_requires_is_warned_at_once(admin: Browser) -> None:
    law = "Das Gesetz schreibt aber vor, dass Sie diese Leistung anbieten."
    assert law in switch(admin, DOG, "aus")
    assert law not in switch(admin, DOG, "an")
    assert law not in switch(admin, FREE, "aus")
    switch(admin, FREE, "an")


def test_pressing_twice_changes_and_tells_nothing_more(admin: Browser, superuser: psycopg.Connection) -> None:
    page = admin.get(PATH)
    admin.submit(page, {"schalter": "aus"}, f"{PATH}{DOG}")
    before = audit(superuser, "vechta")
    admin.submit(page, {"schalter": "aus"}, f"{PATH}{DOG}")
    assert audit(superuser, "vechta") == before
    switch(admin, DOG, "an")


def test_the_list_is_filtered_by_words_and_stays_so(admin: Browser, program: Program) -> None:
    everything = rows(admin.get(PATH).text)
    assert sorted(everything) == sorted(program.keeper.current.catalogue.services)
    found = rows(admin.get(f"{PATH}?q=HUND%20anmelden").text)
    assert DOG in found
    assert len(found) < 5
    assert rows(admin.get(f"{PATH}?q=xyzzy").text) == []
    answer = admin.submit(admin.get(f"{PATH}?q=hund"), {"schalter": "an"}, f"{PATH}{DOG}")
    assert answer.headers["Location"] == f"{PATH}?q=hund#{DOG}"


def test_what_was_typed_into_the_filter_is_never_code(admin: Browser) -> None:
    assert "<script>alert" not in admin.get(PATH, query_string={"q": "<script>alert(1)</script>"}).text


@pytest.mark.parametrize(("service", "to"), [("nichts", "an"), (DOG, ""), (DOG, "ja"), ("../vechta", "an")])
def test_what_there_is_not_cannot_be_switched(
    admin: Browser, superuser: psycopg.Connection, service: str, to: str
) -> None:
    before = superuser.execute("SELECT * FROM offers ORDER BY tenant_id, service_key").fetchall()
    page = admin.get(PATH)
    answer = admin.post(f"{PATH}{service}", {"schalter": to, "csrf_token": token_of(page)})
    assert answer.status_code == 404
    assert superuser.execute("SELECT * FROM offers ORDER BY tenant_id, service_key").fetchall() == before


def test_what_nobody_offered_in_the_form_is_not_believed(
    admin: Browser, superuser: psycopg.Connection
) -> None:
    lohne = superuser.execute("SELECT id FROM tenants WHERE slug = 'lohne'").fetchone()
    assert lohne is not None
    page = admin.get(PATH)
    more = {
        "tenant": str(lohne[0]),
        "tenant_id": str(lohne[0]),
        "channel": "link",
        "url": "https://x.example",
    }
    admin.post(f"{PATH}{DOG}", {"schalter": "aus", "csrf_token": token_of(page), **more})
    assert offer(superuser, "lohne") == [(True, "online")]
    assert offer(superuser, "vechta") == [(False, "online")]
    switch(admin, DOG, "an")


@pytest.mark.parametrize("roles", [(Role.CASEWORKER,), ()])
def test_it_is_for_the_tenant_admin_only(
    desk: Desks, client: Callable[..., Browser], superuser: psycopg.Connection, roles: tuple[Role, ...]
) -> None:
    browser = desk("vechta", *roles) if roles else client("verwaltung.vechta.localhost")
    page = browser.get(PATH)
    assert page.status_code == (403 if roles else 303)
    token = token_of(browser.get("/de/zugang/" if roles else "/de/anmelden"))
    answer = browser.post(f"{PATH}{DOG}", {"schalter": "aus", "csrf_token": token})
    assert answer.status_code == (403 if roles else 303)
    assert offer(superuser, "vechta") == [(True, "online")]


def test_without_the_token_of_the_page_nothing_is_switched(
    admin: Browser, superuser: psycopg.Connection
) -> None:
    assert admin.post(f"{PATH}{DOG}", {"schalter": "aus"}).status_code == 400
    assert offer(superuser, "vechta") == [(True, "online")]


def test_both_roles_together_see_both(desk: Desks) -> None:
    page = desk("vechta", Role.TENANT_ADMIN, Role.CASEWORKER).get("/de/").text
    for path in ("/de/leistungen/", "/de/vorgaenge/"):
        assert f'href="{path}"' in page
    assert 'href="/de/vorgaenge/"' not in desk("vechta", Role.TENANT_ADMIN).get("/de/").text


def test_what_is_chosen_is_switched_at_once(admin: Browser, superuser: psycopg.Connection) -> None:
    chosen = [DOG, FREE]
    page = admin.get(PATH)
    answer = admin.post(
        f"{PATH}auswahl", {"csrf_token": token_of(page), "leistung": chosen, "schalter": "aus"}
    )
    told = admin.follow(answer).text
    assert "2 Leistungen sind jetzt aus." in told
    assert "1 davon ist gesetzlich vorgeschrieben." in told
    assert [offer(superuser, "vechta", key)[0][0] for key in chosen] == [False, False]
    assert offer(superuser, "cloppenburg")[0][0]
    again = admin.post(f"{PATH}auswahl", {"csrf_token": token_of(page), "leistung": chosen, "schalter": "an"})
    assert "2 Leistungen sind jetzt an." in admin.follow(again).text
    nothing = admin.post(f"{PATH}auswahl", {"csrf_token": token_of(page), "schalter": "an"})
    assert "Haken Sie zuerst an" in admin.follow(nothing).text


def test_the_list_is_narrowed_by_how_services_are_switched(admin: Browser) -> None:
    assert DOG in rows(admin.get(f"{PATH}?stand=an").text)
    assert DOG not in rows(admin.get(f"{PATH}?stand=aus").text)
    switch(admin, DOG, "aus")
    assert DOG in rows(admin.get(f"{PATH}?stand=aus").text)
    assert DOG in rows(admin.get(f"{PATH}?stand=fehlt").text)
    switch(admin, DOG, "an")
