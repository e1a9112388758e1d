"""What was seen of host names, on the pages of those who run the region."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

import psycopg
import pytest

from kreisportal.tenancy import host_checks
from kreisportal.tenancy.host_checks import Certificate, HostState, Leads, Shown
from kreisportal.web.program import Program
from tests.region.conftest import Region
from tests.region.test_views import towns
from tests.support.browser import forms_of
from tests.support.statements import statements_sent

LIST, TROUBLED = "/de/", "/de/?stoerung=namen"
TOWN, HOSTS = "/de/kommunen/{}", "/de/kommunen/{}/hostnamen/"


@pytest.fixture(autouse=True)
def _nothing_seen(superuser: psycopg.Connection) -> Iterator[None]:
    yield
    superuser.execute("DELETE FROM host_looks; UPDATE tenants SET state = 'open'")


def see(superuser: psycopg.Connection, slug: str, *seen: object, site: str = "%") -> None:
    """Let the names of a town have been seen so: where they lead, certificate, until when."""
    superuser.execute(
        "INSERT INTO host_looks SELECT h.tenant_id, h.host, '2026-12-01T09:30Z', %s, %s, %s"
        " FROM hosts h JOIN tenants t ON t.id = h.tenant_id WHERE t.slug LIKE %s AND h.site LIKE %s"
        " ON CONFLICT (tenant_id, host) DO UPDATE"
        " SET leads = excluded.leads, certificate = excluded.certificate, valid_until = excluded.valid_until",
        (*seen, *[None] * (3 - len(seen)), slug, site),
    )


def count_of(page: str) -> int:
    """How many towns are in trouble, as the page says."""
    found = re.search(r"(\d+) Kommunen? mit Störungen bei Hostnamen", page)
    assert found is not None
    return int(found.group(1))


def row_of(page: str, slug: str) -> str:
    """The row of a town in the list, without markup."""
    (row,) = [row for row in page.split("<tr>") if f'/de/kommunen/{slug}"' in row]
    return re.sub(r"<[^>]+>|\s+", " ", row)


def test_towns_in_trouble_are_counted_and_listed(
    region_host: Region, superuser: psycopg.Connection, frozen: datetime.datetime
) -> None:
    browser = region_host()
    see(superuser, "%", "local")
    page = browser.get(LIST).text
    assert (count_of(page), TROUBLED in page) == (0, False), "a link that leads to nothing is none"
    assert "in Ordnung" in row_of(page, "vechta")
    see(superuser, "vechta", "elsewhere", site="portal")
    see(superuser, "lohne", "here", "valid", frozen + datetime.timedelta(days=3))
    see(superuser, "cloppenburg", "unknown")
    page = browser.get(LIST).text
    assert count_of(page) == 2
    assert f'href="{TROUBLED}"' in page
    listed = browser.get(TROUBLED).text
    assert towns(listed) == {"vechta", "lohne"}
    assert "führt woanders hin" in row_of(listed, "vechta")
    assert "Zertifikat endet bald (2 Namen)" in row_of(listed, "lohne")
    assert "nicht festzustellen" in row_of(page, "cloppenburg")
    assert towns(browser.get(f"{TROUBLED}&q=lohne").text) == {"lohne"}
    kept = {field: value for form in forms_of(listed) for field, value in form.values.items()}
    assert kept["stoerung"] == "namen", "looking for a name keeps to the list"


def test_who_runs_a_district_hears_of_its_towns_only(
    region_host: Region, superuser: psycopg.Connection
) -> None:
    see(superuser, "%", "nowhere")
    everywhere, browser = count_of(region_host().get(LIST).text), region_host("landkreis-vechta")
    page = browser.get(TROUBLED).text
    assert 0 < count_of(page) < everywhere
    assert "vechta" in towns(page) and "cloppenburg" not in towns(page)


def test_closed_towns_and_those_without_a_portal_are_not_asked_about(
    region_host: Region, superuser: psycopg.Connection, program: Program
) -> None:
    see(superuser, "vechta", "nowhere")
    superuser.execute("UPDATE tenants SET state = 'closed' WHERE slug = 'vechta'")
    page = region_host().get(LIST).text
    assert count_of(page) == 0
    for slug in ("vechta", "visbek"):
        assert "fehlt" not in row_of(page, slug) and "geprüft" not in row_of(page, slug)


def test_a_towns_page_says_what_was_seen_and_when(
    region_host: Region, superuser: psycopg.Connection, frozen: datetime.datetime
) -> None:
    browser = region_host()
    assert "noch nicht geprüft" in browser.get(TOWN.format("vechta")).text
    see(superuser, "vechta", "here", "valid", frozen + datetime.timedelta(days=40), site="portal")
    see(superuser, "vechta", "here", "nothing", site="desk")
    page = browser.get(TOWN.format("vechta")).text
    assert "in Ordnung" in page and "Zertifikat bis 10. Januar 2027" in page
    assert "kein Zertifikat zu sehen" in page
    assert "01.12.2026, 10:30" in page, "on the clocks of the region"


def test_looking_again_keeps_what_is_seen(
    region_host: Region,
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    frozen: datetime.datetime,
) -> None:
    until = frozen + datetime.timedelta(days=60)
    state = HostState(Leads.HERE, ("203.0.113.10",), Certificate(Shown.VALID, until))
    monkeypatch.setattr(host_checks, "host_state", lambda *_: state)
    browser = region_host("landkreis-vechta")
    page = browser.get(HOSTS.format("vechta"))
    assert superuser.execute("SELECT count(*) FROM host_looks").fetchone() == (0,), "to look writes nothing"
    done = browser.submit(page, {}, "/nachsehen")
    assert "Eben nachgesehen" in browser.follow(done).text
    seen = superuser.execute(
        "SELECT DISTINCT t.slug, l.looked_at, l.leads, l.certificate, l.valid_until"
        " FROM host_looks l JOIN tenants t ON t.id = l.tenant_id"
    ).fetchall()
    assert seen == [("vechta", frozen, "here", "valid", until)]
    token = forms_of(page.text)[0].values["csrf_token"]
    answer = browser.post(f"{HOSTS.format('cloppenburg')}nachsehen", {"csrf_token": token})
    assert answer.status_code == 404
    assert browser.post(f"{HOSTS.format('visbek')}nachsehen", {"csrf_token": token}).status_code == 409
    assert superuser.execute("SELECT count(DISTINCT tenant_id) FROM host_looks").fetchone() == (1,)


def test_what_is_asked_of_the_database_does_not_grow_with_the_towns(
    region_host: Region, superuser: psycopg.Connection
) -> None:
    browser, district = region_host(), region_host("landkreis-vechta")
    see(superuser, "%", "nowhere")
    with statements_sent() as of_all:
        browser.get(TROUBLED)
    with statements_sent() as of_some:
        district.get(f"{TROUBLED}&q=vechta")
    assert len(of_all) == len(of_some)
