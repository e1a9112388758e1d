"""The region's pages: who sees which town, and what its figures tell."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest

from kreisportal.access.roles import Role
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.staff import service
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.region.conftest import HOST, Region
from tests.support.browser import Browser, forms_of
from tests.support.staff import add_person


def towns(page: str) -> set[str]:
    """The towns that a page leads to."""
    return {part.split('"')[0] for part in page.split('href="/de/kommunen/')[1:]}


def test_nobody_is_there_without_signing_in(client: Callable[..., Browser]) -> None:
    answer = client(HOST).get("/de/")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/de/anmelden?next=/de/"


def test_an_operator_sees_every_town(region_host: Region, program: Program) -> None:
    found = towns(region_host().get("/de/").text)
    assert found == {tenant.slug for tenant in program.keeper.current.registry.tenants.values()}


def test_the_menu_begins_with_towns_and_ends_with_who_may_and_who_did(region_host: Region) -> None:
    menu = region_host().get("/de/").text.partition('<nav class="kp-nav')[2].partition("</nav>")[0]
    assert re.findall(r">([^<>\n]+)</a>", menu) == [
        *("Kommunen", "Neue Kommune", "Zahlen"),
        *("Katalog", "Pakete"),
        *("Dienste", "Zugriffsschlüssel", "Team", "Protokoll"),
    ]


def test_a_district_admin_sees_the_own_district_only(region_host: Region) -> None:
    found = towns(region_host("landkreis-vechta").get("/de/").text)
    assert {"landkreis-vechta", "vechta", "bakum", "lohne", "visbek"} <= found
    assert not found & {"landkreis-cloppenburg", "cloppenburg", "garrel"}


def test_towns_are_found_by_name_key_and_state(region_host: Region) -> None:
    browser = region_host()
    assert towns(browser.get("/de/?q=neuenkirchen").text) == {"neuenkirchen-voerden"}
    assert towns(browser.get("/de/?q=034600001001").text) == {"bakum"}
    assert "garrel" in towns(browser.get("/de/?stand=known").text)
    assert "vechta" not in towns(browser.get("/de/?stand=known").text)
    assert "0 Kommunen" in browser.get("/de/?q=wolfsburg").text


def test_figures_count_what_is_open_and_what_went_wrong(
    region_host: Region, superuser: psycopg.Connection, program: Program
) -> None:
    tenant = program.keeper.current.registry.by_slug["vechta"]
    for number, state in (("VEC-1", "new"), ("VEC-2", "waiting"), ("VEC-3", "decided")):
        superuser.execute(
            "INSERT INTO cases (tenant_id, id, number, via_tenant_id, service_key, form_key, form_version, language,"
            " draft_revision, secret_digest, receipt, state, received_at, due_on, events, last_hash) VALUES (%s,"
            " gen_random_uuid(), %s, %s, 's', 'f', 1, 'de', 1, %s, '-', %s, now() - interval '40 days', now(), 0, '')",
            (tenant, number, tenant, number.encode(), state),
        )
    superuser.execute(
        "INSERT INTO mails (tenant_id, id, recipient, language, template, data, state, attempts)"
        " VALUES (%s, gen_random_uuid(), 'r', 'de', 't', '{}', 'bounced', 1)",
        (tenant,),
    )
    page = region_host().get("/de/kommunen/vechta").text
    values = {
        part.split("</dt>")[0]: part.split('__value">')[1].split("<")[0].strip()
        for part in page.split('__key">')[1:]
    }
    assert values["Offene Vorgänge"] == "2"
    assert values["Unzustellbare Mails der letzten 30 Tage"] == "1"
    assert "ältester seit 40 Tagen" in region_host().get("/de/?q=vechta").text
    # Neither page tells anything of a case but that there is one.
    assert "VEC-1" not in page


def test_the_own_act_stands_in_the_log(region_host: Region, all_open: None) -> None:
    browser = region_host("landkreis-vechta")
    page = browser.get("/de/kommunen/bakum")
    assert browser.submit(page, {"state": "paused"}).status_code == 303
    acts = browser.get("/de/protokoll/").text
    assert "Portal pausiert" in acts
    assert "Karla Kreis" in acts
    assert "Portal pausiert" in browser.get("/de/kommunen/bakum").text
    assert "Portal pausiert" not in region_host("landkreis-cloppenburg").get("/de/protokoll/").text


def test_another_district_is_not_there(region_host: Region, superuser: psycopg.Connection) -> None:
    browser = region_host("landkreis-vechta")
    assert browser.get("/de/kommunen/cloppenburg").status_code == 404
    own = browser.get("/de/kommunen/bakum")
    token = forms_of(own.text)[0].values["csrf_token"]
    answer = browser.post("/de/kommunen/cloppenburg/stand", {"csrf_token": token, "state": "paused"})
    assert answer.status_code == 404
    row = superuser.execute("SELECT state FROM tenants WHERE slug = 'cloppenburg'").fetchone()
    assert row == ("open",)


def test_who_is_switched_off_is_out_at_once(region_host: Region, superuser: psycopg.Connection) -> None:
    browser = region_host()
    superuser.execute("UPDATE region_staff SET active = false")
    assert browser.get("/de/").status_code == 303


def test_staff_of_a_town_are_nobody_here(
    client: Callable[..., Browser], program: Program, locksmith: Locksmith, towns: dict[str, int]
) -> None:
    person = add_person(program.database, locksmith, towns["landkreis-vechta"], Role.TENANT_ADMIN)
    browser = client(HOST)
    page = browser.get("/de/anmelden")
    answer = browser.submit(page, {"email": person.email, "password": person.password})
    assert "stimmen nicht" in answer.text
    assert browser.cookie(SESSION_COOKIE) is None


@pytest.mark.parametrize("page", ["passwort", "app", "ersatzcodes"])
def test_the_own_access_is_kept_here_as_at_a_desk(region_host: Region, page: str) -> None:
    browser = region_host()
    assert f'href="/de/zugang/{page}"' in browser.get("/de/zugang/").text
    asked = browser.get(f"/de/zugang/{page}")
    assert f'action="/de/zugang/{page}"' in asked.text


def test_an_invitation_of_the_region_leads_to_a_second_factor(
    client: Callable[..., Browser], program: Program
) -> None:
    new = {"email": "neu@region.example", "name": "Nils Neu", "language": "de"}
    with program.database.transaction(REGION) as session:
        _, token = service.add_region_member(session, REGION, None, new, clock.now())
    browser = client(HOST)
    page = browser.get(f"/de/einladung/{token}")
    assert "Nils Neu" in page.text
    password = "Vier kluge Katzen tanzen leise"
    done = browser.submit(page, {"new_password": password, "repeated": password})
    assert done.headers["Location"] == "/de/anmelden/einrichten"
    assert "App für Codes einrichten" in browser.follow(done).text
    assert browser.get("/de/").status_code == 303


def test_signing_out_ends_the_session(region_host: Region) -> None:
    browser = region_host()
    page = browser.get("/de/")
    assert browser.submit(page, action="/de/abmelden").headers["Location"].startswith("/de/anmelden")
    assert browser.get("/de/").status_code == 303


def test_an_authority_without_a_portal_has_no_state_to_change(
    region_host: Region, superuser: psycopg.Connection
) -> None:
    browser = region_host()
    assert browser.get("/de/kommunen/visbek").status_code == 200
    token = forms_of(browser.get("/de/kommunen/bakum").text)[0].values["csrf_token"]
    for state in ("paused", "closed"):
        answer = browser.post("/de/kommunen/visbek/stand", {"csrf_token": token, "state": state})
        assert answer.status_code == 409
    row = superuser.execute("SELECT state, has_portal FROM tenants WHERE slug = 'visbek'").fetchone()
    assert row == ("open", False)
