"""Clients from outside on the region's host: registered, changed, switched off, and by whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.types.json import Jsonb

from kreisportal.kernel.database.context import REGION
from kreisportal.sso.outside import find_outside_client, secret_fits
from kreisportal.sso.pkce import new_verifier
from kreisportal.sso.scopes import SCOPES
from kreisportal.web.program import Program
from tests.accounts.conftest import citizen, stranger
from tests.accounts.people import Citizen
from tests.region.conftest import HOST, Region, region_host, superuser
from tests.sso.outside import BUS, Outsider
from tests.support.browser import Browser, forms_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["citizen", "region_host", "stranger", "superuser"]

PATH = "/de/dienste/"
TYPED = {"redirect": BUS, "privacy": "https://bus.example/datenschutz", "scope": "email"}


def register(browser: Browser, name: str, **typed: str) -> tuple[str, str]:
    """Register a client; its id, and its secret or nothing."""
    done = browser.submit(browser.get(f"{PATH}neu"), {**TYPED, "name": name, **typed})
    assert done.status_code == 200, done.text
    assert done.headers["Cache-Control"] == "no-store"
    client_id, *secret = re.findall(r'<code class="kp-code">([^<]+)</code>', done.text)
    return client_id, "".join(secret)


def acts(superuser: psycopg.Connection, client_id: str) -> list[str]:
    """What the region's audit tells of a client that somebody did in the browser."""
    rows = superuser.execute(
        "SELECT action FROM region_audit_entries WHERE subject_id = %s AND staff_id IS NOT NULL ORDER BY id",
        [client_id],
    )
    return [action for (action,) in rows]


def test_a_client_lives_in_the_browser_as_by_the_command(
    region_host: Region, citizen: Citizen, wsgi: WSGIApplication, superuser: psycopg.Connection
) -> None:
    browser = region_host()
    client_id, secret = register(browser, "Busgesellschaft")
    bus = Outsider(wsgi, client_id, secret, BUS)
    token = bus.signs_in(citizen, scope="openid email")["access_token"]
    page = browser.get(f"{PATH}{client_id}")
    assert secret not in page.text
    changed = browser.submit(
        page, {"name": "Bus und Bahn", "redirect": f"{BUS}\r\n\r\nhttps://bus.example/neu"}
    )
    assert "Gespeichert." in browser.follow(changed).text
    assert "Bus und Bahn" in browser.get(PATH).text
    renewed = browser.submit(browser.get(f"{PATH}{client_id}"), action="/geheimnis")
    assert renewed.headers["Cache-Control"] == "no-store"
    bus.secret = re.findall(r'kp-code">([^<]+)<', renewed.text)[1]
    assert bus.secret != secret
    off = browser.submit(browser.get(f"{PATH}{client_id}"), {"schalter": "aus"})
    assert "Der Dienst ist ausgeschaltet." in browser.follow(off).text
    assert bus.who(token).status_code == 401
    on = browser.submit(browser.get(f"{PATH}{client_id}"), {"schalter": "an"})
    assert "Der Dienst ist angeschaltet." in browser.follow(on).text
    verifier = new_verifier()
    assert bus.redeem(bus.code(citizen, verifier), verifier).status_code == 200, "the new secret counts"
    assert acts(superuser, client_id) == [
        *("client-added", "client-changed", "client-secret", "client-off", "client-on")
    ]
    assert "Dienst ausgeschaltet: Bus und Bahn" in browser.get("/de/protokoll/").text


def test_a_client_that_is_removed_ends_for_everybody_and_tiles_say_so_no_more(
    region_host: Region,
    client: Callable[..., Browser],
    citizen: Citizen,
    wsgi: WSGIApplication,
    program: Program,
    superuser: psycopg.Connection,
) -> None:
    browser = region_host("landkreis-vechta")
    client_id, secret = register(browser, "Hallenbad")
    bath = Outsider(wsgi, client_id, secret, BUS)
    token = bath.signs_in(citizen, scope="openid email")["access_token"]
    tile = {"title": {"de": "Ins Hallenbad"}, "url": "https://bus.example/", "client": client_id}
    superuser.execute(
        "UPDATE tenants SET profile = profile || %s WHERE slug IN ('lohne', 'cloppenburg')",
        [Jsonb({"links": [tile]})],
    )
    portal, says = client("lohne.localhost"), "Dort melden Sie sich mit Ihrem Bürgerkonto an."

    def home() -> str:
        program.keeper.renew()
        return portal.get("/de/").text

    assert says in home()
    page = browser.get(f"{PATH}{client_id}")
    browser.submit(page, {"schalter": "aus"})
    assert says not in home(), "without that anybody has saved it again"
    browser.submit(browser.get(f"{PATH}{client_id}"), {"schalter": "an"})
    assert says in home()
    page = browser.get(f"{PATH}{client_id}")
    assert "führt dorthin: Stadt Lohne." in page.text
    removed = browser.follow(browser.submit(page, action="/entfernen"))
    assert "Der Dienst „Hallenbad“ ist entfernt." in removed.text
    assert client_id not in removed.text
    assert says not in home()
    assert "Ins Hallenbad" in home(), "the tile stays as a link"
    assert bath.who(token).status_code == 401
    assert browser.get(f"{PATH}{client_id}").status_code == 404
    assert acts(superuser, client_id)[-1] == "client-removed"
    assert "Dienst entfernt: Hallenbad" in browser.get("/de/protokoll/").text
    superuser.execute("UPDATE tenants SET profile = profile - 'links' WHERE profile ? 'links'")
    program.keeper.renew()


def test_a_tile_says_where_one_signs_in_only_while_the_client_is_led_back_there(
    region_host: Region, client: Callable[..., Browser], program: Program, superuser: psycopg.Connection
) -> None:
    browser, portal = region_host(), client("lohne.localhost")
    client_id, _ = register(browser, "Musikschule")
    leads = {"same": "https://bus.example", "port": "https://bus.example:8443/", "host": "https://bus.exampl"}
    tiles = [
        {"title": {"de": what}, "url": url, "text": {"de": f"Zu {what}."}, "client": client_id}
        for what, url in leads.items()
    ]
    superuser.execute(
        "UPDATE tenants SET profile = profile || %s WHERE slug = 'lohne'", [Jsonb({"links": tiles})]
    )

    def say_so() -> list[str]:
        program.keeper.renew()
        found: list[str] = re.findall(r"Zu (\w+)\. Dort melden Sie sich", portal.get("/de/").text)
        return found

    assert say_so() == ["same"]
    for address, there in (
        ("https://bus.example:8443/zurueck", ["port"]),
        ("https://anders.example/zurueck", []),
        (f"https://anders.example/zurueck\n{BUS}", ["same"]),
    ):
        browser.submit(browser.get(f"{PATH}{client_id}"), {"redirect": address})
        assert say_so() == there, "without that anybody has saved it again"
    superuser.execute("UPDATE tenants SET profile = profile - 'links' WHERE slug = 'lohne'")
    program.keeper.renew()


def test_an_app_has_no_secret(region_host: Region, program: Program) -> None:
    app, nothing = register(region_host(), "App", kind="public", redirect="de.vechta.app:/zurueck")
    assert nothing == ""
    page = region_host().get(f"{PATH}{app}").text
    assert "ohne Geheimnis" in page and "/geheimnis" not in page
    with program.database.transaction(REGION) as session:
        assert not secret_fits(session, app, "")


def test_what_is_wrong_stands_at_the_fields_and_nothing_typed_is_lost(region_host: Region) -> None:
    browser = region_host()
    wrong = {
        "name": "",
        "redirect": "http://bus.example/\nhttps://bus.example/#hier",
        "privacy": "bus",
        "post-logout": "javascript:alert(1)",
        "logout-url": "https://a@bus.example/",
    }
    answer = browser.submit(browser.get(f"{PATH}neu"), {**wrong, "scope": "phone", "kind": "public"})
    assert answer.status_code == 422
    for field in wrong:
        assert f'id="{field}-error"' in answer.text
    assert "http://bus.example/: Die Adresse muss mit https:// anfangen." in answer.text
    assert "https://bus.example/#hier: Das ist keine Adresse" in answer.text
    assert "https://bus.example/#hier</textarea>" in answer.text
    sent = forms_of(answer.text)[-1].values
    assert (sent["scope"], sent["kind"], sent["privacy"]) == ("phone", "public", "bus")
    english = browser.submit(browser.get("/en/dienste/neu"), {"name": "x" * 101})
    assert "at most 100" in english.text


def test_a_name_is_there_once_in_the_region(region_host: Region) -> None:
    """Citizens are told it when they are asked, wherever they live."""
    register(region_host("landkreis-cloppenburg"), "Schwimmbad")
    admin = region_host("landkreis-vechta")
    answer = admin.submit(admin.get(f"{PATH}neu"), {**TYPED, "name": "Schwimmbad"})
    assert answer.status_code == 422 and "So heißt in der Region schon ein Dienst" in answer.text
    own, _ = register(admin, "Freibad")
    changed = admin.submit(admin.get(f"{PATH}{own}"), {**TYPED, "name": "Schwimmbad"})
    assert changed.status_code == 422 and 'id="name-error"' in changed.text


def test_a_district_admin_looks_after_the_own_districts_clients(
    region_host: Region, program: Program
) -> None:
    operator, admin = region_host(), region_host("landkreis-vechta")
    theirs, _ = register(region_host("landkreis-cloppenburg"), "Bus in Cloppenburg")
    whole, _ = register(operator, "Bus der Region")
    given, _ = register(operator, "Bus für Vechta", district="landkreis-vechta")
    own, _ = register(admin, "Bus in Vechta")
    listed = admin.get(PATH).text
    assert "Bus in Vechta" in listed and "Bus für Vechta" in listed
    assert "Cloppenburg" not in listed and "Bus der Region" not in listed
    token = forms_of(admin.get(f"{PATH}{own}").text)[0].values["csrf_token"]
    for client_id in (theirs, whole):
        assert admin.get(f"{PATH}{client_id}").status_code == 404
        for act, typed in (
            ("", {**TYPED, "name": "Meiner"}),
            *(("/schalter", {"schalter": "aus"}), ("/geheimnis", {}), ("/entfernen", {})),
        ):
            assert admin.post(f"{PATH}{client_id}{act}", {"csrf_token": token, **typed}).status_code == 404
    assert admin.submit(admin.get(f"{PATH}{given}"), {"schalter": "aus"}).status_code == 303
    assert {theirs, whole, given, own} <= set(re.findall(r"dienste/([0-9a-f-]{36})", operator.get(PATH).text))
    with program.database.transaction(REGION) as session:
        client = find_outside_client(session, theirs)
        assert client is not None and client.name == "Bus in Cloppenburg" and client.disabled_at is None


def test_a_district_admin_registers_for_no_other_district(region_host: Region, program: Program) -> None:
    admin = region_host("landkreis-vechta")
    page = admin.get(f"{PATH}neu")
    assert 'name="district"' not in page.text
    token = forms_of(page.text)[-1].values["csrf_token"]
    typed = {**TYPED, "csrf_token": token, "name": "Bus nach Westen", "district": "landkreis-cloppenburg"}
    assert admin.post(f"{PATH}neu", typed).status_code == 200
    assert "Bus nach Westen" in admin.get(PATH).text
    assert "Bus nach Westen" not in region_host("landkreis-cloppenburg").get(PATH).text


@pytest.mark.parametrize("path", ["", "neu", "0190f000-0000-7000-8000-000000000000", "kein-uuid"])
def test_nobody_is_there_without_signing_in(client: Callable[..., Browser], path: str) -> None:
    assert client(HOST).get(f"{PATH}{path}").headers["Location"].startswith("/de/anmelden")


def test_what_was_so_already_is_said(region_host: Region, superuser: psycopg.Connection) -> None:
    browser = region_host()
    client_id, _ = register(browser, "Bücherei")
    page = browser.get(f"{PATH}{client_id}")
    assert "geändert ist nichts" in browser.follow(browser.submit(page, TYPED)).text
    browser.submit(page, {"schalter": "aus"})
    assert "Das war schon so." in browser.follow(browser.submit(page, {"schalter": "aus"})).text
    token = forms_of(page.text)[0].values["csrf_token"]
    odd = browser.post(f"{PATH}{client_id}/schalter", {"csrf_token": token, "schalter": "vielleicht"})
    assert odd.status_code == 404
    assert acts(superuser, client_id) == ["client-added", "client-off"]


def test_every_scope_can_be_chosen(region_host: Region) -> None:
    """A scope that is new is offered here, too."""
    page = region_host().get(f"{PATH}neu").text
    assert ["openid", *re.findall(r'name="scope" value="(\w+)"', page)] == list(SCOPES)
