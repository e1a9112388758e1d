"""Bundles on the region's host: from putting one together to taking it back, and what a town's desk shows meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from kreisportal.access.roles import Role
from kreisportal.web.program import Program
from tests.bundles.conftest import Region
from tests.support.browser import Browser

PAGES = "/de/pakete/"
NEW, OFF = "rattenbefall-melden", "lotterie-tombola"
FIELDS = {
    "name_de": "Rund ums Fest",
    "name_en": "Around the feast",
    "reason_de": "Vereine feiern überall.",
    "reason_en": "Clubs celebrate everywhere.",
    "legal_source": "",
    "need": "free",
    "audience": "all",
    "services": [NEW, OFF],
}
LAW = {"need": "required", "legal_source": "§ 1 OZG"}


@pytest.fixture(autouse=True)
def _as_before(superuser: psycopg.Connection, program: Program) -> Iterator[None]:
    """Two services that no town offers; Vechta has switched one of them off."""
    superuser.execute("DELETE FROM offers WHERE service_key = ANY(%s)", ([NEW, OFF],))
    superuser.execute(
        "INSERT INTO offers (tenant_id, service_key, is_on, channel, details)"
        " SELECT id, %s, false, 'paper', '{}' FROM tenants WHERE slug = 'vechta'",
        (OFF,),
    )
    program.keeper.renew()
    yield
    superuser.execute("DELETE FROM bundles WHERE name ->> 'de' <> 'Grundausstattung'")


def put_together(browser: Browser, **more: object) -> str:
    """The address of a new bundle."""
    page = browser.get(f"{PAGES}neu")
    done = browser.submit(page, {**FIELDS, **more})
    assert done.status_code == 303, done.text
    return str(done.location)


def test_a_bundle_is_put_together_looked_at_applied_and_taken_back(
    region_host: Region, desk: Callable[..., Browser], client: Callable[..., Browser]
) -> None:
    operator, admin = region_host(), desk("vechta", Role.TENANT_ADMIN)
    address = put_together(operator)
    page = operator.get(address)
    assert "Vereine feiern überall." in page.text
    assert "Stadt Vechta: 1 wird angeschaltet" in page.text
    assert "Von der Kommune ausgeschaltet, bleibt aus (1)" in page.text
    assert client("vechta.localhost").get(f"/de/leistungen/{NEW}").status_code == 200
    done = operator.follow(operator.submit(page, {}, "/anwenden")).text
    assert "Angewendet:" in done and "angewendet am" in done
    assert "Es ist alles so, wie das Paket es will." in done
    listed = admin.get("/de/leistungen/?stand=paket").text
    assert "aus dem Paket „Rund ums Fest“" in listed
    assert "gesetzlich verpflichtend" not in listed
    assert f'id="{OFF}"' not in listed, "it stayed off"
    assert "from the bundle “Around the feast”" in admin.get(f"/en/leistungen/{NEW}/angebot/").text
    log = operator.get("/de/protokoll/").text
    assert "Paket angewendet" in log
    back = operator.follow(operator.submit(operator.get(address), {}, "/zuruecknehmen")).text
    assert "Zurückgenommen." in back and "nicht angewendet" in back
    assert "aus dem Paket" not in admin.get(f"/de/leistungen/{NEW}/angebot/").text
    gone = operator.follow(operator.submit(operator.get(address), {}, "/loeschen")).text
    assert "Das Paket ist gelöscht." in gone and "Rund ums Fest" not in gone.split("<table")[1]


def test_a_required_bundle_of_a_district_warns_the_town_that_switches_off(
    region_host: Region, desk: Callable[..., Browser]
) -> None:
    manager, admin = region_host("landkreis-vechta"), desk("vechta", Role.TENANT_ADMIN)
    address = put_together(manager, **LAW)
    page = manager.get(address)
    assert "Stadt Vechta: 2 werden angeschaltet" in page.text
    assert "Cloppenburg" not in page.text
    manager.submit(page, {}, "/anwenden")
    mark = "vom Kreis vorgegeben: gesetzlich verpflichtend"
    assert mark in admin.get("/de/leistungen/?stand=paket").text
    assert "Rechtsgrundlage: § 1 OZG" in admin.get(f"/de/leistungen/{OFF}/angebot/").text
    missing = "/de/leistungen/?stand=fehlt"
    assert f'id="{OFF}"' not in admin.get(missing).text
    page = admin.get(f"/de/leistungen/{OFF}/angebot/")
    answer = admin.submit(page, {"schalter": "aus"}, f"/leistungen/{OFF}?zurueck=angebot")
    assert "Das Gesetz schreibt aber vor, dass Sie diese Leistung anbieten." in admin.follow(answer).text
    assert f'id="{OFF}"' in admin.get(missing).text, "as if the law had asked for it everywhere"
    assert mark in admin.get(missing).text
    manager.submit(manager.get(address), {}, "/zuruecknehmen")
    page = admin.get(f"/de/leistungen/{OFF}/angebot/").text
    assert mark not in page and "Anschalten" in page


def test_a_district_admin_reads_the_regions_bundles_and_changes_none(region_host: Region) -> None:
    address, manager = put_together(region_host()), region_host("landkreis-vechta")
    assert "Rund ums Fest" in manager.get(PAGES).text
    page = manager.get(address)
    assert "Dieses Paket gehört der Region." in page.text
    assert "Stadt Vechta:" in page.text and "Cloppenburg:" not in page.text
    assert "/anwenden" not in page.text
    assert manager.get(f"{address}/aendern").status_code == 404
    token = {
        "csrf_token": manager.get(f"{PAGES}neu").text.split('name="csrf_token" value="')[1].split('"')[0]
    }
    for act in ("anwenden", "zuruecknehmen", "loeschen", "aendern"):
        assert manager.post(f"{address}/{act}", {**FIELDS, **token}).status_code == 404
    own = put_together(manager)
    assert region_host("landkreis-cloppenburg").get(own).status_code == 404


def test_what_does_not_fit_is_said_at_its_field_and_nothing_typed_is_lost(region_host: Region) -> None:
    operator = region_host()
    page = operator.get(f"{PAGES}neu")
    wrong = {"name_en": "", "need": "required", "audience": "kinds", "services": [NEW, "gibt-es-nicht"]}
    answer = operator.submit(page, {**FIELDS, **wrong})
    assert answer.status_code == 422
    for sentence in (
        "Name auf Englisch: Füllen Sie dieses Feld aus.",
        "Nennen Sie die Vorschrift",
        "Wählen Sie mindestens eine Art.",
        "Diese Leistungen gibt es nicht: gibt-es-nicht.",
    ):
        assert sentence in answer.text
    assert 'value="Rund ums Fest"' in answer.text
    assert f'value="{NEW}" checked' in answer.text


def test_who_looked_at_another_bundle_looks_again(region_host: Region) -> None:
    operator = region_host()
    address = put_together(operator)
    page, form = operator.get(address), operator.get(f"{address}/aendern")
    assert 'value="Rund ums Fest"' in form.text
    assert operator.submit(form, {**FIELDS, **LAW}).status_code == 303
    again = operator.submit(form, FIELDS)
    assert again.status_code == 409
    assert "Inzwischen hat jemand anderes dieses Paket geändert" in again.text
    assert "inzwischen geändert" in operator.follow(operator.submit(page, {}, "/anwenden")).text
    assert "nicht angewendet" in operator.get(address).text
