"""Bringing a town on line in the browser: found, filled in, looked at, opened; and who may not."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from kreisportal.catalogue.offers import file_table
from kreisportal.catalogue.queries import offers_of
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.paths import shipped
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.definition_reader import read_tenant
from kreisportal.tenancy.export import export_files
from kreisportal.tenancy.models import Host, Tenant
from kreisportal.web.program import Program
from tests.region.conftest import Region
from tests.support.browser import Browser, forms_of
from tests.support.marks import mark_url, picture
from tests.support.post import Post
from tests.support.server import DatabaseCopy

WIESMOOR, LASTRUP, GARREL, OLDENBURG = "034520025025", "034530009009", "034530007007", "034030000000"
PATH = "/de/neue-kommune/"
ADMIN = "enno@wiesmoor.example"
DISTRICT = {
    "district_street": "Fischteichweg 7",
    "district_postcode": "26603",
    "district_city": "Aurich",
    "district_email": "info@landkreis-aurich.example",
}
TOWN = {
    "street": "Hauptstraße 193",
    "email": "rathaus@wiesmoor.example",
    "colour": "#7a1f5c",
    "hours_friday": "",
    "admin_name": "Enno Muster",
    "admin_email": ADMIN,
}


@pytest.fixture(autouse=True)
def _as_before(region: DatabaseCopy, program: Program) -> Iterator[None]:
    """What a test has brought in is gone afterwards, and a town that was known before has no portal again."""
    with region.superuser() as connection:
        (last,) = connection.execute("SELECT max(id) FROM tenants").fetchone() or (0,)
        yield
        connection.execute("UPDATE tenants SET has_portal = false, state = 'open' WHERE ars = %s", (LASTRUP,))
        known = "SELECT id FROM tenants WHERE NOT has_portal"
        for table in ("hosts", "offers", "staff", "mails", "audit_entries"):
            connection.execute(f"DELETE FROM {table} WHERE tenant_id > %s OR tenant_id IN ({known})", (last,))
        for kept in ("parent_id IS NOT NULL", "true"):
            connection.execute(f"DELETE FROM tenants WHERE id > %s AND {kept}", (last,))
    program.keeper.renew()


def bring(browser: Browser, ars: str, **typed: str) -> str:
    """Fill in and send the page of a town; what comes then."""
    return browser.submit(browser.get(f"{PATH}{ars}"), {**TOWN, **typed}).text


def test_from_a_name_to_an_open_portal(region_host: Region, client: Callable[..., Browser]) -> None:
    browser = region_host()
    assert f'href="{PATH}{WIESMOOR}"' in browser.get(f"{PATH}?q=wiesmoor").text
    page = browser.get(f"{PATH}{WIESMOOR}")
    for value in ("Stadt Wiesmoor", "26639", "Landkreis Aurich"):
        assert f'value="{value}"' in page.text
    done = browser.submit(page, {**TOWN, **DISTRICT})
    assert "Stadt Wiesmoor ist angelegt" in done.text
    visitor = client("wiesmoor.localhost")
    assert visitor.get("/de/").status_code == 503
    assert visitor.get("/vorschau/" + done.text.split("/vorschau/")[1].split('"')[0]).status_code == 303
    assert "Stadt Wiesmoor" in visitor.get("/de/").text
    assert browser.submit(done, {"state": "open"}).status_code == 303
    service = client("wiesmoor.localhost").get("/de/leistungen/hund-anmelden")
    assert service.status_code == 200
    assert "Online anmelden" in service.text


def test_the_first_admin_comes_in_by_the_link_that_is_shown_and_mailed(
    region_host: Region, client: Callable[..., Browser], superuser: psycopg.Connection, post: Post
) -> None:
    done = bring(region_host(), WIESMOOR, **DISTRICT)
    assert f"Dieser Link geht per E-Mail an {ADMIN}." in done
    url = done.split("<code>")[1].split("</code>")[0]
    assert post.newest(ADMIN) == ("staff_first_admin", "wiesmoor", url)
    assert post.priority(ADMIN) == 0, "it is waited for"
    kept = superuser.execute(
        "SELECT m::text FROM mails m UNION ALL SELECT s::text FROM staff s UNION ALL"
        " SELECT args::text FROM procrastinate_jobs UNION ALL SELECT a::text FROM audit_entries a"
    ).fetchall()
    assert not [row for (row,) in kept if url.rpartition("/")[2] in row]
    (mail,) = post.written(ADMIN)
    assert (mail["From"].addresses[0].display_name, mail["To"]) == ("Stadt Wiesmoor", ADMIN)
    assert mail["Subject"] == "Ihr Zugang zur Verwaltung: Stadt Wiesmoor"
    text = mail.get_content()
    assert "Stadt Wiesmoor bekommt ein Online-Rathaus, und Sie sollen es leiten." in text
    assert url in text.split("\n"), "unbroken, in a line of its own"
    assert post.written(ADMIN) == [], "it goes out once"
    page = client("verwaltung.wiesmoor.localhost").get(url.partition("localhost")[2])
    assert page.status_code == 200
    assert "Enno Muster" in page.text


def test_the_mail_speaks_as_whoever_brings_the_town_in(region_host: Region, post: Post) -> None:
    browser = region_host()
    browser.submit(browser.get(f"/en/neue-kommune/{WIESMOOR}"), {**TOWN, **DISTRICT})
    (mail,) = post.written(ADMIN)
    assert (mail["Content-Language"], mail["Subject"]) == (
        "en",
        "Your access to the administration: Town of Wiesmoor",
    )
    assert "/en/einladung/" in mail.get_content()


def test_the_mark_is_sent_once_and_stands_on_the_portal(
    region_host: Region, client: Callable[..., Browser]
) -> None:
    browser = region_host()
    sent = {**TOWN, **DISTRICT, "postcode": "2663", **picture()}
    page = browser.submit(browser.get(f"{PATH}{WIESMOOR}"), sent)
    assert page.status_code == 422
    assert "Das Wappen oder Logo ist schon hochgeladen." in page.text
    done = browser.submit(page, {"postcode": "26639"})
    visitor = client("wiesmoor.localhost")
    visitor.get("/vorschau/" + done.text.split("/vorschau/")[1].split('"')[0])
    mark = visitor.get(mark_url(visitor.get("/de/")))
    assert "data:image/png;base64," in mark.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"zeichen": (io.BytesIO(b"GIF89a"), "x.gif")}, "PNG, JPEG, WebP oder SVG."),
        ({"mark_svg": "<svg><script/></svg>"}, "mehr als einfache Formen"),
    ],
)
def test_what_is_no_mark_is_said_at_its_field_and_nothing_is_brought_in(
    region_host: Region, superuser: psycopg.Connection, post: Post, typed: dict[str, object], sentence: str
) -> None:
    browser = region_host()
    refused = browser.submit(browser.get(f"{PATH}{WIESMOOR}"), {**TOWN, **DISTRICT, **typed})
    assert refused.status_code == 422
    assert 'href="#mark"' in refused.text and sentence in refused.text
    assert "<script/>" not in refused.text and "schon hochgeladen" not in refused.text
    assert f'value="{TOWN["street"]}"' in refused.text
    assert superuser.execute("SELECT FROM tenants WHERE ars = %s", (WIESMOOR,)).fetchone() is None
    assert post.count(ADMIN) == 0


def test_a_known_authority_keeps_what_is_known_of_it(
    region_host: Region, client: Callable[..., Browser], superuser: psycopg.Connection
) -> None:
    browser = region_host("landkreis-cloppenburg")
    page = browser.get(f"{PATH}{LASTRUP}")
    assert 'value="Am Marktplatz 1"' in page.text
    assert "Er ist hier noch nicht bekannt" not in page.text
    admin = {"admin_name": "Enno Muster", "admin_email": "enno@lastrup.example", "offers": "all"}
    done = browser.submit(page, admin)
    assert "Gemeinde Lastrup ist angelegt" in done.text
    row = superuser.execute(
        "SELECT slug, state, has_portal, profile->'contact'->>'phone', profile->'hours'->'thursday' FROM tenants"
        " WHERE ars = %s",
        (LASTRUP,),
    ).fetchone()
    assert row == ("lastrup", "preparing", True, "04472 8900-0", ["08:30-12:30", "14:00-17:00"])
    browser.submit(done, {"state": "open"})
    assert client("lastrup.localhost").get("/de/").status_code == 200


def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_lost(
    region_host: Region, superuser: psycopg.Connection, post: Post
) -> None:
    browser = region_host()
    before = superuser.execute("SELECT count(*) FROM tenants").fetchone()
    page = browser.get(f"{PATH}{WIESMOOR}")
    typed = {
        "postcode": "2663",
        "email": "rathaus",
        "hours_monday": "halb neun",
        "portal_host": "vechta.localhost",
        "desk_host": "ein rathaus",
        "admin_email": "enno",
    }
    wrong = browser.submit(page, typed)
    assert wrong.status_code == 422
    for sentence in (
        "Straße und Hausnummer: Füllen Sie dieses Feld aus.",
        "Postleitzahl: Geben Sie die fünf Ziffern",
        "Offen am Montag: Schreiben Sie die Zeiten so",
        "E-Mail-Adresse der Person: Geben Sie eine vollständige",
        "Hostname der Verwaltung: Geben Sie einen Hostnamen ein",
    ):
        assert sentence in wrong.text
    assert 'value="halb neun"' in wrong.text
    better = {"postcode": "26639", "hours_monday": "08:00-12:00", "desk_host": "amt.wiesmoor.localhost"}
    taken = browser.submit(wrong, {**TOWN, **DISTRICT, **better})
    assert taken.status_code == 422
    assert "Diesen Hostnamen gibt es schon" in taken.text
    unreachable = browser.submit(
        taken, {"portal_host": "w.localhost", "admin_email": '"enno"@wiesmoor.example'}
    )
    assert (
        "E-Mail-Adresse der Person: An diese E-Mail-Adresse können wir nicht schreiben." in unreachable.text
    )
    assert post.count(ADMIN) == 0
    assert superuser.execute("SELECT count(*) FROM tenants").fetchone() == before


def test_sent_twice_it_is_there_once_and_mailed_once(
    region_host: Region, superuser: psycopg.Connection, post: Post
) -> None:
    browser = region_host()
    page = browser.get(f"{PATH}{WIESMOOR}")
    browser.submit(page, {**TOWN, **DISTRICT})
    again = browser.submit(page, {**TOWN, **DISTRICT})
    assert again.headers["Location"] == "/de/kommunen/wiesmoor"
    assert "hat schon ein Portal" in browser.follow(again).text
    assert post.count(ADMIN) == 1
    count = superuser.execute("SELECT count(*) FROM tenants WHERE ars = %s", (WIESMOOR,)).fetchone()
    assert count == (1,)


def test_a_district_admin_brings_only_towns_of_the_own_district(
    region_host: Region, superuser: psycopg.Connection
) -> None:
    browser = region_host("landkreis-cloppenburg")
    assert "gehört nicht zu Ihrem Landkreis" in browser.get(f"{PATH}?q=wiesmoor").text
    for ars in (WIESMOOR, "034600010010", OLDENBURG, "999999999999", "x"):
        assert browser.get(f"{PATH}{ars}").status_code == 404, ars
    token = forms_of(browser.get(f"{PATH}{GARREL}").text)[-1].values["csrf_token"]
    typed = {**TOWN, **DISTRICT, "csrf_token": token, "name": "Stadt Wiesmoor", "short": "Wiesmoor"}
    assert browser.post(f"{PATH}{WIESMOOR}", typed).status_code == 404
    count = superuser.execute("SELECT count(*) FROM tenants WHERE ars = %s", (WIESMOOR,)).fetchone()
    assert count == (0,)


def test_a_city_that_is_in_no_district_does_what_towns_and_districts_do(
    region_host: Region,
    client: Callable[..., Browser],
    superuser: psycopg.Connection,
    tmp_path: Path,
    program: Program,
) -> None:
    operator = region_host()
    page = operator.get(f"{PATH}{OLDENBURG}").text
    assert "Name des Landkreises" not in page
    done = bring(operator, OLDENBURG, offers="all", portal_host="ol.localhost")
    assert "Stadt Oldenburg (Oldb) ist angelegt" in done
    operator.submit(operator.get("/de/kommunen/oldenburg-oldb"), {"state": "open"})
    portal = client("ol.localhost")
    for service in ("kfz-zulassung", "hund-anmelden"):
        shown = portal.get(f"/de/leistungen/{service}").text
        assert "Stadt Oldenburg (Oldb)" in shown
    assert "Innenministerium des Landes Niedersachsen" in portal.get("/de/seite/imprint").text
    (parent,) = (
        superuser.execute("SELECT parent_id FROM tenants WHERE ars = %s", (OLDENBURG,)).fetchone() or ()
    )
    assert parent is None
    assert region_host("landkreis-vechta").get("/de/kommunen/oldenburg-oldb").status_code == 404
    assert read_back(program, tmp_path / "oldenburg-oldb", None).parent is None


def test_codes_and_slugs_are_each_given_once(region_host: Region, superuser: psycopg.Connection) -> None:
    bring(region_host(), WIESMOOR, **DISTRICT)
    rows = superuser.execute("SELECT slug FROM tenants WHERE ars LIKE '03452%' ORDER BY ars").fetchall()
    assert rows == [("landkreis-aurich",), ("wiesmoor",)]
    codes = [code for (code,) in superuser.execute("SELECT code FROM tenants")]
    assert len(codes) == len(set(codes))


def read_back(program: Program, folder: Path, district: str | None) -> TenantDefinition:
    """The town that the folder is named after, written into it and read again."""
    with program.database.transaction(REGION) as session:
        tenant = session.scalars(select(Tenant).where(Tenant.slug == folder.name)).one()
        hosts = list(session.scalars(select(Host).where(Host.tenant_id == tenant.id)))
        offers = {key: file_table(offer) for key, offer in offers_of(session, tenant.id).items()}
        files = export_files(tenant, district, hosts, offers)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return read_tenant(folder, shipped("tenants") / "_common")


def test_it_is_written_as_a_folder_that_reads_back_in(
    region_host: Region, program: Program, tmp_path: Path
) -> None:
    bring(region_host(), WIESMOOR, **DISTRICT)
    read = read_back(program, tmp_path / "wiesmoor", "landkreis-aurich")
    assert read.hosts.portal == ("wiesmoor.localhost",)
    assert read.brand is not None and read.brand.colour == "#7a1f5c"
    assert "hund-anmelden" in read.offers
    assert read.hours is not None and [len(day) for day in read.hours.week] == [1, 1, 1, 1, 0, 0, 0]


def test_the_log_tells_of_it(region_host: Region) -> None:
    browser = region_host()
    bring(browser, WIESMOOR, **DISTRICT)
    assert "Kommune ans Netz gebracht" in browser.get("/de/kommunen/wiesmoor").text
